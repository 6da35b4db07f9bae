"""Facts that are offered: who publishes, who holds the copyright, the repo; nothing is taken by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.api import create
from generator.hub.login import Login
from generator.interview.offers import find_offers, repo_name

WEIGHTS = "model.onnx"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home with a name for git, and no other configuration."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text("[user]\n\tname = Anna B\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_CONFIG_GLOBAL", "XDG_CONFIG_HOME", "GIT_DIR"):
        monkeypatch.delenv(name, raising=False)


def model(folder: Path, card: str = "") -> Path:
    """A folder with weights of 2025."""
    folder.mkdir()
    (folder / WEIGHTS).write_bytes(b"x")
    os.utime(folder / WEIGHTS, (1_750_000_000, 1_750_000_000))
    if card:
        (folder / "README.md").write_text(card, encoding="utf-8")
    return folder


def test_git_and_the_login_are_offered_with_their_source(tmp_path: Path) -> None:
    folder = model(tmp_path / "gemma poet")
    login = Login("annab", "your Hub login", "Anna Bee", ("owl-lab",))
    offers = find_offers(folder, create.prefill(folder), [login])
    assert [(found.value, found.source) for found in offers.publisher] == [
        ("Anna B", "git config user.name"),
        ("Anna Bee", "your Hub login"),
        ("owl-lab", "your Hub login"),
    ]
    assert (offers.copyright[0].value, offers.copyright[0].source) == (
        "2025 Anna B",
        "git config user.name; the date of model.onnx",
    )
    assert [found.value for found in offers.repo] == ["annab/gemma-poet", "owl-lab/gemma-poet"]
    assert {found.field for field in offers for found in field} == {
        "release.publisher.name",
        "release.copyright",
        "release.repo",
    }


def test_defaults_take_no_offer(tmp_path: Path) -> None:
    folder = model(tmp_path / "poet")
    create.init(folder)
    assert "Anna" not in (folder / "release.yaml").read_text(encoding="utf-8")


def test_what_is_answered_is_not_offered_again(tmp_path: Path) -> None:
    folder = model(tmp_path / "poet")
    known = create.prefill(folder)
    known.give("release.publisher.name", "Owl Lab")
    known.give("release.repo", "owl-lab/poet")
    known.give("release.date", "2026-05-02")
    offers = find_offers(folder, known, [Login("annab", "your Hub login")])
    assert not offers.publisher
    assert not offers.repo
    assert [found.value for found in offers.copyright] == ["2026 Owl Lab"]


@pytest.mark.parametrize(
    ("folder", "title", "name"),
    [
        ("gemma-poet", "", "gemma-poet"),
        ("checkpoint-500", "Heron 7B", "Heron-7B"),
        ("output_model", "Heron/7B  v2", "Heron-7B-v2"),
        ("final", "", "final"),
        ("h\u00e9ron--v1..0.git", "", "heron-v1.0"),
        ("\u6a21\u578b", "", ""),
    ],
)
def test_the_repo_s_name_is_one_that_the_hub_takes(tmp_path: Path, folder: str, title: str, name: str) -> None:
    place = model(tmp_path / folder, f"# {title}\n" if title else "")
    assert repo_name(place, create.prefill(place)) == name
    assert all(found.value == f"annab/{name}" for found in find_offers(place, create.prefill(place)).repo)


@pytest.mark.parametrize("named", ["", "\x1b[31mEve\nB\x07", "x" * 5000])
def test_a_name_of_git_is_one_short_line(tmp_path: Path, named: str) -> None:
    value = named.replace("\n", "\\n").replace("\x1b", "").replace("\x07", "")
    (tmp_path / "home" / ".gitconfig").write_text(f'[user]\n\tname = "{value}"\n', encoding="utf-8")
    folder = model(tmp_path / "poet")
    names = [str(found.value) for found in find_offers(folder, create.prefill(folder)).publisher]
    assert len(names) == bool(named)
    assert all(name.isprintable() and len(name) <= 100 for name in names)
