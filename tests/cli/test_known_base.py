"""`charter licenses --base`: what is known of a base, with its date and source."""

from __future__ import annotations

import json
import subprocess

from tests.command import charter


def base(*words: str) -> subprocess.CompletedProcess[str]:
    return charter("licenses", "--base", *words)


def test_a_base_is_shown_with_date_and_source() -> None:
    done = base("google/gemma-2-2b", "--format", "json")
    row = json.loads(done.stdout)
    assert (row["id"], row["license"]) == ("google/gemma-2-*", "LicenseRef-gemma")
    assert row["as_of"]
    assert row["source"]
    shown = base("google/gemma-2-2b").stdout
    assert row["as_of"] in shown
    assert "LicenseRef-gemma" in shown


def test_bare_and_former_ids_mean_the_same_row() -> None:
    assert json.loads(base("gpt2", "--format", "json").stdout)["id"] == "openai-community/gpt2"


def test_an_unknown_base_ends_with_2_and_near_ids() -> None:
    done = base("openai-community/gpt3")
    assert done.returncode == 2
    assert "openai-community/gpt2" in done.stderr
