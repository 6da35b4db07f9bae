"""License files, copyright lines and a NOTICE that the publisher wrote are kept by every build."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import build, check, load_release
from generator.errors import BundleConflictError
from generator.licenses.catalog import LicenseId
from generator.licenses.copyrights import copyright_lines_in
from generator.licenses.quotes import get_verified_text
from generator.licenses.terms import terms_of

STATED = """charter: 1
release: {name: Tern}
layers:
  weights: {availability: released, license: %s, files: ["*.safetensors"]}
"""
HEADS = {
    "one holder": "MIT License\n\nCopyright (c) 2031 Aster Works\n",
    "several": "MIT License\n\nCopyright (c) 2019 A. Bird\nCopyright (c) 2020-2024, Tern and contributors\n",
    "a sign": "The MIT License (MIT)\n\n© 2031 Aster Works. All rights reserved.\n",
    "no year": "MIT License\n\nCopyright Aster Works\n",
}


def printed(key: str) -> str:
    """The text of a license as SPDX prints it."""
    text = get_verified_text(terms_of(LicenseId(key)))
    assert text is not None
    return text


def folder_of(tmp_path: Path, license_: str = "MIT") -> Path:
    (tmp_path / "release.yaml").write_text(STATED % license_)
    (tmp_path / "model.safetensors").write_bytes(b"")
    return tmp_path


def built_twice(folder: Path) -> dict[str, bytes]:
    """Build twice, check that the second build changes nothing, and return the files."""
    build(load_release(folder)).write(folder)
    files = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    written = build(load_release(folder)).write(folder)
    assert not (written.created or written.replaced or written.removed)
    assert not [f for f in check(load_release(folder)).findings if f.rule == "ART301"]
    return files


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS.keys())
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_copyright_lines_of_the_license_file_are_kept(tmp_path: Path, head: str, newline: str) -> None:
    folder = folder_of(tmp_path)
    body = printed("MIT").partition("\n\nPermission")[2]
    (folder / "LICENSE").write_bytes(f"{head}\nPermission{body}".replace("\n", newline).encode())
    files = built_twice(folder)
    lines = [line for line in head.splitlines()[2:] if line]
    for name in ("LICENSE", "LICENSES/MIT.txt", "NOTICE"):
        for line in lines:
            assert files[name].decode().count(line) == 1
    assert not [f for f in check(load_release(folder)).findings if f.rule in ("REL103", "REL108")]


def test_a_line_of_the_release_file_is_added_and_replaced_and_the_publishers_stays(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    body = printed("MIT").partition("\n\nPermission")[2]
    (folder / "LICENSE").write_text(f"MIT License\n\nCopyright (c) 2020 A. Bird\n\nPermission{body}")
    for year in (2026, 2027):
        (folder / "release.yaml").write_text((STATED % "MIT").replace("Tern}", f"Tern, copyright: {year} B. Wren}}"))
        built_twice(folder)
    text = (folder / "LICENSE").read_text()
    assert "2020 A. Bird" in text
    assert "2027 B. Wren" in text
    assert "2026" not in text


@pytest.mark.parametrize("name", ["LICENSE.txt", "LICENSE.md", "COPYING", "licence"])
def test_a_license_file_with_another_name_gets_no_second_one(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    (folder / name).write_text(printed("Apache-2.0"))
    files = built_twice(folder)
    assert name in files
    assert "LICENSE" not in files


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n\n"])
def test_blank_lines_at_the_end_of_a_license_stay(tmp_path: Path, end: str) -> None:
    folder = folder_of(tmp_path)
    text = HEADS["one holder"] + "\nPermission" + printed("MIT").partition("\n\nPermission")[2].rstrip("\n") + end
    (folder / "LICENSE_CODE").write_text(text)
    assert built_twice(folder)["LICENSE"].decode() == (text if end else f"{text}\n")


def test_a_license_file_that_no_one_mentions_stops_the_build(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    (folder / "LICENSE").write_text("Ask us before you sell anything.\n")
    before = sorted(folder.iterdir())
    with pytest.raises(BundleConflictError, match="LICENSE: somebody wrote this file"):
        build(load_release(folder)).write(folder)
    assert sorted(folder.iterdir()) == before
    (found,) = check(load_release(folder), select=["ART302"]).findings
    assert (found.file, found.severity) == (str(folder / "LICENSE"), "error")
    build(load_release(folder)).write(folder, force=True)
    assert (folder / "LICENSE").read_text() == printed("Apache-2.0")
    assert not check(load_release(folder), select=["ART302", "ART301"]).findings


def test_a_license_file_of_another_license_stops_the_build(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    (folder / "LICENSE").write_text(printed("GPL-3.0-only"))
    with pytest.raises(BundleConflictError, match="LICENSE: somebody wrote this file"):
        build(load_release(folder)).write(folder)
    assert not check(load_release(folder), select=["ART302"]).findings, "ART108 reports it"


def test_a_license_text_stays_where_the_release_states_no_license(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    release = (folder / "release.yaml").read_text().replace("license: Apache-2.0", "description: Ours.")
    (folder / "release.yaml").write_text(release)
    (folder / "LICENSE").write_text(printed("MIT"))
    files = built_twice(folder)
    assert files["LICENSE"] == printed("MIT").encode()
    assert "LICENSES.md" in files
    assert not check(load_release(folder), select=["ART302"]).findings


def test_custom_terms_in_the_license_file_apply_where_the_release_names_them(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "LicenseRef-tern, license_text: LICENSE")
    (folder / "LICENSE").write_text("Ask us before you sell anything.\n")
    assert built_twice(folder)["LICENSE"] == b"Ask us before you sell anything.\n"
    assert not check(load_release(folder), select=["ART302"]).findings


def test_an_index_never_replaces_the_custom_license_that_it_lists(tmp_path: Path) -> None:
    terms = "Tern Terms. You may look at the code. You may not use it.\n"
    (tmp_path / "LICENSE").write_text(terms)
    (tmp_path / "train.py").write_text("")
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Tern}\nlayers:\n"
        "  architecture: {availability: released, license: LicenseRef-tern, license_text: LICENSE, files: [train.py]}\n"
        "  weights: {availability: released, license: MIT, files: [model.safetensors]}\n"
    )
    files = built_twice(tmp_path)
    assert (tmp_path / "LICENSE").read_text() == terms
    assert files["LICENSES/LicenseRef-tern.txt"].decode() == terms
    assert b"LicenseRef-tern" in files["LICENSES.md"]


@pytest.mark.parametrize(
    ("license_", "text", "others"),
    [
        ("MIT", "Copyright 2031 Aster Works. Licensed under the MIT License.\n", {}),
        ("MIT", "MIT\n", {}),
        ("MIT OR Apache-2.0", "Choose either LICENSE.MIT or LICENSE.APACHE.\n", {"MIT": "MIT", "APACHE": "Apache-2.0"}),
    ],
)
def test_a_license_file_that_only_names_the_license_stays(
    tmp_path: Path, license_: str, text: str, others: dict[str, str]
) -> None:
    folder = folder_of(tmp_path, license_)
    (folder / "LICENSE").write_text(text)
    for name, key in others.items():
        (folder / f"LICENSE.{name}").write_text(printed(key))
    files = built_twice(folder)
    assert files["LICENSE"].decode() == text
    assert ("LICENSES.md" in files) is bool(others)
    assert not [found for found in check(load_release(folder)).findings if found.rule in ("ART108", "ART109", "ART302")]


def test_a_notice_of_the_publisher_stays_above_ours(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    (folder / "NOTICE").write_text("Tern\nThis product holds weights made by Lark Lab.\n")
    assert built_twice(folder)["NOTICE"].startswith(b"Tern\nThis product holds weights made by Lark Lab.\n")
    notice = folder / "NOTICE"
    notice.write_text(notice.read_text().replace("Lark Lab.", "Lark Lab and others."))
    assert b"Lark Lab and others." in built_twice(folder)["NOTICE"]


def test_the_stated_license_stays_where_that_of_the_base_is_unknown(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    text = (STATED % "Apache-2.0").replace(", files", ", derived_from: [{ref: a/b, relation: finetune}], files")
    (folder / "release.yaml").write_text(text)
    assert b"license: apache-2.0\n" in built_twice(folder)["README.md"]


def test_a_license_that_becomes_other_is_reported(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "Apache-2.0")
    upstream = "derived_from: [{ref: a/b, relation: finetune, license: CC-BY-SA-4.0}]"
    (folder / "release.yaml").write_text((STATED % "Apache-2.0").replace(", files", f", {upstream}, files"))
    (note,) = build(load_release(folder)).notes
    assert "license apache-2.0 becomes other" in note
    assert "a/b" in note


@pytest.mark.parametrize(
    "text", ["---\n# Tern\n\nSmall.\n", "---\n\nSmall and quick.\n", "---\n# Tern\n\nSmall.\n\n---\n\nMore.\n"]
)
def test_a_rule_above_the_title_is_no_front_matter(tmp_path: Path, text: str) -> None:
    folder = folder_of(tmp_path)
    (folder / "README.md").write_text(text)
    card = built_twice(folder)["README.md"].decode()
    assert text in card
    assert card.startswith("---\nlicense: mit\n")


def test_the_link_of_a_license_that_stays_the_same_is_kept(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "README.md").write_text("---\nlicense: mit\nlicense_link: https://terms.example/MIT\n---\n# Tern\n")
    assert b"license_link: https://terms.example/MIT\n" in built_twice(folder)["README.md"]


def test_holders_that_go_on_in_the_next_lines_are_one_line() -> None:
    head = "Copyright (c) 2012 A. Bird,\nB. Cole, C. Dunn, \nD. East,\nE. Fox\n\nPermission is granted\n"
    assert copyright_lines_in(head) == ("Copyright (c) 2012 A. Bird, B. Cole, C. Dunn, D. East, E. Fox",)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Copyright (c) 2024 A. Bird <a@bird.example>", "Copyright (c) 2024 A. Bird <a@bird.example>"),
        ("> Copyright (c) 2024 A. Bird", "Copyright (c) 2024 A. Bird"),
        ("Copyright (c) 2024 **Tern Lab**", "Copyright (c) 2024 Tern Lab"),
    ],
)
def test_marks_around_a_copyright_line_are_no_part_of_it(line: str, expected: str) -> None:
    assert copyright_lines_in(f"{line}\n") == (expected,)


def test_lines_of_the_license_itself_are_no_holders() -> None:
    for key in ("Apache-2.0", "MIT", "GPL-3.0-only", "BSD-3-Clause", "CC-BY-4.0"):
        assert copyright_lines_in(printed(key), printed(key)) == ()
    assert copyright_lines_in("Copyright [yyyy] [name of copyright owner]\ncopyright notice (c) 2020\n") == ()


@pytest.mark.parametrize("line", ["Copyright © 2022 <copyright holders>", "Copyright (c) <year> <owner>"])
def test_a_placeholder_is_no_copyright_line(tmp_path: Path, line: str) -> None:
    body = printed("MIT")
    body = body[body.index("Permission is hereby") :]
    (tmp_path / "LICENSE").write_text(f"MIT License\n\n{line}\n\n{body}", encoding="utf-8")
    (tmp_path / "release.yaml").write_text(STATED % "MIT", encoding="utf-8")
    assert copyright_lines_in((tmp_path / "LICENSE").read_text(encoding="utf-8"), printed("MIT")) == ()
    build(load_release(tmp_path)).write(tmp_path)
    first = (tmp_path / "LICENSE").read_bytes()
    build(load_release(tmp_path)).write(tmp_path)
    assert (tmp_path / "LICENSE").read_bytes() == first
    assert b"holders>" not in first.partition(b"Permission")[0]


def test_the_notice_names_the_part_whose_copyright_line_is_missing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    assert b"MIT requires a copyright line for: Weights. None is known.\n" in built_twice(folder)["NOTICE"]
    assert b"Copyright" not in (folder / "LICENSE").read_bytes()
    (folder / "release.yaml").write_text((STATED % "MIT").replace("Tern}", "Tern, copyright: 2031 A. Bird}"))
    assert b"None is known" not in built_twice(folder)["NOTICE"]
