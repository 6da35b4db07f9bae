"""License texts: found by digest in the cache or in the user's folder, and fetched from publishers' repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import build, load_release
from generator.errors import HubError, LicenseTextError
from generator.licenses.catalog import LicenseId
from generator.licenses.fetch import fetch_publisher_texts, fetch_texts
from generator.licenses.quotes import _verify, get_verified_text
from generator.licenses.terms import Terms, TextSource, scancode_digests, terms_of, text_source
from generator.licenses.texts import cache_published_text, digest, scancode_text, text_of

TEXT = "Owl License\n\n1. You may keep one owl.\n"
SOURCE = TextSource("hub", "owl-lab/owl-1b", "LICENSE", "abc1234")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of texts, and no folder of texts."""
    monkeypatch.setenv("MODELCHARTER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MODELCHARTER_TEXTS", raising=False)
    _verify.cache_clear()
    return tmp_path / "cache"


def owl(source: TextSource = SOURCE) -> Terms:
    """Terms whose text is in a publisher's repository."""
    return terms_of(LicenseId("MIT"))._replace(id=LicenseId("LicenseRef-owl"), text_source=source, digest=digest(TEXT))


def test_a_text_source_names_a_package_or_a_repository() -> None:
    assert text_source({"spdx": "MIT"}) == TextSource("spdx", "MIT")
    stated = {"hub": {"repo": "owl-lab/owl-1b", "path": "LICENSE", "revision": "abc1234"}}
    assert text_source(stated) == SOURCE
    assert text_source(None) is None
    path = "A LICENSE"
    assert TextSource("github", "lab/x", path, "ab").address == "https://github.com/lab/x/blob/ab/A%20LICENSE"


def test_a_published_text_is_fetched_once_and_found_by_its_digest(cache: Path) -> None:
    asked: list[TextSource] = []

    def read(source: TextSource) -> bytes:
        asked.append(source)
        return TEXT.encode()

    assert get_verified_text(owl()) is None
    _verify.cache_clear()
    assert fetch_publisher_texts([owl()], read, say=lambda _: None) == 1
    assert fetch_publisher_texts([owl()], read, say=lambda _: None) == 1
    assert asked == [SOURCE]
    assert get_verified_text(owl()) == TEXT
    assert (cache / "texts" / "published" / f"{digest(TEXT)}.txt").read_text(encoding="utf-8") == TEXT


def test_a_text_that_the_publisher_changed_is_refused_and_the_others_are_kept() -> None:
    other = owl()._replace(id=LicenseId("LicenseRef-hen"), digest=digest("Hen License"))
    with pytest.raises(LicenseTextError) as failed:
        fetch_publisher_texts([other, owl()], lambda _: TEXT.encode(), say=lambda _: None)
    assert "1 of 2" in str(failed.value)
    assert "LicenseRef-hen" in str(failed.value)
    assert get_verified_text(owl()) == TEXT


def test_what_cannot_be_read_is_reported_with_its_address() -> None:
    def read(source: TextSource) -> bytes:
        raise HubError(f"{source.key}: gated.", "Ask for access.")

    with pytest.raises(LicenseTextError, match=r"owl-lab/owl-1b: gated"):
        fetch_publisher_texts([owl()], read, say=lambda _: None)


def test_a_text_on_a_web_page_is_named_and_not_fetched() -> None:
    page = text_source({"page": "https://owl.example/license"})
    assert page is not None
    assert page.address == "https://owl.example/license"
    said: list[str] = []

    def read(_: TextSource) -> bytes:
        raise AssertionError("a page is not fetched")

    assert fetch_publisher_texts([owl(page)], read, say=said.append) == 0
    assert "only on a web page" in said[0]
    assert page.address in said[0]
    cache_published_text(TEXT)
    assert fetch_publisher_texts([owl(page)], read, say=said.append) == 1
    assert get_verified_text(owl(page)) == TEXT


@pytest.mark.parametrize("form", ["{}", "From https://example.org/owl\n\n{}", "\ufeff{}"])
def test_a_text_of_the_users_folder_is_found_under_any_name(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "any.txt").write_text(form.format(TEXT).replace("\n", "\r\n"), encoding="utf-8", newline="")
    (tmp_path / "texts" / "other.txt").write_bytes(b"\xff\xfe")
    monkeypatch.setenv("MODELCHARTER_TEXTS", str(tmp_path / "texts"))
    found = text_of(SOURCE, digest(TEXT))
    assert found is not None
    assert digest(found) == digest(TEXT)


def test_a_cached_text_that_was_cut_short_does_not_count(cache: Path) -> None:
    path = cache / "texts" / "published" / f"{digest(TEXT)}.txt"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT[:20], encoding="utf-8")
    assert text_of(SOURCE, digest(TEXT)) is None
    key = "llama-2-license-2023"
    (cache / "texts" / f"{key}.txt").write_text("LLAMA 2", encoding="utf-8")
    if scancode_text(key) == "LLAMA 2":  # no installed copy
        assert scancode_text(key, scancode_digests()[key]) is None


def test_a_cached_text_that_was_cut_short_is_fetched_again(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generator.licenses import fetch

    key = "llama-2-license-2023"
    (cache / "texts").mkdir(parents=True)
    (cache / "texts" / f"{key}.txt").write_text("LLAMA 2", encoding="utf-8")
    fetched: list[str] = []
    monkeypatch.setattr(fetch, "_download", lambda folder: folder)
    monkeypatch.setattr(fetch, "_copy_members", lambda wheel, keys, target: fetched.extend(keys))
    fetch_texts({key: scancode_digests()[key]}, say=lambda _: None)
    assert fetched == [key]


def test_a_build_names_the_command_and_the_publishers_copy(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Story, copyright: 2026 Lab}\n"
        "layers: {weights: {availability: released, license: llama3, files: ['*.safetensors']}}\n",
        encoding="utf-8",
    )
    with pytest.raises(LicenseTextError) as failed:
        build(load_release(tmp_path))
    assert "charter licenses LicenseRef-llama3 --fetch-texts" in failed.value.remedy
    assert "https://github.com/meta-llama/llama-models/blob/" in failed.value.remedy
