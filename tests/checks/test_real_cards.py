"""Cards and files as people publish them: near-miss keys, headings of many kinds, prose that disagrees, odd tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.licenses.catalog import KNOWLEDGE
from tests.checks.folders import judged
from tests.command import charter

TOKEN = "hf_" + "qWmZkTbYpLxRvNcJdHsGfAeUiOoPaB314159"
"""Shaped like a token, and nobody's."""


def card(front: str, text: str = "") -> dict[str, str | bytes]:
    return {"README.md": f"---\n{front}\n---\n# Smew\n\n{text}\n"}


@pytest.mark.parametrize(
    ("key", "meant"),
    [("licence", "license"), ("licenses", "license"), ("model_index", "model-index"), ("pipeline-tag", "pipeline_tag")],
)
def test_a_near_miss_of_a_key_is_named(tmp_path: Path, key: str, meant: str) -> None:
    (found,) = judged(tmp_path, [card(f"tags: [a]\n{key}: mit")], "HUB108")
    assert [(f["location"]["line"], f"`{meant}`" in f["remedy"]) for f in found] == [(3, True)]


def test_every_key_of_the_hub_is_known(tmp_path: Path) -> None:
    keys = (KNOWLEDGE / "hub" / "card_keys.txt").read_text(encoding="utf-8").splitlines()
    front = "\n".join(f"{line.partition(':')[0]}: x" for line in keys)
    (found,) = judged(tmp_path, [card(front)], "HUB108")
    assert not [f for f in found if "is not a key that the Hub reads" in f["message"]]


def test_an_address_of_the_hub_is_no_id_and_the_id_is_named(tmp_path: Path) -> None:
    (found,) = judged(tmp_path, [card("base_model: https://huggingface.co/owl-lab/owl-7b")], "HUB106")
    assert ["`owl-lab/owl-7b`" in f["remedy"] for f in found] == [True]


@pytest.mark.parametrize(
    ("stated", "meant"),
    [("Apache-2.0", "apache-2.0"), ("BSD-3", "bsd-3-clause"), ("MIT License", "mit"), ("llama-3.1", "llama3.1")],
)
def test_a_license_that_is_nearly_an_id_is_named(tmp_path: Path, stated: str, meant: str) -> None:
    (found,) = judged(tmp_path, [card(f"license: {stated}")], "HUB106")
    assert [f"`{meant}`" in f["remedy"] for f in found] == [True]


def test_what_the_hub_refuses_is_an_error(tmp_path: Path) -> None:
    cases = [
        card("license: mit\nextra: !!python/tuple [a]"),
        card("license: mit\nextra: {deep: [!app x]}"),
        card("license: mit\nwidget: text"),
        card("license: mit\nwidget:\n- text: hello\nextra: !!str 5"),
    ]
    found = judged(tmp_path, cases, "HUB106")
    assert [[f["location"]["line"] for f in one] for one in found] == [[3], [3], [3], []]


@pytest.mark.parametrize(
    "text",
    [
        "**Model use:**\nBirds.\n\n**Risks:** May fail.\n\n<h2>Fast start</h2>\n\nrun\n\n__Scores__\n\n61",
        "## 用途\n鸟。\n## 局限性\n有。\n## 快速开始\n跑。\n## 评测结果\n61",
        "## Verwendungszweck\nA.\n## Einschränkungen\nB.\n## Erste Schritte\nC.\n## Ergebnisse\nD.",
        "## Zastosowanie\nA.\n## Ograniczenia\nB.\n## Jak używać\nC.\n## Wyniki\nD.",
        "## Casos de uso\nA.\n## Limitaciones\nB.\n## Cómo usar\nC.\n## Resultados\nD.",
        "## Назначение\nA.\n## Ограничения\nB.\n## Использование\nC.\n## Результаты\nD.",
    ],
)
def test_sections_are_seen_in_many_forms(tmp_path: Path, text: str) -> None:
    with_weights = card("license: mit", text) | {"model.safetensors": bytes(8)}
    (found,) = judged(tmp_path, [with_weights], "CARD102", "CARD103", "CARD104", "CARD105")
    assert [f["message"] for f in found] == []


def test_bold_words_in_a_sentence_or_in_code_are_no_headings(tmp_path: Path) -> None:
    text = "It has **limitations** that are known.\n\n```text\n**Intended use:**\nx\n```"
    (found,) = judged(tmp_path, [card("license: mit", text) | {"model.safetensors": bytes(8)}], "CARD102", "CARD103")
    assert [f["rule"] for f in found] == ["CARD102", "CARD103"]


def test_a_license_in_prose_that_differs_is_found_and_one_of_the_code_is_not(tmp_path: Path) -> None:
    cases = [
        card("license: mit", "## License\n\nThe code is MIT. The model weights are for research (CC BY-NC 4.0)."),
        card("license: mit", "## License: Apache 2.0\n\nSee LICENSE."),
        card("license: mit", "## License\n\nThe training code is under Apache-2.0, the weights are MIT."),
        card("license: apache-2.0", "## License\n\nApache License, Version 2.0"),
    ]
    found = judged(tmp_path, cases, "CARD114")
    assert [[f["location"]["line"] for f in one] for one in found] == [[8], [6], [], []]


def test_a_placeholder_in_code_is_found(tmp_path: Path) -> None:
    text = '```python\nm = SentenceTransformer("sentence_transformers_model_id")\n```\n\n`your-username/x`'
    (found,) = judged(tmp_path, [card("license: mit", text)], "CARD110")
    assert [f["location"]["line"] for f in found] == [7]


def test_tokens_are_found_in_any_encoding_and_behind_any_boundary(tmp_path: Path) -> None:
    held = [
        f"TOKEN={TOKEN}\n".encode("utf-16"),
        f"TOKEN={TOKEN}\n".encode("utf-16-be"),
        f'{{"log": "done\\n{TOKEN}"}}\n'.encode(),
        f"https://x.example/?t%3D{TOKEN}\n".encode(),
        f"key-{TOKEN}\n".encode(),
        f"a\0b {TOKEN}\n".encode(),
    ]
    cases: list[dict[str, str | bytes]] = [{**card("license: mit"), ".env": one} for one in held]
    found = judged(tmp_path, cases, "SEC101")
    assert [len([f for f in one if f["severity"] == "error"]) for one in found] == [1] * len(held)


def test_a_token_is_never_printed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n---\n# Smew\n\nlogin {TOKEN} now [x]({TOKEN})\n")
    for form in ("text", "json", "sarif", "github"):
        done = charter("check", tmp_path, "--format", form)
        assert TOKEN not in done.stdout + done.stderr
        assert "SEC101" in done.stdout


def test_repeated_findings_are_one_with_a_count(tmp_path: Path) -> None:
    text = "\n\n".join(["[More Information Needed]"] * 8)
    (tmp_path / "README.md").write_text(f"---\nlicense: mit\n---\n# Smew\n\n{text}\n")
    done = charter("check", tmp_path, "--select", "CARD110")
    assert done.stdout.count("CARD110") == 1
    assert "(8 places)" in done.stdout
    assert "and 5 more places" in done.stdout


def test_check_takes_a_card_and_names_what_else_is_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Smew\n")
    (tmp_path / "other.md").write_text("# Smew\n")
    folder = charter("check", tmp_path)
    as_card = charter("check", tmp_path / "README.md")
    assert as_card.stdout == folder.stdout
    other = charter("check", tmp_path / "other.md")
    assert other.returncode == 2
    assert "card" in other.stderr
