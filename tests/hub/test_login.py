"""Who is logged in: by the file of the Hub's client, without network, and by the Hub."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.hub.run import environment
from tests.hub.server import hub

STORED = "from generator.hub.login import stored_logins; print([login.user for login in stored_logins()])"
FETCHED = "from generator.hub.login import fetch_login; print(fetch_login())"


def printed(code: str, **variables: str) -> str:
    """Return what Python code prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=variables)
    return done.stdout + done.stderr


def test_the_client_s_file_names_the_user_of_a_browser_login(tmp_path: Path) -> None:
    variables = environment(tmp_path, None) | {"HF_HOME": str(tmp_path), "HF_TOKEN_PATH": str(tmp_path / "token")}
    assert printed(STORED, **variables).strip() == "[]"
    stored = "[laptop]\nhf_token = hf_a%b\n\n[oauth-annab]\nhf_token = hf_oauth_x\nexpires_at = 1\n"
    (tmp_path / "stored_tokens").write_text(stored, encoding="utf-8")
    assert printed(STORED, **variables).strip() == "['annab']"
    for broken in (b"oauth-annab", b"\xff\xfe[", b"[oauth-\n"):
        (tmp_path / "stored_tokens").write_bytes(broken)
        assert printed(STORED, **variables).strip() == "[]"


def test_the_hub_names_the_user_and_the_organizations(tmp_path: Path) -> None:
    with hub({}) as server:
        found = printed(FETCHED, **environment(tmp_path, server))
        assert "user='annab'" in found
        assert "full_name='Anna B'" in found
        assert "organizations=('owl-lab',)" in found
        assert "hf_" not in found
