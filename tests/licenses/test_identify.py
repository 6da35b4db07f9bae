"""Identification: true copies by digest, changed copies with their differences, others not at all."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import build, load_release
from generator.licenses.catalog import KNOWLEDGE, index
from generator.licenses.identify import find_named_only, identify, true_copy
from generator.licenses.terms import text_source
from generator.licenses.texts import scancode_text, spdx_text, text_of
from tests.licenses.test_facts import facts

READ = [path for path in sorted((KNOWLEDGE / "licenses").glob("*.yaml")) if not facts(path).get("by_name_only")]


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_a_true_copy_of_every_license_that_was_read_is_found(path: Path) -> None:
    raw = facts(path)
    text = text_of(text_source(raw["text_source"]), raw["digest"])
    if text is None and index()["published"]:
        pytest.skip("the publisher's text is not here")
    assert text is not None
    windows = text.replace("\n", "\r\n")
    assert true_copy(text) == true_copy(windows)
    assert index()["known"][true_copy(text)]["text"]


def test_the_holder_s_lines_do_not_count() -> None:
    text = spdx_text("MIT") or ""
    assert true_copy(text.replace("Copyright (c) <year> <copyright holders>", "Copyright (c) 2026 Somebody")) == "MIT"


def test_an_spdx_text_that_nobody_read_is_found_by_its_digest() -> None:
    assert true_copy(spdx_text("ZPL-2.1") or "") == "ZPL-2.1"


def test_a_changed_model_license_is_told_apart_and_the_difference_shown() -> None:
    text = scancode_text("llama-2-license-2023") or ""
    found = identify(text.replace("700 million", "7 million"))
    assert (found.license, found.exact) == ("LicenseRef-llama2", False)
    assert any(line.startswith("+") and "7 million" in line for line in found.differences)
    assert any(line.startswith("-") and "700 million" in line for line in found.differences)


def test_a_changed_spdx_text_is_found_by_its_words() -> None:
    found = identify((spdx_text("BSD-3-Clause") or "").replace("Neither the name", "Not even the name"))
    assert (found.license, found.exact) == ("BSD-3-Clause", False)
    assert found.differences


def test_what_is_no_license_is_none() -> None:
    assert identify("Do what you like, and tell nobody.").license is None
    assert identify("").license is None


def test_a_license_known_by_name_only_is_taken_from_the_folder_by_its_title(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("H RESEARCH LICENSE\n\nAll of its text.\n", encoding="utf-8")
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Story, copyright: 2026 Lab}\n"
        "layers: {weights: {availability: released, license: LicenseRef-h-research, files: ['*.safetensors']}}\n",
        encoding="utf-8",
    )
    bundle = build(load_release(tmp_path))
    assert b"All of its text." in bundle["LICENSES/LicenseRef-h-research.txt"]
    bundle.write(tmp_path)


def test_words_that_only_sound_like_a_title_name_no_license() -> None:
    assert find_named_only("You may ask which research license holds here.\n") is None
    assert find_named_only("# H Research License\n\nText.\n") == "LicenseRef-h-research"


SPDX = ["MIT", "Apache-2.0", "BSD-3-Clause", "ISC", "GPL-3.0-only", "LGPL-3.0-only", "MPL-2.0", "CC-BY-NC-4.0"]
FORMS: dict[str, Callable[[str], str]] = {
    "wrapped": lambda text: "\n\n".join(textwrap.fill(" ".join(p.split()), 60) for p in re.split(r"\n\s*\n", text)),
    "indented": lambda text: textwrap.indent(text, "      "),
    "hash": lambda text: textwrap.indent(text, "# ", lambda _: True),
    "comment": lambda text: "/*\n" + textwrap.indent(text, " * ", lambda _: True) + "\n */\n",
    "quoted": lambda text: textwrap.indent(text, "> ", lambda _: True),
    "curly quotes": lambda text: re.sub(r'"([^"]*)"', "“\\1”", text).replace("'", "\u2019"),
    "Markdown title": lambda text: "# License\n\n" + text,
    "holders": lambda text: "Copyright (c) 2023 Fern Lab\nCopyright 2024 The Owl Authors\n\n" + text,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", SPDX)
def test_a_true_copy_is_recognized_in_every_form(key: str, form: str) -> None:
    found = identify(FORMS[form](spdx_text(key) or ""))
    assert (found.license, found.exact, found.result) == (key, True, "true copy")


def test_apache_without_its_appendix_is_a_true_copy() -> None:
    text = (spdx_text("Apache-2.0") or "").partition("END OF TERMS AND CONDITIONS")[0]
    assert (identify(text).license, identify(text).exact) == ("Apache-2.0", True)


@pytest.mark.parametrize("key", SPDX)
def test_an_added_sentence_is_a_change_that_is_listed(key: str) -> None:
    found = identify((spdx_text(key) or "") + "\n\nYou must not use this software for commercial purposes.\n")
    assert (found.license, found.exact, found.result) == (key, False, "with changes")
    assert any(change.kind == "added" and "commercial purposes" in change.text for change in found.changes)


def test_several_licenses_in_one_file_are_named_with_their_lines() -> None:
    first = spdx_text("MIT") or ""
    found = identify(f"{first}\n\nParts are from Stilt, under this license:\n\n{spdx_text('Apache-2.0')}")
    assert (found.license, found.result) == (None, "several licenses in one file")
    assert [part.license for part in found.parts] == ["MIT", "Apache-2.0"]
    assert found.parts[0].last < found.parts[1].first


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file.', "Apache-2.0"),
        ("This package is released under the MIT license.", "MIT"),
        ("SPDX-License-Identifier: BSD-3-Clause\n", "BSD-3-Clause"),
    ],
)
def test_a_notice_is_no_text(text: str, key: str) -> None:
    found = identify(text)
    assert (found.license, found.exact, found.result) == (key, False, "notice only")
    assert true_copy(text) is None


def test_a_version_that_dates_itself_otherwise_is_named_as_that_version() -> None:
    text = (scancode_text("gemma-tou-2025-03-24") or "").replace("March 24, 2025", "February 21, 2024")
    found = identify(text)
    assert (found.license, found.exact, found.version) == ("LicenseRef-gemma", False, "2024-02-21")
    assert true_copy(text) is None


def learned() -> list[Path]:
    """Texts of others, where they are beside the repository."""
    return sorted(Path(__file__).parents[3].joinpath("shared", "license_texts").glob("*.txt"))


@pytest.mark.skipif(not learned(), reason="the texts of others are not here")
def test_every_learned_text_is_recognized() -> None:
    wrong = [path.stem for path in learned() if path.stat().st_size > 500 and not identify(path.read_text()).exact]
    assert [slug for slug in wrong if not slug.endswith("-incomplete")] == []


@pytest.mark.parametrize("key", ["Apache-2.0", "MIT"])
def test_a_text_made_of_beginnings_of_licenses_is_unknown_or_changed_and_soon_done(key: str) -> None:
    head = " ".join((spdx_text(key) or "").split()[:40])
    assert not identify(f"{head} " * 2000).exact


@pytest.mark.parametrize(
    "note",
    [
        "One change: a product with more than 100 million monthly users shows the name Reed K.",
        "The bundled model files are the work of their original authors and retain their upstream licenses.",
        "The above license applies to all contributions after 2017-12-01.",
        "Fonts in assets/ are free for research.",
    ],
)
def test_a_note_that_may_add_terms_makes_a_text_no_true_copy(note: str) -> None:
    text = f"{spdx_text('MIT')}\n{note}\n"
    found = identify(text)
    assert (found.license, found.exact, found.result) == ("MIT", False, "with changes")
    assert any(note[:20] in change.text for change in found.changes)


@pytest.mark.parametrize(
    "note",
    [
        "Crystal Hamiltonian Graph neural Network",
        "This library is a fork of better-json-errors by Kat, extended and changed.",
        "smew is licensed under the terms of the MIT license, reproduced below.",
        "https://opensource.org/licenses/MIT",
    ],
)
def test_headings_credits_and_addresses_add_nothing(note: str) -> None:
    assert identify(f"{note}\n\n{spdx_text('MIT')}").exact


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("Unlicense", "This is free and unencumbered software released into the public domain.", ""),
        ("Unlicense", "This is free and unencumbered software", "This is encumbered software"),
        ("WTFPL", "Everyone is permitted to copy and distribute verbatim or modified", "Nobody may copy or distribute"),
        (
            "LGPL-3.0-only",
            "supplemented by the additional permissions listed below.",
            "\nOnly for non-commercial use.\n",
        ),
        ("LGPL-2.1-only", "You may copy and distribute verbatim copies of the Library's", "You may read the Library's"),
    ],
)
def test_a_sentence_that_was_changed_or_removed_is_found(key: str, before: str, after: str) -> None:
    text = " ".join((spdx_text(key) or "").split()) if key in ("WTFPL", "LGPL-2.1-only") else spdx_text(key) or ""
    assert before in text
    found = identify(text.replace(before, after, 1))
    assert (found.license, found.exact) == (key, False)
    assert found.result == "with changes"


TURNED = [
    ("BSD-2-Clause", "with or without modification", "with or modification"),
    ("BSD-3-Clause", "must retain", "need not retain"),
    ("BSD-3-Clause", "may be used to endorse", "may not be used to endorse"),
    ("MIT", "shall be included in all copies", "need not be included in all copies"),
    ("MIT", "to deal in the Software without restriction", "to deal in the Software with restriction"),
    ("ISC", "with or without fee", "with fee"),
    ("Zlib", "may not be removed", "may be removed"),
    ("BSL-1.0", "must be included in all copies", "may be included in all copies"),
    ("Apache-2.0", "You must give any other recipients", "You may give any other recipients"),
    ("Apache-2.0", "no-charge, royalty-free", "chargeable"),
    ("MPL-2.0", "You must inform recipients", "You need not inform recipients"),
    ("CC-BY-NC-4.0", "not primarily intended for or directed towards", "primarily intended for or directed towards"),
    ("CC-BY-4.0", "reproduce and Share the Licensed Material", "reproduce, except for commercial purposes, it"),
    ("OFL-1.1", "may be sold by itself", "must be sold by itself"),
    ("EPL-2.0", "royalty-free copyright license", "copyright license"),
    ("Artistic-2.0", "You may Distribute verbatim copies", "You may not Distribute verbatim copies"),
    ("GPL-2.0-only", "You may not impose any further restrictions", "You may impose any further restrictions"),
    ("GPL-3.0-only", "You may not impose any further restrictions", "You may impose any further restrictions"),
    ("AGPL-3.0-only", "your modified version must prominently offer", "your modified version may offer"),
    ("LGPL-2.1-only", "You may not impose any further restrictions", "You may impose any further restrictions"),
    ("CDLA-Permissive-2.0", "may use, modify, and share the Data", "may use and share the Data"),
]


@pytest.mark.parametrize(("key", "before", "after"), TURNED, ids=[f"{key}: {after}" for key, _, after in TURNED])
def test_a_word_that_decides_makes_a_text_no_true_copy(key: str, before: str, after: str) -> None:
    text = " ".join((spdx_text(key) or "").split())
    assert before in text
    found = identify(text.replace(before, after, 1))
    assert (found.license, found.exact, found.result) == (key, False, "with changes")
    assert found.changes
    assert identify(text).exact


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("You may not impose any further restrictions", "You may impose any further restrictions"),
        ("of this license document, but changing it is not allowed. Preamble", "of this license document. Preamble"),
        ("reviewing courts shall apply local law", "reviewing courts shall not apply local law"),
    ],
)
def test_the_gpl_in_an_lgpl_file_counts(before: str, after: str) -> None:
    text = " ".join((spdx_text("LGPL-3.0-only") or "").split())
    assert identify(text).exact
    assert before in text
    assert not identify(text.replace(before, after, 1)).exact


def test_texts_that_several_ids_share_are_named_by_the_one_that_says_least() -> None:
    assert identify(spdx_text("GFDL-1.3-invariants-only") or "").license == "GFDL-1.3-only"
    older = (spdx_text("GFDL-1.2-only") or "").replace("http://www.gnu.org/copyleft/", "https://www.gnu.org/licenses/")
    place = "51 Franklin St, Fifth Floor, Boston, MA 02110-1301 USA"
    found = identify(older.replace("Version 1.2, November 2002", f"Version 1.2, November 2002\n{place}"))
    assert (found.license, found.exact) == ("GFDL-1.2-only", True)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("This work is licensed under a Creative Commons Attribution-NonCommercial 4.0 International License.",
         ["CC-BY-NC-4.0"]),
        ("The data is available under CC BY-SA 4.0.", ["CC-BY-SA-4.0"]),
        ("Dieses Werk ist lizenziert unter einer Creative Commons Namensnennung 4.0 International Lizenz "
         "([CC](https://creativecommons.org/licenses/by/4.0/deed.de)).", ["CC-BY-4.0"]),
        ("Esta obra está en el dominio público: https://creativecommons.org/publicdomain/zero/1.0/", ["CC0-1.0"]),
        ("Esta obra está bajo una Licencia Creative Commons Atribución-NoComercial 4.0 Internacional.", []),
        ("Released under CC-BY 4.0, https://creativecommons.org/licenses/by-nc/4.0/", ["CC-BY-4.0", "CC-BY-NC-4.0"]),
    ],
)  # fmt: skip
def test_a_creative_commons_notice_names_its_license_in_words_or_by_its_address(text: str, keys: list[str]) -> None:
    found = identify(text)
    assert sorted(found.others or ([found.license] if found.license else [])) == keys
    assert found.result == ("notice only" if keys else "unknown")


def test_the_clear_bsd_license_without_its_patent_sentence_is_not_bsd_3_clause() -> None:
    text = spdx_text("BSD-3-Clause-Clear") or ""
    sentence = "NO EXPRESS OR IMPLIED LICENSES TO ANY PARTY'S PATENT RIGHTS ARE GRANTED BY THIS LICENSE."
    assert sentence in text
    assert not identify(text.replace(sentence, "")).exact


def test_lgpl_3_is_recognized_without_the_gpl_that_it_refers_to() -> None:
    text = (spdx_text("LGPL-3.0-only") or "").partition("GNU GENERAL PUBLIC LICENSE\n")[0]
    found = identify(text)
    assert (found.license, found.exact) == ("LGPL-3.0-only", True)


@pytest.mark.parametrize("title", ["", "The MIT License (MIT)\n\n", "# MIT License\n\n", "License: MIT\n\n"])
@pytest.mark.parametrize("holder", ["", "Copyright (c) 2024 Fern Lab\n\n", "© 2019-2024 The Owl Authors\n\n"])
def test_a_common_text_is_recognized_under_any_title(title: str, holder: str) -> None:
    body = (spdx_text("MIT") or "").partition("Permission is hereby")
    found = identify(f"{title}{holder}{body[1]}{body[2]}")
    assert (found.license, found.exact) == ("MIT", True)


def test_a_title_that_adds_terms_makes_a_text_no_true_copy() -> None:
    body = (spdx_text("MIT") or "").partition("Permission is hereby")
    text = f"MIT License, for non-commercial use only\n\n{body[1]}{body[2]}"
    assert not identify(text).exact


def test_a_gnu_license_with_its_last_sentences_is_a_true_copy() -> None:
    """The copies that GNU itself gives away end with sentences that the SPDX list leaves out."""
    last = (
        "\n\nThis General Public License does not permit incorporating your program into proprietary programs. If your "
        "program is a subroutine library, you may consider it more useful to permit linking proprietary applications "
        "with the library. If this is what you want to do, use the GNU Library General Public License instead of this "
        "License.\n"
    )
    text = (spdx_text("GPL-2.0-only") or "") + last
    assert (identify(text).license, identify(text).exact) == ("GPL-2.0-only", True)
    assert not identify(f"{text}\nOnly non-commercial use is permitted.\n").exact


@pytest.mark.parametrize("key", ["Apache-2.0", "GPL-2.0-only", "GPL-3.0-only"])
def test_terms_that_were_put_into_an_appendix_are_found(key: str) -> None:
    text = spdx_text(key) or ""
    at = text.index("[yyyy]" if key == "Apache-2.0" else "one line to give")
    assert not identify(f"{text[:at]}Only non-commercial use is permitted.\n{text[at:]}").exact


def test_a_sentence_that_only_names_the_license_adds_nothing() -> None:
    text = f"NetworkX is distributed with the 3-clause BSD license.\n\n{spdx_text('BSD-3-Clause')}"
    assert (identify(text).license, identify(text).exact) == ("BSD-3-Clause", True)


@pytest.mark.parametrize("key", ["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0"])
def test_creative_commons_texts_as_repositories_keep_them(key: str) -> None:
    """The preface and the end have other marks and addresses there than on the SPDX list."""
    text = re.sub(
        r"(More considerations for )(licensors|the public)\W{0,2}",
        r"\1\2:\n\twiki.creativecommons.org/Considerations_for_licensors\n\n",
        spdx_text(key) or "",
    )
    lines = textwrap.fill(text, 72, replace_whitespace=False)
    found = identify(f"{lines}\n\n{'=' * 71}\n")
    assert (found.license, found.result) == (key, "true copy")
    changed = lines.replace("gives no\nwarranties", "gives all warranties").replace(
        "gives no warranties", "must warrant"
    )
    assert identify(changed.replace("is not a law firm", "must not be copied")).result == "with changes"
