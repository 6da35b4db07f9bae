"""The end of the interview in the browser: files of the folder, the build, the download, and publishing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator import build, load_release
from generator.interview.draft import DRAFT
from tests.hub.server import TOKEN, Hub, hub
from tests.interview.folders import gemma_lora, scraped_classifier, weights, with_card
from tests.web.studio.client import Browser


def press(browser: Browser, action: str, **fields: str) -> tuple[int, str]:
    """Press a button at the end; returns the status, and the page after it."""
    version = browser.form("kind").version
    answer = browser.post(f"/{action}", {"version": version} | fields)
    return answer.status_code, browser.get("/").text if answer.status_code == 303 else answer.text


def answered(folder: Path, repo: str = "lab/borealis") -> Browser:
    """A studio on a small model that is ready to publish."""
    browser = Browser(weights(folder))
    browser.answer("name", text=repo)
    browser.answer("license", "MIT")
    browser.answer("publisher", text="Anna B")
    return browser


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A Hub with one repo."""
    from huggingface_hub import constants

    card = b"---\nlicense: mit\n---\nWords of the Hub.\n"
    with hub({"lab/borealis": {".gitattributes": b"", "README.md": card}}) as found:
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
        monkeypatch.setattr(constants, "ENDPOINT", found.url)
        address = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace("https://huggingface.co", found.url)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", address)
        yield found


def test_licenses_stand_side_by_side(tmp_path: Path) -> None:
    browser = Browser(weights(tmp_path / "model"))
    table = browser.get("/compare?of=MIT&of=GPL-3.0-only&of=CC-BY-NC-4.0&of=Apache-2.0").text
    assert table.count('<th scope="col">') == 4
    row = re.findall(r'<tr class="of-may-not">(.*?)</tr>', table, re.DOTALL)[0]
    assert [("use commercially" in cell or "commercial" in cell) for cell in row.split("<td>")[1:]] == [
        False,
        False,
        True,
    ]
    assert browser.get("/compare?of=<script>").status_code == 400


def test_files_show_what_covers_them_and_one_license_can_cover_all(tmp_path: Path) -> None:
    browser = Browser(scraped_classifier(tmp_path))
    browser.answer("license", "MIT")
    browser.answer("layers.architecture.license", text="apache-2.0")
    page = browser.get("/").text
    assert re.search(r"train\.py</span> <span class=\"of\">code and configuration · Apache-2\.0", page)
    assert re.search(r"model\.safetensors</span> <span class=\"of\">weights · MIT", page)
    status, page = press(browser, "one-license")
    assert status == 303
    assert "One license covers everything: <strong>MIT</strong>" in page
    assert re.search(r"train\.py</span> <span class=\"of\">code and configuration · MIT", page)


def test_the_build_is_that_of_the_command_and_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    folder = with_card(tmp_path)
    written = (folder / "README.md").read_bytes()
    browser = Browser(folder)
    assert "README.md has this section" in browser.form("card.limitations").words
    browser.answer("publisher", text="Anna B")
    browser.answer("card.how_to_use", text="Run it.")
    status, page = press(browser, "build")
    assert status == 303
    assert "release.yaml has these answers" in page
    assert not (folder / DRAFT).exists()
    assert load_release(folder).release.publisher.name == "Anna B"
    for part in written.partition(b"# Film Critic")[1:]:
        assert part in (folder / "README.md").read_bytes()
    for path, content in build(load_release(folder)).standing_in(folder).items():
        assert (folder / path).read_bytes() == content
    assert "answered" in Browser(folder).get("/").text


def test_the_zip_has_the_bundle_and_writes_nothing(tmp_path: Path) -> None:
    browser = answered(tmp_path / "model")
    before = sorted(path.name for path in (tmp_path / "model").iterdir())
    answer = browser.get("/bundle.zip")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="model-release.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        names = archive.namelist()
        assert {"README.md", "LICENSE", "release.yaml"} <= set(names)
        assert b"Permission is hereby granted" in archive.read("LICENSE")
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == before
    assert browser.get("/bundle.zip").content == answer.content


def test_a_release_file_that_another_program_changed_is_not_replaced_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    browser = answered(folder)
    (folder / "release.yaml").write_text("charter: 1\nrelease: {name: Theirs}\n", encoding="utf-8")
    _, page = press(browser, "build")
    assert "another program changed this file" in page
    assert "Theirs" in (folder / "release.yaml").read_text(encoding="utf-8")
    press(browser, "build")
    assert "borealis" in (folder / "release.yaml").read_text(encoding="utf-8")


def test_a_person_publishes_after_a_dry_run(tmp_path: Path, server: Hub) -> None:
    browser = answered(tmp_path / "model")
    assert press(browser, "plan")[0] == 422
    press(browser, "build")
    assert press(browser, "publish")[0] == 422
    assert len(server.repos["lab/borealis"].branches["main"]) == 1
    _, page = press(browser, "plan")
    assert "<ins>+" in page
    assert "README.md" in page.partition('id="plan"')[2]
    assert len(server.repos["lab/borealis"].branches["main"]) == 1
    _, page = press(browser, "publish")
    assert "published" in page
    assert len(server.repos["lab/borealis"].branches["main"]) == 2
    assert b"Words of the Hub." in server.repos["lab/borealis"].files["README.md"]
    for path in ("/", "/page", "/changes?state=x"):
        assert TOKEN not in browser.get(path).text


def test_an_answer_after_the_dry_run_needs_another_one(tmp_path: Path, server: Hub) -> None:
    browser = answered(tmp_path / "model")
    press(browser, "build")
    press(browser, "plan")
    browser.answer("publisher", text="Bert C")
    assert press(browser, "publish")[0] == 422
    assert len(server.repos["lab/borealis"].branches["main"]) == 1


def test_a_repo_is_created_only_if_the_person_says_so(tmp_path: Path, server: Hub) -> None:
    browser = answered(tmp_path / "model", repo="lab/new-model")
    press(browser, "build")
    _, page = press(browser, "plan")
    assert "would be created" in page
    press(browser, "publish")
    assert "lab/new-model" not in server.repos
    press(browser, "plan")
    press(browser, "publish", create="1")
    assert "lab/new-model" in server.repos


def test_a_hub_that_fails_is_an_error_on_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_TOKEN", "hf_" + "a" * 34)
    browser = answered(tmp_path / "model")
    press(browser, "build")
    _, page = press(browser, "plan")
    assert "<strong>Error</strong>" in page.partition('id="plan"')[2]
    assert "hf_aaa" not in page


def test_starting_again_removes_the_answers_and_no_file(tmp_path: Path) -> None:
    browser = answered(tmp_path / "model")
    press(browser, "discard")
    assert not (tmp_path / "model" / DRAFT).exists()
    assert "lab/borealis" not in browser.get("/").text
    assert (tmp_path / "model" / "model.safetensors").is_file()


@pytest.mark.parametrize("action", ["build", "plan", "publish", "discard", "one-license"])
def test_read_only_does_none_of_it(action: str, tmp_path: Path) -> None:
    folder = gemma_lora(tmp_path)
    browser = Browser(folder, read_only=True)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert press(browser, action)[0] == 403
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


@pytest.mark.parametrize("action", ["build", "plan", "publish", "discard", "one-license"])
def test_an_old_window_does_none_of_it(action: str, tmp_path: Path) -> None:
    browser = Browser(gemma_lora(tmp_path))
    version = browser.form("kind").version
    browser.answer("publisher", text="Anna B")
    assert browser.post(f"/{action}", {"version": version}).status_code == 409
    assert browser.get(f"/{action}").status_code == 405
