"""What the Hub refuses, does not see or drops, through the command line."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Release, ReleaseInfo, build, check, load_release
from generator.api import load_target
from generator.documents.card.hub_rules import find_refusals
from tests.effort import examples

from ..conftest import EXAMPLES
from .folders import CARD, RELEASE, findings, judged, spots

INDEX = "model-index:\n- name: B\n  results:\n  - task: {type: t}\n    dataset: {type: a/b, name: B}\n"
METRIC = "    metrics: [{type: f1, value: 1}]\n    source: {url: https://a.example}\n"


def front(lines: str) -> str:
    """A complete card whose front matter has more lines; the first of them is line 3."""
    return CARD.replace("license: apache-2.0\n", f"license: apache-2.0\n{lines}")


REFUSED = [
    ("license: my-license\n", 3, 1),
    ("license: [mit, my-license]\n", 3, 16),
    ("language: es-ES\n", 3, 1),
    ("language:\n- en\n- zh-CN\n", 5, 3),
    ("language:\n", 3, 1),
    ("base_model: my local llama\n", 3, 1),
    ("base_model: ../llama\n", 3, 1),
    ("base_model: ''\n", 3, 1),
    ("base_model: [a/b, null]\n", 3, 19),
    ("base_model: lab/a--b\n", 3, 1),
    ("datasets: [null]\n", 3, 12),
    ("datasets: librispeech 960h\n", 3, 1),
    ("datasets: [2024]\n", 3, 12),
    ("tags: ~\n", 3, 1),
    ("tags: [a]\ntags: [b]\n", 4, 1),
    ("tags:\n\t- a\n", 4, 1),
    ("tags: [a\n", 4, 1),
    (INDEX + METRIC.replace("f1", "1.0"), 8, 22),
    (INDEX.replace("name: B}", "name: B, config: 1.10}") + METRIC, 7, 43),
    (INDEX.replace("name: B}", "name: B, revision: 5503e34}") + METRIC, 7, 45),
    (INDEX.replace("name: B}", "name: B, split: 2024-01-02}") + METRIC, 7, 42),
    (INDEX.replace(", name: B}", "}") + METRIC, 7, 14),
    (INDEX.replace("{type: t}", "{}") + METRIC, 6, 11),
    (INDEX + METRIC.replace(", value: 1", ""), 8, 15),
    (INDEX + METRIC.replace("{url: https://a.example}", "{name: A}"), 9, 13),
    (INDEX + "    metrics: 5\n    source: {url: https://a.example}\n", 8, 14),
    ("model-index: {name: B}\n", 3, 14),
]


def test_what_the_hub_refuses_is_found_where_it_stands(tmp_path: Path) -> None:
    cases = [{"README.md": front(lines).replace("license: apache-2.0\nlicense", "license")} for lines, _, _ in REFUSED]
    for (lines, line, column), found in zip(REFUSED, judged(tmp_path, cases, "HUB106"), strict=True):
        line -= lines.startswith("license")
        assert [spot[1:3] for spot in spots(found)] == [("README.md", line)], lines
        if "\t" not in lines and not lines.startswith("tags: [a\n"):
            assert spots(found)[0][3] == column, lines
        assert found[0]["severity"] == "error"


NEAR = [
    *((f"{key}: x\n", "license") for key in ("licence", "licenses", "LICENSE", "liscense", "licens")),
    *((f"{key}: lab/a\n", "base_model") for key in ("base-model", "base_models", "basemodel", "bse_model")),
    *((f"{key}: text-generation\n", "pipeline_tag") for key in ("pipline_tag", "pipeline-tag", "pipeline_tags")),
    *((f"{key}: [squad]\n", "datasets") for key in ("dataset", "datsets", "Datasets")),
    *((f"{key}: []\n", "model-index") for key in ("model_index", "modelindex", "model-indx")),
    *((f"{key}: en\n", "language") for key in ("langauge", "languages", "Language")),
    *(
        (f"pipeline_tag: {task}\n", "text-generation")
        for task in ("text_generation", "Text Generation", "text-genration")
    ),
    ("pipeline_tag: image-classfication\n", "image-classification"),
    ("task_categories: [question_answering]\n", "question-answering"),
    ("base_model: lab/a\nbase_model_relation: fine-tuned\n", "finetune"),
    ("base_model: lab/a\nbase_model_relation: LoRA\n", "adapter"),
    ("language: English\n", "en"),
    ("language: pt-BR\n", "pt"),
    ("license: [apache-2.0, BSD-3]\n", "bsd-3-clause"),
]


def test_a_near_miss_is_named_with_what_is_meant(tmp_path: Path) -> None:
    cases = [{"README.md": f"---\ntags: [a]\n{lines}---\n# B\n"} for lines, _ in NEAR]
    for (lines, meant), found in zip(NEAR, judged(tmp_path, cases, "HUB106", "HUB108"), strict=True):
        assert any(f"`{meant}`" in finding["remedy"] for finding in found), lines


OWN_KEYS = (
    *("model_creator: x", "quantized_by: x", "model_type: llama", "prompt_template: x", "base_sha: x", "config: x"),
    *(
        "tasks: [a]",
        "training: x",
        "model_size: 7B",
        "license_url_2: x",
        "lang_id: x",
        "model_name: x",
        "inference: false",
    ),
)


def test_keys_of_one_s_own_are_no_near_miss(tmp_path: Path) -> None:
    found = judged(tmp_path, [{"README.md": f"---\nlicense: mit\n{line}\n---\n# B\n"} for line in OWN_KEYS], "HUB108")
    assert [line for line, said in zip(OWN_KEYS, found, strict=True) if said] == []


ACCEPTED = [
    "thumbnail:\n",
    "thumbnail: null\ndescription: null\n",
    "base_model: gpt2\n",
    "base_model: [lab/a, bert-base-uncased]\n",
    "datasets: [squad, lab/a.b_c]\n",
    "language: [en, multilingual, code, yue]\n",
    "license_name: terms-1.0\n",
    "whatever: {a: [1, null]}\n",
    "tags: ['1', \"no\"]\n",
    INDEX.replace("name: B}", 'name: B, config: "1.10", revision: 5503434d}')
    + METRIC.replace("value: 1", "value: 2 ± 1"),
    "extra_gated_fields:\n  Name: text\n  Country: country\n  Why: {type: select, options: [a, b]}\n",
    "co2_eq_emissions: {emissions: 12.5, source: code carbon}\n",
    "co2_eq_emissions: 12\n",
    "pipeline_tag: text-generation\nbase_model: lab/a\nbase_model_relation: quantized\nnew_version: lab/b\n",
]


def test_what_the_hub_takes_is_left_alone(tmp_path: Path) -> None:
    cases = [{"README.md": front(lines)} for lines in ACCEPTED]
    for lines, found in zip(ACCEPTED, judged(tmp_path, cases, "HUB106", "HUB107", "HUB108", "HUB109"), strict=True):
        assert found == [], lines


DOUBTFUL = [
    ("pipeline_tag: chat\n", 3, 1, "warning"),
    ("base_model_relation: distill\n", 3, 1, "warning"),
    ("library_name: 1.0\n", 3, 1, "warning"),
    ("tags: [1]\n", 3, 8, "warning"),
    ("eval_results: x\n", 3, 1, "warning"),
    ("gated: true\n", 3, 1, "warning"),
    ("new_version: the next one\n", 3, 1, "warning"),
    ("extra_gated_fields:\n- Name: text\n", 4, 1, "warning"),
    ("extra_gated_fields: {Name: blob}\n", 3, 28, "warning"),
    ("extra_gated_fields: {Why: {type: select}}\n", 3, 27, "warning"),
    ("co2_eq_emissions: 12 g\n", 3, 1, "warning"),
    ('co2_eq_emissions: {emissions: "12"}\n', 3, 31, "warning"),
    ("co2_eq_emissions: {emissions: 12, hardware_used: 8}\n", 3, 50, "warning"),
    ("license_name: My very own terms\n", 3, 1, "warning"),
    ("license_link: TERMS.txt\n", 3, 15, "warning"),
    (INDEX.replace("    dataset: {type: a/b, name: B}\n", "") + METRIC, 6, 5, "warning"),
]


def test_what_is_doubtful_is_told_as_such(tmp_path: Path) -> None:
    cases = [{"README.md": front(lines)} for lines, _, _, _ in DOUBTFUL]
    for (lines, line, column, severity), found in zip(DOUBTFUL, judged(tmp_path, cases, "HUB108"), strict=True):
        assert spots(found) == [("HUB108", "README.md", line, column)], lines
        assert found[0]["severity"] == severity


def test_other_terms_need_a_name_and_a_link(tmp_path: Path) -> None:
    other = CARD.replace("apache-2.0", "other")
    linked = other.replace("other\n", "other\nlicense_name: terms-1.0\nlicense_link: LICENSE\n")
    cases = [
        {"README.md": other},
        {"README.md": linked},
        {"README.md": linked.replace("LICENSE", "TERMS.md"), "TERMS.md": "Terms."},
        {"README.md": linked, "LICENSE": "Terms."},
    ]
    found = judged(tmp_path, cases, "HUB108", "HUB301")
    assert [spots(said) for said in found] == [
        [("HUB301", "README.md", 2, 1)],
        [("HUB108", "README.md", 4, 15)],
        [("HUB108", "README.md", 4, 1)],
        [],
    ]


def test_keys_that_a_build_writes_are_not_a_person_s(tmp_path: Path) -> None:
    bad = front("license_name: 1.0\nlicense_link: gone.md\nlanguage: english\nbase_model: my llama\n")
    bad = bad.replace("apache-2.0", "mine")
    (found,) = judged(tmp_path, [{"README.md": bad, "release.yaml": RELEASE}], "HUB106", "HUB107", "HUB108")
    assert spots(found) == [("HUB106", "README.md", 6, 1)]


UNSEEN = [
    ("# Borealis\n\nText.\n", 1, False),
    ("# Borealis\n\n---\nlicense: mit\n---\n", 3, False),
    ("---\n---\n# Borealis\n", 1, False),
    ("---\n\n---\n# Borealis\n", 1, False),
    ("\ufeff---\nlicense: mit\n---\n# Borealis\n", 1, True),
    ("---\nlicense: mit\n# Borealis\n", 1, True),
    ("---\nlicense: mit\n...\n# Borealis\n", 1, True),
    ("\n----\nlicense: mit\n---\n# Borealis\n", 2, True),
    ("--- \nlicense: mit\n---\n# Borealis\n", 1, True),
]


def test_metadata_that_the_hub_does_not_see(tmp_path: Path) -> None:
    plain = judged(tmp_path / "plain", [{"README.md": text} for text, _, _ in UNSEEN], "HUB107")
    files = [{"README.md": text, "release.yaml": RELEASE} for text, _, _ in UNSEEN]
    stated = judged(tmp_path / "stated", files, "HUB107")
    for (text, line, always), here, there in zip(UNSEEN, plain, stated, strict=True):
        assert spots(here) == [("HUB107", "README.md", line, 1)], text
        assert spots(there) == ([("HUB107", "README.md", line, 1)] if always else []), text
    assert findings(tmp_path / "crlf", {"README.md": CARD.replace("\n", "\r\n")}, "HUB107", "HUB109") == []


def test_metadata_that_only_the_hub_sees(tmp_path: Path) -> None:
    found = judged(tmp_path, [{"README.md": f"\n{CARD}"}, {"README.md": CARD}], "HUB107", "HUB109")
    assert [spots(said) for said in found] == [[("HUB109", "README.md", 1, 1)], []]


def test_a_folder_without_a_release_file_is_asked_for_nothing_that_only_one_holds(tmp_path: Path) -> None:
    cases = [{"README.md": CARD}, {"README.md": front("pipeline_tag: text-generation\n")}]
    found = judged(tmp_path, cases, "HUB103", "HUB104")
    assert [spots(said) for said in found] == [[("HUB103", "README.md", 1, 1)], []]
    assert "README.md" in found[0][0]["remedy"]


def test_blocks_that_are_no_mapping_are_refused(tmp_path: Path) -> None:
    cases = [{"README.md": f"---\n{block}\n---\n# B\n"} for block in ("- a", "only words", "&a [*a]")]
    found = judged(tmp_path, cases, "HUB106")
    assert [spots(said) for said in found] == [[("HUB106", "README.md", 2, 1)]] * 3


def test_paths_that_a_client_refuses(tmp_path: Path) -> None:
    bad = RELEASE.replace('["*.safetensors"]', '["*.safetensors", "a/.cache/x.bin", ".gitted/*", ".git/x"]')
    found = judged(tmp_path, [{"release.yaml": bad}, {"release.yaml": RELEASE}], "HUB110")
    assert [spots(said) for said in found] == [
        [("HUB110", "release.yaml", 3, 90), ("HUB110", "release.yaml", 3, 121)],
        [],
    ]


def test_files_that_a_gitignore_drops(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"release.yaml": RELEASE, "model.safetensors": b"", "other.bin": b""}
    dropping = "# mine\n\n*.safetensors\n*.bin\nLICENSE*\n!LICENSE\n[z-a]\n!\n"
    keeping = "*.log\nmodel/\nlicense\n/docs/LICENSE\nLICENSE*\n!LICENSE\n!LICENSES\n"
    plain = {"README.md": CARD, "model.gguf": b"", "train.log": b""}
    cases = [
        files | {".gitignore": dropping},
        files | {".gitignore": keeping},
        plain | {".gitignore": "*.md\n*.log\n*.gguf"},
    ]
    found = judged(tmp_path, cases, "HUB111")
    assert [spots(said) for said in found] == [
        [("HUB111", ".gitignore", 3, 1), ("HUB111", ".gitignore", 5, 1)],
        [],
        [("HUB111", ".gitignore", 1, 1), ("HUB111", ".gitignore", 3, 1)],
    ]
    assert [(said["severity"], said["message"].split(", because")[0]) for said in found[0]] == [
        ("warning", "A push leaves out model.safetensors"),
        ("error", "A push leaves out LICENSES/Apache-2.0.txt"),
    ]


def test_a_card_that_attributes_put_into_lfs(tmp_path: Path) -> None:
    usual = "*.safetensors filter=lfs diff=lfs merge=lfs -text\n*.7z filter=lfs\n"
    cases = [
        {"README.md": CARD, ".gitattributes": f"{usual}*.md filter=lfs diff=lfs merge=lfs -text\n"},
        {"README.md": CARD, ".gitattributes": f'{usual}"READ*" filter=lfs\nREADME.md -filter\n* text=auto\n'},
        {
            "release.yaml": RELEASE,
            ".gitattributes": f"{usual}\nLICENSE filter=lfs\ndocs/** filter=lfs\n[attr]README.md filter=lfs\n",
        },
        {"README.md": CARD, ".gitattributes": usual},
    ]
    found = judged(tmp_path, cases, "HUB112")
    assert [spots(said) for said in found] == [
        [("HUB112", ".gitattributes", 3, 1)],
        [],
        [("HUB112", ".gitattributes", 4, 1)],
        [],
    ]


def test_a_card_that_is_too_large_to_be_read(tmp_path: Path) -> None:
    large = CARD + "word " * (2 * 1024 * 1024 + 1)
    found = findings(tmp_path, {"README.md": large, "release.yaml": RELEASE}, "HUB112")
    assert spots(found) == [("HUB112", "README.md", 1, 1)]


HOSTILE = ("*a" * 200, "**/" * 200, "[" * 900, "\\" * 99, "a" * 900, "(?:a+)+" * 9, "*a*a*a", "\0", "é" * 99)


def test_hostile_patterns_end(tmp_path: Path) -> None:
    model = {"release.yaml": RELEASE, f"{'a' * 200}.safetensors": ""}
    for name in (".gitignore", ".gitattributes"):
        cases = [model | {name: f"{text} filter=lfs\n{text}\n" * 5000} for text in HOSTILE]
        assert len(judged(tmp_path / name, cases)) == len(HOSTILE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_what_a_build_writes_is_never_refused(example: Path) -> None:
    assert list(find_refusals(build(load_release(example))["README.md"].decode())) == []


WORDS = st.sampled_from(["1.10", "no", "x: y", "0123", "a/b", "2024-01-02", "~", "ä", "#", "- a"])


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(*[WORDS] * 6), max_size=4))
def test_results_of_any_words_are_never_refused(rows: list[tuple[str, ...]]) -> None:
    from generator.release.yaml_text import scalar

    fields = "{{task: text-generation, dataset: {{name: {}, id: {}, config: {}, split: {}}}, metric: {}, value: {}}}"
    results = "".join(f"  - {fields.format(*map(scalar, row))}\n" for row in rows)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "release.yaml"
        path.write_text(RELEASE + (f"results:\n{results}" if rows else ""), encoding="utf-8")
        assert list(find_refusals(build(load_release(path))["README.md"].decode())) == []


@settings(max_examples=examples(150), deadline=None)
@given(st.text(alphabet="abc-:[]{}&*!|>'\"#\n\t ~19.", max_size=80))
def test_any_front_matter_is_judged(block: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = ("model-index", "extra_gated_fields", "co2_eq_emissions", "license", "tags")
        for key in keys:
            (folder / "README.md").write_text(f"---\n{key}: {block}\n---\n", encoding="utf-8")
            for finding in check(load_target(folder)).findings:
                assert finding.line >= 1


@pytest.mark.parametrize("tag", ["en", "PL", "pt-PT", "code", "multilingual"])
def test_a_language_code_is_accepted(tag: str) -> None:
    assert not check(in_language(tag), select=("HUB101",)).findings


@pytest.mark.parametrize("tag", ["english", "en pl", "x1", "(en)"])
def test_what_is_no_language_code_is_refused(tag: str) -> None:
    (finding,) = check(in_language(tag), select=("HUB101",)).findings
    assert finding.message.startswith(repr(tag))


def in_language(tag: str) -> Release:
    return Release(charter=1, release=ReleaseInfo(name="Borealis", languages=(tag,)))
