"""The card's text, through the command line: what fires, where it points, and what is left alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import build, check, load_release
from generator.api import load_target
from tests.effort import examples

from .folders import CARD, RELEASE, SECTIONS, findings, judged, spots


def section(text: str, key: str = "training") -> str:
    """A release whose card is complete, with one more section; its first line is line 10, column 5."""
    body = "".join(f"    {line}\n" for line in text.splitlines())
    return f"{RELEASE}{SECTIONS}  {key}: |\n{body}"


def card(text: str) -> str:
    """A complete card with one more section; its first line is line 22."""
    return f"{CARD}\n{text}\n"


def test_a_complete_card_is_silent(tmp_path: Path) -> None:
    assert findings(tmp_path / "stated", {"release.yaml": RELEASE + SECTIONS}, "CARD") == []
    assert findings(tmp_path / "written", {"README.md": CARD}, "CARD") == []


@pytest.mark.parametrize(
    ("rule", "key", "heading"),
    [
        ("CARD102", "intended_use", "Intended use"),
        ("CARD103", "limitations", "Limitations"),
        ("CARD104", "how_to_use", "How to use"),
        ("CARD105", "evaluation", "Evaluation"),
    ],
)
def test_a_missing_section_is_told_where_it_belongs(rule: str, key: str, heading: str, tmp_path: Path) -> None:
    without = "".join(line for line in SECTIONS.splitlines(keepends=True) if f"  {key}:" not in line)
    found = findings(tmp_path / "stated", {"release.yaml": RELEASE + without}, "CARD")
    assert spots(found) == [(rule, "release.yaml", 5, 3)]
    assert f"`{key}: |`" in found[0]["remedy"]
    found = findings(tmp_path / "written", {"README.md": CARD.replace(f"## {heading}\n", "")}, "CARD")
    assert spots(found) == [(rule, "README.md", 1, 1)]
    assert f"`## {heading}`" in found[0]["remedy"]
    assert "release" not in found[0]["remedy"]


def test_headings_of_a_readme_answer_for_the_release_file(tmp_path: Path) -> None:
    headings = "# B\n\nUses & risks\n===\n\nMany.\n\n### 🚀 Quickstart\n\nRun it.\n\n<h2>Benchmarks</h2>\n\nNone.\n"
    files = {"release.yaml": RELEASE, "README.md": headings.replace("Uses & risks", "Intended uses & limitations")}
    assert findings(tmp_path, files, "CARD") == []


def test_a_heading_with_nothing_below_it_is_no_section(tmp_path: Path) -> None:
    found = findings(tmp_path, {"README.md": CARD.replace("It makes things up.\n", "")}, "CARD")
    assert spots(found) == [("CARD103", "README.md", 1, 1)]


def test_results_are_an_evaluation(tmp_path: Path) -> None:
    without = SECTIONS.replace("  evaluation: It has not been evaluated.\n", "")
    results = (
        "results:\n  - {task: text-generation, dataset: {name: MMLU}, metric: accuracy, value: 5}\n"
        "  - {task: text-generation, dataset: {name: MMLU, id: cais/mmlu}, metric: f1, value: 5, source: https://a.example}\n"
    )
    found = findings(tmp_path / "a", {"release.yaml": RELEASE + without + results}, "CARD")
    assert spots(found) == [("CARD111", "release.yaml", 9, 38), ("CARD112", "release.yaml", 9, 5)]
    report = (
        "documents: [{component: evaluation-results, availability: released, license: MIT, url: https://a.example}]\n"
    )
    assert findings(tmp_path / "b", {"release.yaml": RELEASE + without + report}, "CARD") == []


def test_results_of_a_person_s_front_matter_are_held_to_the_same(tmp_path: Path) -> None:
    index = (
        "model-index:\n- name: B\n  results:\n  - task: {type: t}\n    metrics: [{type: f1, value: 1}]\n"
        "  - task: {type: t}\n    dataset: {type: a/b, name: B}\n    metrics: []\n    source: {url: https://a.example}\n"
    )
    found = findings(tmp_path, {"README.md": CARD.replace("---\n#", f"{index}---\n#")}, "CARD")
    assert spots(found) == [("CARD111", "README.md", 6, 5), ("CARD112", "README.md", 6, 5)]


def test_a_folder_without_a_card_is_told_once(tmp_path: Path) -> None:
    license_ = (Path(__file__).parent.parent.parent / "LICENSES" / "Apache-2.0.txt").read_text(encoding="utf-8")
    found = findings(tmp_path, {"LICENSE": license_}, "CARD")
    assert spots(found) == [("CARD101", "README.md", 1, 1)]


def test_a_card_that_is_not_asked_for_is_not_judged(tmp_path: Path) -> None:
    bad = section("[gone](gone.md) TODO: all") + "outputs: [licenses]\n"
    assert findings(tmp_path / "alone", {"release.yaml": bad}, "CARD") == []
    found = findings(tmp_path / "beside", {"release.yaml": bad, "README.md": card("[gone](gone.md)")}, "CARD")
    assert spots(found) == [("CARD106", "README.md", 22, 8)]


BROKEN = [
    ("See [a](gone.md).", 9),
    ("See [a](./docs/gone%20file.md?raw=true).", 9),
    ("See [a](../outside.md).", 9),
    ("See [a](/home/lab/x.md).", 9),
    ("See [a](file:///x.md).", 9),
    ("See [a]().", 9),
    ("See [a](<gone file.md>).", 10),
    ('See <a href="gone.md">a</a>.', 5),
    ("![A plot](gone.png)", 1),
    ('x <img alt="A plot" src="gone.png">', 3),
    ("- a\n  - [a](gone.md)", 9),
    ("| a |\n|---|\n| [a](gone.md) |", 7),
    ("`[a](gone.md)` and [a](gone.md)", 24),
]


def test_a_broken_link_is_found_where_it_stands(tmp_path: Path) -> None:
    stated = judged(tmp_path / "stated", [{"release.yaml": section(text)} for text, _ in BROKEN], "CARD")
    written = judged(tmp_path / "written", [{"README.md": card(text)} for text, _ in BROKEN], "CARD")
    for (text, column), here, there in zip(BROKEN, stated, written, strict=True):
        last = text.count("\n")
        assert spots(here) == [("CARD106", "release.yaml", 10 + last, column + 4)], text
        assert spots(there) == [("CARD106", "README.md", 22 + last, column)], text


def test_a_reference_is_told_where_it_is_defined(tmp_path: Path) -> None:
    found = findings(tmp_path, {"README.md": card("See [a][b] and [b].\n\n[b]: gone.md 'Gone'")}, "CARD")
    assert spots(found) == [("CARD106", "README.md", 24, 6)]


def test_links_that_hold_are_left_alone(tmp_path: Path) -> None:
    text = (
        "[a](LICENSE) [b](NOTICE) [c](LICENSES/Apache-2.0.txt) [d](LICENSES) [e](docs/a%20b.md#part-one) [f](docs/)\n"
        "[s](docs/a%20b.md#__main__-and-more)\n"
        "[g](https://gone.example/x.md) [h](mailto:a@b.example) [i](//a.example) <https://a.example>\n"
        "[j](/datasets/a/b)\n"
        "[k](README.md) [l](#what-is-released) [m](#) ![A plot](data:image/png;base64,AA) `[n](gone.md)`\n"
        "\n    [o](gone.md)\n\n```\n[p](gone.md)\n```\n<!-- [q](gone.md) <a href='gone.md'> -->\n\\[r](gone.md)\n"
    )
    files = {"docs/a b.md": "# A\n\n## Part *one*!\n\n## `__main__` and _more_\n"}
    assert findings(tmp_path, {"release.yaml": section(text), **files}, "CARD") == []


def test_files_of_the_bundle_are_none_of_a_plain_folder(tmp_path: Path) -> None:
    found = findings(tmp_path, {"README.md": card("[a](LICENSE) [b](README.md)")}, "CARD")
    assert spots(found) == [("CARD106", "README.md", 22, 5)]


def test_a_link_through_a_link_out_of_the_folder_is_broken(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.md").write_text("x", encoding="utf-8")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "docs").symlink_to(outside)
    found = findings(tmp_path / "model", {"README.md": card("[a](docs/x.md)")}, "CARD")
    assert spots(found) == [("CARD106", "README.md", 22, 5)]


def test_anchors_are_those_of_the_card_as_it_will_stand(tmp_path: Path) -> None:
    text = "[a](#limits) [b](#Uses) [c](#bias-risks-and-limitations) [d](#own-part-1) [e](README.md#none)"
    files = {"release.yaml": section(text), "README.md": "# B\n\n## Own `part`\n\n## Own part\n\nHere it is.\n"}
    found = findings(tmp_path, files, "CARD")
    assert spots(found) == [("CARD107", "release.yaml", 10, column) for column in (9, 22, 83)]
    near = findings(tmp_path / "near", {**files, "release.yaml": section("[b](#Uses)")}, "CARD107")
    assert "`#uses`" in near[0]["remedy"]


def test_anchors_of_a_plain_card(tmp_path: Path) -> None:
    text = '<a name="mine"></a>\n\n[a](#mine) [b](#how-to-use) [c](#how-to-use-1) [d](other.md#x-y) [e](other.md#z)'
    found = findings(tmp_path, {"README.md": card(text), "other.md": "# X: y\n"}, "CARD")
    assert spots(found) == [("CARD107", "README.md", 24, 33), ("CARD107", "README.md", 24, 70)]


CODE = [
    ('```python\nx = 1\nprint("a"\n```', 3, 6),
    ("```py\nif x\n    y\n```", 2, 5),
    ("~~~json\n{\n  'a': 1\n}\n~~~", 3, 3),
    ("```yaml\na: 1\n  b: 2\n```", 3, 4),
    ("```toml\n[a\n```", 2, 3),
    ("- a\n\n  ```python\n  x = (\n  ```", 4, 7),
    ("> ```json\n> [1,\n> ```", 2, 7),
]


def test_code_that_does_not_parse_is_found_where_it_breaks(tmp_path: Path) -> None:
    stated = judged(tmp_path / "stated", [{"release.yaml": section(text)} for text, _, _ in CODE], "CARD")
    written = judged(tmp_path / "written", [{"README.md": card(text)} for text, _, _ in CODE], "CARD")
    for (text, line, column), here, there in zip(CODE, stated, written, strict=True):
        assert [spot[:3] for spot in spots(here)] == [("CARD108", "release.yaml", 9 + line)], text
        assert [spot[:3] for spot in spots(there)] == [("CARD108", "README.md", 21 + line)], text
        assert abs(spots(here)[0][3] - 4 - column) <= 2, "readers differ by a little in where they stop"
        assert spots(here)[0][3] - 4 == spots(there)[0][3]


WELL = [
    "```python\n>>> print('a')\na\n>>> for x in y:\n...     z\n```",
    "```python\n!pip install x\n%matplotlib inline\nx = 1\nhelp?\n```",
    "```python\n%%bash\nls -l\n```",
    "```python\nmodel = load(\n    ...,\n    a=1,\n    ...\n)\nconfig = {..., 'a': 1}\n```",
    "```python\nmodel = load(<your model>)\n```",
    "```python\n    x = 1\n    y = 2\n```",
    "```python\nx = (10\n  % 3)\nprint(f'{x!r}', \"\\d\")\nawait go()\n```",
    "```python\n```",
    '```json\n{"a": 1}\n{"a": 2}\n```',
    '```json\n{"a": 1, ...}\n```',
    '```json\n// config.json\n{"a": 1}\n```',
    '```json\n"a": 1,\n"b": {}\n```',
    "```yaml\na: !unknown {b: 1}\n---\nc: *d\n```",
    "```bash\n$ pip install 'x\n```",
    "```\nprint('\n```",
    "```jsonc\n{} // a\n```",
    "```toml\na = 1\n```",
    "```python\nTraceback (most recent call last):\n  File \"a.py\", line 3, in <module>\nKeyError: 'x'\n```",
    "```python\nSentenceTransformer(\n  (0): Transformer({'max_seq_length': 512}) with Transformer model: B\n)\n```",
    "```python\n$ python train.py --lr 1e-4\n```",
    "```python\npip install -U transformers\nfrom transformers import pipeline\n```",
    "```python\nThe capital of France is Paris.\n```",
    "```python\n[[0.12 0.34]\n [0.56 0.78]]\n```",
    "```python\n100%|██████████| 10/10 [00:01<00:00]\n```",
    '```json\n{"box": [1, 2], "nose": (303, 131)}\n```',
    "```json\n[{'score': 0.9, 'label': None}]\n```",
    "```json\ncurl -d '{\"a\": 1}' http://localhost:8000\n```",
]


def test_code_that_shows_a_shape_or_runs_is_left_alone(tmp_path: Path) -> None:
    found = judged(tmp_path, [{"README.md": card(text)} for text in WELL], "CARD")
    assert [text for text, said in zip(WELL, found, strict=True) if said] == []


def test_images_without_text(tmp_path: Path) -> None:
    address = "https://a.example/x.png"
    text = f"![]({address}) ![ ]({address})\n\n<img src='{address}'> <img src='{address}' alt=''> ![A]({address})"
    found = findings(tmp_path, {"README.md": card(text)}, "CARD")
    assert spots(found) == [("CARD109", "README.md", *place) for place in ((22, 1), (22, 30), (24, 1))]


LEFT = [
    ("[More Information Needed]", 1),
    ("- **Funded by:** [More information needed]", 18),
    ("TODO", 1),
    ("- TODO: write this", 3),
    ("Released on: TBD", 14),
    ("| Size | TBD |", 10),
    ("Lorem ipsum dolor sit amet", 1),
    ("Ask <your name> about it", 5),
    ("by [Your Name]", 4),
    ("Insert your text here", 1),
    ("{{ model_summary | default('x', true) }}", 1),
]


def test_placeholders_are_found_where_they_stand(tmp_path: Path) -> None:
    stated = judged(tmp_path / "stated", [{"release.yaml": section(text)} for text, _ in LEFT], "CARD")
    written = judged(tmp_path / "written", [{"README.md": card(text)} for text, _ in LEFT], "CARD")
    for (text, column), here, there in zip(LEFT, stated, written, strict=True):
        assert spots(here) == [("CARD110", "release.yaml", 10, column + 4)], text
        assert spots(there) == [("CARD110", "README.md", 22, column)], text


def test_words_that_are_no_placeholders_are_left_alone(tmp_path: Path) -> None:
    text = (
        "It finds TODO comments in code, and writes `TODO: x`.\nThe todo list: short.\n"
        "See [your data](https://a.example).\n"
        "We tested it on lorem ipsum and other filler.\n"
        "Ask for more information as needed. You can add yours here or there.\n"
        "$x^{{n}}$ <b>your</b> <!-- TODO: more -->\n\n    TODO: code\n\n```\nTODO: x\n[More Information Needed]\n```"
    )
    assert findings(tmp_path, {"README.md": card(text)}, "CARD") == []


WAYS = [
    ('"See [a](gone.md)."', 9, 22),
    ("See [a](gone.md).", 9, 21),
    (">\n    Some text\n    and [a](gone.md).", 11, 13),
    ("|-\n\n    Some text\n\n      [a](gone.md).", 13, 11),
    ("&x |\n    [a](gone.md)", 10, 9),
    ('"Line\\n\\nand [a](gone.md)."', 9, 30),
]


def test_every_way_to_write_a_text_points_at_the_spot(tmp_path: Path) -> None:
    cases = [{"release.yaml": f"{RELEASE}{SECTIONS}  training: {value}\n"} for value, _, _ in WAYS]
    for (value, line, column), found in zip(WAYS, judged(tmp_path, cases, "CARD"), strict=True):
        assert spots(found) == [("CARD106", "release.yaml", line, column)], value


def test_what_a_build_wrote_is_not_judged_again(tmp_path: Path) -> None:
    files = {"release.yaml": section("[gone](gone.md) TODO: all\n\n```python\nx = (\n```")}
    before = findings(tmp_path, files, "CARD")
    assert {spot[0] for spot in spots(before)} == {"CARD106", "CARD108", "CARD110"}
    folder = tmp_path / "0"
    build(load_release(folder)).write(folder)
    assert findings(tmp_path, {}, "CARD") == before
    with (folder / "README.md").open("a", encoding="utf-8") as stream:
        stream.write("\nMine: [gone](gone.md)\n")
    lines = (folder / "README.md").read_text(encoding="utf-8").count("\n")
    assert ("CARD106", "README.md", lines, 14) in spots(findings(tmp_path, {}, "CARD"))


def test_a_card_of_megabytes_is_judged_at_its_beginning(tmp_path: Path) -> None:
    text = f"{CARD}\n" + "![](https://a.example/x.png)\n" * 500_000
    found = findings(tmp_path, {"README.md": text, "release.yaml": RELEASE + SECTIONS}, "CARD")
    assert {spot[0] for spot in spots(found)} == {"CARD109", "CARD113"}
    assert [spot[0] for spot in spots(found)].count("CARD109") == 50


HOSTILE = (
    *("[" * 70_000, "> " * 70_000, "- " * 70_000, "![" * 70_000 + "](x)", "<a href='" * 20_000, "\r" * 70_000),
    *(f"```python\n{'(' * 30_000}", f"```json\n{'[' * 30_000}", f"```yaml\n{'[' * 30_000}"),
    *(f"```toml\na = {'[' * 30_000}", f"# {' ' * 70_000}x", f"{'`' * 999}x" * 70, "TODO" + " " * 70_000 + "x"),
)


def test_nothing_hostile_stops_the_gate(tmp_path: Path) -> None:
    assert len(judged(tmp_path, [{"README.md": text} for text in HOSTILE], "CARD")) == len(HOSTILE)


PIECES = (
    *(
        "\n",
        "\n\n",
        "# ",
        "## Usage\n",
        "---\n",
        "===\n",
        "[a](",
        "b.md",
        ")",
        "![",
        "](",
        "[r]: x\n",
        "[r]",
        "`",
        "~~~",
    ),
    *("```python\n", "```\n", "<a href='", "'>", "<img ", "<!--", "-->", "> ", "- ", "1. ", "    ", "\t", "|", "|-|\n"),
    *("TODO", "\r", "\\", "&amp;", "#x", "<h2>", "</h2>", "{{ a_b }}", "\ufeff", "\u2028", "é", "license: ", "null"),
    *("model-index:\n", "- name: ", "  results: ", "datasets: ", "[", "]", "{", "}", "*a", "&a "),
)
MARKDOWN = st.lists(
    st.sampled_from(PIECES) | st.text(max_size=8).map(lambda text: text.replace("\0", "")), max_size=40
).map("".join)


@settings(max_examples=examples(150), deadline=None)
@given(MARKDOWN)
def test_any_text_is_judged_as_readme(text: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "README.md").write_bytes(text.encode("utf-8", "replace"))
        for finding in check(load_target(folder)).findings:
            assert finding.line >= 1
            assert finding.column >= 1


@settings(max_examples=examples(100), deadline=None)
@given(MARKDOWN)
def test_any_text_is_judged_as_a_section(text: str) -> None:
    from generator.release.yaml_text import scalar

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        quoted = scalar("".join(char for char in text if char.isprintable() or char in "\n\t") or "x")
        (folder / "release.yaml").write_text(f"{RELEASE}card: {{training: {quoted}}}\n", encoding="utf-8")
        lines = (folder / "release.yaml").read_text(encoding="utf-8").count("\n")
        for finding in check(load_release(folder)).findings:
            assert 1 <= finding.line <= lines
