"""A studio for visitors: each has a workspace of their own, nothing of the machine is shown, and all of it ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.command import charter
from tests.web.conftest import Show

from .conftest import faults
from .test_uploads import gguf, safetensors

CARD = "---\nlicense: mit\nbase_model: google/gemma-2-2b\n---\n# Poet\n"


class Server(NamedTuple):
    """A running `charter studio --ephemeral`; `place` is the folder of the temporary files of its process."""

    address: str
    process: subprocess.Popen[str]
    place: Path

    def ask(self, path: str, method: str = "GET", body: bytes | str = b"", **headers: str) -> http.client.HTTPResponse:
        """Send a request; the answer has been read into `text`."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=60)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            answer.text = answer.read().decode()  # type: ignore[attr-defined] # for the tests
            return answer
        finally:
            connection.close()

    def visit(self) -> tuple[str, str]:
        """Begin a visit; return its cookie and its token."""
        begun = self.ask("/visit", "POST")
        assert (begun.status, begun.getheader("Location")) == (303, "/uploads")
        cookie = (begun.getheader("Set-Cookie") or "").partition(";")[0]
        page: str = self.ask("/uploads", Cookie=cookie).text  # type: ignore[attr-defined]
        return cookie, page.partition('charter-token" content="')[2].partition('"')[0]

    def send(self, path: str, content: bytes, visit: tuple[str, str], size: int | None = None) -> tuple[int, str]:
        """Upload a file."""
        cookie, token = visit
        query = f"path={quote(path)}&size={len(content) if size is None else size}&changed=1600000000"
        answer = self.ask(f"/upload?{query}", "PUT", content, Cookie=cookie, X_Charter_Token=token)
        return answer.status, answer.text  # type: ignore[attr-defined]

    def files(self) -> list[str]:
        """What is in the folders of visitors."""
        return sorted(p.name for p in self.place.glob("charter-visitors-*/*/*/**/*") if p.is_file())


def start(place: Path, home: Path) -> Server:
    """Run the command."""
    code = (
        "from pathlib import Path; import generator.web.studio.visitors as v\n"
        f"v.MEMORY = Path({str(place)!r}); v.MEMORY_LEAST = 0\nfrom generator.cli import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "studio", "--ephemeral"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "HF_HOME": str(home), "GIT_CONFIG_GLOBAL": str(home / "gitconfig")},
    )
    assert process.stdout
    return Server(process.stdout.readline().strip(), process, place)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the machine has: a model with a license of its own, a name for git, and a login."""
    place = tmp_path_factory.mktemp("home")
    (place / "secret-model").mkdir()
    (place / "secret-model" / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n", encoding="utf-8")
    (place / "gitconfig").write_text("[user]\n\tname = Secret Person\n", encoding="utf-8")
    (place / "token").write_text("hf_secretsecretsecret", encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Server]:
    """One server for all tests of this file."""
    running = start(tmp_path_factory.mktemp("memory"), home)
    yield running
    running.process.send_signal(signal.SIGTERM)
    _, errors = running.process.communicate(timeout=60)
    assert "Traceback" not in errors
    assert not [*running.place.iterdir()]


@pytest.fixture
def page(server: Server, show: Show) -> Page:
    """A browser on the first page."""
    return show(server.address)


def test_a_visitor_adds_files_answers_and_ends_the_visit(server: Server, page: Page, tmp_path: Path) -> None:
    model = tmp_path / "gemma-poet"
    (model / ".git").mkdir(parents=True)
    (model / ".git" / "config").write_text("x", encoding="utf-8")
    (model / "README.md").write_text(CARD, encoding="utf-8")
    (model / "photo.png").write_bytes(b"x")
    (model / "model.safetensors").write_bytes(safetensors(1000) + b"weights!" * 500)
    (model / "model.gguf").write_bytes(gguf() + b"weights!" * 20)
    before = server.files()
    expect(page).to_have_url(f"{server.address}start")
    assert faults(page) == []
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_label("Choose a folder")).to_be_visible()
    page.get_by_label("Choose a folder").set_input_files(model)
    expect(page.locator("#sent")).to_have_text("3 of 4 files were added.")
    expect(page.locator("#held li")).to_have_count(3)
    expect(page.locator("#left-out")).to_contain_text("photo.png: files of this kind are not taken.")
    assert server.files() == sorted([*before, "README.md", "model.gguf", "model.safetensors"])
    (kept,) = server.place.glob("charter-visitors-*/*/gemma-poet/model.safetensors")
    assert (kept.stat().st_size, b"weights" in kept.read_bytes()) == (len(safetensors(1000)) + 4000, False)
    assert faults(page) == []
    page.get_by_role("button", name="Answer the questions").click()
    expect(page).to_have_url(server.address)
    expect(page.frame_locator("iframe").locator("h1")).to_contain_text("Poet")
    assert page.evaluate("window.refused") == []
    page.goto(f"{server.address}uploads")
    page.get_by_role("button", name="End the visit").click()
    expect(page).to_have_url(f"{server.address}start")
    assert server.files() == before
    page.goto(server.address)
    expect(page).to_have_url(f"{server.address}start")


def test_visitors_do_not_see_each_other(server: Server) -> None:
    one, other = server.visit(), server.visit()
    assert server.send("README.md", CARD.encode(), one) == (200, "")
    assert "README.md" in server.ask("/uploads", Cookie=one[0]).text  # type: ignore[attr-defined]
    assert "<li>README.md" not in server.ask("/uploads", Cookie=other[0]).text  # type: ignore[attr-defined]
    assert server.send("x.md", b"x", (one[0], other[1]))[0] == 403
    assert server.send("x.md", b"x", (one[0], ""))[0] == 403
    assert server.send("x.md", b"x", ("", one[1]))[0] == 403
    assert server.send("x.md", b"x", ("charter-visit=none", ""))[0] == 403
    for path in ("/", "/page", "/uploads"):
        assert server.ask(path).status == 303
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    assert server.ask("/open", "POST", f"token={one[1]}", **form).status == 403


def test_a_request_of_another_site_is_refused(server: Server) -> None:
    assert server.ask("/visit", "POST", Origin="https://evil.example").status == 403
    assert server.ask("/visit", "POST", Sec_Fetch_Site="cross-site").status == 403
    assert server.ask("/start", Host="evil.example").status == 421
    policy = server.ask("/start").getheader("Content-Security-Policy") or ""
    assert "frame-ancestors 'self' https://huggingface.co" in policy


def test_behind_a_proxy_with_https_the_cookie_is_kept_in_a_frame(server: Server) -> None:
    begun = server.ask("/visit", "POST", X_Forwarded_Proto="https")
    assert "SameSite=None; Secure; Partitioned" in (begun.getheader("Set-Cookie") or "")
    page: str = server.ask("/ask/rights?of=mit", X_Forwarded_Proto="https").text  # type: ignore[attr-defined]
    assert f"https://{urlsplit(server.address).netloc}/ask/rights?of=mit" in page


def test_nothing_of_the_machine_is_shown(server: Server, home: Path) -> None:
    visit = server.visit()
    ref = json.dumps(str(home / "secret-model"))
    release = (
        "charter: 1\nrelease: {name: M}\nlayers:\n  weights:\n    availability: released\n    license: MIT\n"
        f"    files: ['*.safetensors']\n    derived_from: [{{ref: {ref}, relation: finetune}}]\n"
    )
    assert server.send("release.yaml", release.encode(), visit)[0] == 200
    form = {"Cookie": visit[0], "Content_Type": "application/x-www-form-urlencoded"}
    assert server.ask("/open", "POST", f"token={visit[1]}", **form).status == 303
    shown = server.ask("/", Cookie=visit[0]).text + server.ask("/page", Cookie=visit[0]).text  # type: ignore[attr-defined]
    for secret in ("CC-BY-NC", "noncommercial", "Secret Person", "hf_secret", str(server.place)):
        assert secret.lower() not in shown.lower(), secret
    for target in ("path:" + str(home / "secret-model"), str(home / "secret-model")):
        assert server.ask(f"/ask/rights.txt?of={quote(target)}").status == 400


def test_no_template_of_a_visitor_is_run(server: Server) -> None:
    visit = server.visit()
    item = "{availability: released, license: MIT, files: ['*.safetensors']}"
    release = f"charter: 1\nrelease: {{name: M}}\nlayers: {{weights: {item}}}\ncard_template: card.md\n"
    server.send("release.yaml", release.encode(), visit)
    server.send("card.md", b"{% for x in range(100000) %}{% for y in range(100000) %}{% endfor %}{% endfor %}", visit)
    form = {"Cookie": visit[0], "Content_Type": "application/x-www-form-urlencoded"}
    assert server.ask("/open", "POST", f"token={visit[1]}", **form).status == 303
    shown = server.ask("/page", Cookie=visit[0])
    assert "this server runs no templates" in shown.text  # type: ignore[attr-defined]
    assert server.ask("/bundle.zip", Cookie=visit[0]).status == 422


def test_a_file_that_cannot_be_read_is_named_without_the_place_on_the_server(server: Server) -> None:
    visit = server.visit()
    server.send("release.yaml", b"charter: 2", visit)
    form = {"Cookie": visit[0], "Content_Type": "application/x-www-form-urlencoded"}
    answer = server.ask("/open", "POST", f"token={visit[1]}", **form)
    assert answer.status == 400
    assert "release.yaml:1:" in answer.text  # type: ignore[attr-defined]
    assert "charter-visitors" not in answer.text  # type: ignore[attr-defined]


def test_what_is_too_large_or_malformed_is_refused(server: Server) -> None:
    visit = server.visit()
    assert server.send("../x.md", b"x", visit)[0] == 400
    assert server.send("model.bin", b"x", visit)[0] == 400
    assert server.send("README.md", b"x" * (3 * 1024 * 1024), visit)[0] == 400
    assert server.send("a.gguf", b"x", visit, size=2**50)[0] == 400
    bad = server.ask("/upload?path=a.md&size=x", "PUT", b"x", Cookie=visit[0], X_Charter_Token=visit[1])
    assert bad.status == 400
    assert server.ask("/visit", "POST", b"x" * (3 * 1024 * 1024)).status == 413


@pytest.mark.parametrize("arguments", [["--ephemeral", "."], ["--ephemeral", "--read-only"]])
def test_it_serves_no_folder(arguments: list[str], tmp_path: Path) -> None:
    done = charter("studio", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "--ephemeral serves no folder" in done.stderr


def test_a_visitor_downloads_the_bundle_and_nothing_is_written_or_published(server: Server, page: Page) -> None:
    page.get_by_role("button", name="Start").click()
    files = [
        {"name": "README.md", "mimeType": "text/markdown", "buffer": CARD.encode()},
        {"name": "model.safetensors", "mimeType": "application/octet-stream", "buffer": safetensors(2) + b"\0" * 8},
    ]
    expect(page.get_by_label("Choose files")).to_be_visible()
    page.get_by_label("Choose files").set_input_files(files)  # type: ignore[arg-type] # mappings are taken
    expect(page.locator("#sent")).to_have_text("2 of 2 files were added.")
    page.get_by_role("button", name="Answer the questions").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your release")
    held = server.files()
    assert page.get_by_role("button", name="Write and build").count() == 0
    assert page.get_by_text("On the Hub", exact=True).count() == 0
    assert faults(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the zip").click()
    with zipfile.ZipFile(waiting.value.path()) as bundle:
        assert {"README.md", "LICENSE", "release.yaml"} <= set(bundle.namelist())
        assert not any(name.startswith(("/", ".")) or "safetensors" in name for name in bundle.namelist())
    key = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "charter-visit")
    visit = {"Cookie": f"charter-visit={key}", "Content_Type": "application/x-www-form-urlencoded"}
    token = page.get_attribute('meta[name="charter-token"]', "content")
    version = page.get_attribute("main", "data-version")
    for action in ("build", "plan", "publish"):
        answer = server.ask(f"/{action}", "POST", f"token={token}&version={version}", **visit)
        assert answer.status == 422, action
    assert server.files() == held


def test_a_script_of_a_visit_that_ended_gets_no_answer(server: Server) -> None:
    cookie, token = server.visit()
    form = {"Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded"}
    assert server.ask("/end", "POST", f"token={token}", **form).status == 303
    assert server.ask("/answer", "POST", f"token={token}", **form).status == 410
