"""No text that a command writes escapes translation: in brackets, as each text is, nothing is outside of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli import cli, failure
from generator.errors import CharterError
from generator.translations import catalog, use_interface_language
from tests.hub.run import RELEASE, release
from tests.hub.server import TOKEN, Hub, hub

from .conftest import TESTS
from .test_pseudo_locale import Pseudo, escaped

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every language is the one in brackets."""
    monkeypatch.setattr(catalog, "load_catalog", lambda language: Pseudo())
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    with use_interface_language("xx"):
        yield


def run(capsys: Said, *words: object) -> str:
    """What a command writes: its answer and its messages."""
    capsys.readouterr()
    try:
        cli.main([str(word) for word in words], standalone_mode=False)
    except CharterError as error:
        failure.write(error)
    return "\n".join(capsys.readouterr())


def folder_of(path: Path, name: str = "layered-five") -> Path:
    """A copy of an example, without what was built."""
    path.mkdir(parents=True)
    shutil.copy(TESTS / "examples" / name / "release.yaml", path / "release.yaml")
    return path


NAMES = "card model tmp pytest root release readme license notice borealis lab"


def test_build(tmp_path: Path, capsys: Said) -> None:
    folder = release(tmp_path / "model")
    names = f"{NAMES} {tmp_path}"
    assert escaped(run(capsys, "build", folder), names=names) == []
    assert escaped(run(capsys, "build", folder), names=names) == []
    (folder / "LICENSE").write_text("Mine.\n", encoding="utf-8")
    assert escaped(run(capsys, "build", folder), names=names) == []
    assert escaped(run(capsys, "build", folder, "-o", folder / "release.yaml"), names=names) == []
    card = folder / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace("charter:end", "charter:stop"), encoding="utf-8")
    assert escaped(run(capsys, "build", folder, "--force"), names=names) == []


def pushed(capsys: Said, server: Hub, folder: Path, *words: str) -> str:
    """What a push to a Hub writes, without its addresses and the card's text."""
    text = run(capsys, "push", folder, "--endpoint", server.url, *words).replace(server.url, "https://hub")
    return "\n".join(line for line in text.splitlines() if line[:1] not in "+-@ " or "⟦" in line)


def test_push(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    folder = release(tmp_path / "model", RELEASE)
    names = f"{NAMES} {tmp_path} hub"
    with hub({}) as server:
        for words in (
            ["--dry-run"],
            [],
            ["--gated", "auto"],
            ["--create"],
            ["--create-pr"],
            ["--revision", "other"],
            ["--repo", "x"],
            ["--repo", "https://huggingface.co/a"],
            ["--only", "nothing"],
            ["--token-from-env", "NO_TOKEN"],
        ):
            assert escaped(pushed(capsys, server, folder, *words), names=names) == [], words
        server.edit("lab/borealis", "LICENSE", b"All rights reserved.\n")
        for words in ([], ["--keep", "LICENSE"], ["--force"]):
            assert escaped(pushed(capsys, server, folder, *words), names=names) == [], words
    for status in (400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 500, 501, 503):
        from generator.hub.client import _BY_STATUS, _OTHER_STATUS
        from generator.translations import gettext

        text, fix = _BY_STATUS.get(status, _OTHER_STATUS)
        assert escaped(gettext(text)) == escaped(gettext(fix)) == []
