"""Texts that people read follow one plain vocabulary: README, docs, help, messages, templates and license facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROSE = [
    *ROOT.glob("*.md"),
    *ROOT.glob("deploy/**/*.md"),
    *(ROOT / "docs").glob("*.md"),
    ROOT / "benchmarks" / "README.md",
    ROOT / "action.yml",
]
DROPPED = {
    r"\bis it given\b|\bnot given\b|\bgiven (elsewhere|here|there)\b": "released, available",
    r"\bthe gate\b|\bgate (is )?(open|closed)\b": "the checks; Ready to publish; Not ready",
    r"\bmend(s|ed|ing)?\b": "fix",
    r"\b(is|are|be|was|been|being) told\b|\btells?\b": "reports",
    r"\btravel(s|led|ling|ed)?\b|\bflows? down\b|\bflowing down\b": "must be passed on; inherited terms",
    r"\bstands? only where\b": "applies only if",
    r"\bwhat it asks of you\b|\bdut(y|ies)\b": "conditions",
    r"\bwhere it ends\b": "limitations",
    r"\bread as (the |a )?(source|program)\b|\bunder (both|either|one|each) readings?\b|\b(two|both) readings\b": (
        "if training data counts as source code"
    ),
    r"\bon conditions\b": "with conditions",
    r"\bpass it on\b|(?-i:\bChange it\b)|\buse its marks\b|\boffer it as a service\b": "Redistribute, Modify, …",
    r"\bthe data it learned from\b|\bchosen, cleaned and mixed\b": "training data; data preparation",
    r"--given\b": "--fact",
    r"\bjudg(e|es|ed|ing)\b|\bh[eo]ld against\b|\blet pass\b": "check, compare with, ignore",
    r"\bspeaks? of\b|\bis silent about\b|\blies? in\b|\banew\b|\bwhoever\b|\bof no matter\b|\bat hand\b": "mentions, …",
    r"\bterms of (one's|your|its) own\b": "custom license",
    r"\bcomplaints?\b|\bremarks?\b": "error, note, message",
    r"\bno matter\b|\bgravest\b|\bbroken off\b|\bfor free\b": "plain words",
}
"""Words that language.md dropped, with what is written instead."""
WORDS = [(re.compile(pattern, re.IGNORECASE), instead) for pattern, instead in DROPPED.items()]


def found_in(text: str) -> list[str]:
    """Return each dropped word of a text with what is written instead."""
    return [f"{match.group()!r}: write {instead}" for word, instead in WORDS for match in word.finditer(text)]


def without_code(markdown: str) -> str:
    """Return Markdown without its code and its quotes of license texts."""
    text = re.sub(r"^```.*?^```", "", markdown, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`|^>.*$", "", text, flags=re.MULTILINE)


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what a module can show: its text literals with a space in them, and the docstrings that are docs."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and not _is_shown(node)
    }
    docs |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)} - {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr) and _is_shown(node)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docs
            and " " in node.value
        ):
            yield node.lineno, node.value


def _is_shown(node: ast.AST) -> bool:
    """Return whether a docstring is shown to users: the help of a command, and the explanation of a rule."""
    if not isinstance(node, ast.FunctionDef):
        return False
    calls = [call.func for call in node.decorator_list if isinstance(call, ast.Call)]
    return any(
        (isinstance(f, ast.Name) and f.id == "rule") or (isinstance(f, ast.Attribute) and f.attr == "command")
        for f in calls
    )


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_docs_use_no_dropped_word(path: Path) -> None:
    assert found_in(without_code(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").glob("*.jinja")), ids=lambda path: path.name)
def test_templates_use_no_dropped_word(path: Path) -> None:
    text = re.sub(r"\{[{%#].*?[}%#]\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found_in(text) == []


MODULES = sorted((ROOT / "generator").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_messages_use_no_dropped_word(path: Path) -> None:
    assert [f"{line}: {word}" for line, text in messages(path) for word in found_in(text)] == []


FACTS = sorted((ROOT / "generator" / "knowledge").rglob("*.yaml"))


def fact_texts(path: Path) -> Iterator[str]:
    """Yield the sentences of a file of facts that users see."""
    whole = path.stem in ("reasons", "openness")

    def texts(value: object, key: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for name, inner in value.items():
                yield from texts(inner, str(name))
        elif isinstance(value, list):
            for inner in value:
                yield from texts(inner, key)
        elif isinstance(value, str) and (whole or key in ("because", "detail", "note", "summary", "question", "help")):
            yield value

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    yield from texts(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.stem)
def test_facts_use_no_dropped_word(path: Path) -> None:
    assert [word for text in fact_texts(path) for word in found_in(text)] == []


LONG = 25
"""Words of a sentence that is read at once; `language.md` asks for about 20."""


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text; tables, headings, lists and fenced code are not sentences."""
    prose = re.sub(r"^\s*(?:\||#|<|!\[|```).*$", "\n\n", text, flags=re.MULTILINE)
    prose = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", prose)
    for block in re.split(r"\n\s*\n|^\s*(?:[-*+]|\d+\.)\s+", prose, flags=re.MULTILINE):
        yield from filter(None, re.split(r"(?<=[.!?:;])\s+", " ".join(block.split())))


def long_sentences(texts: list[str], limit: int = LONG) -> tuple[list[str], int]:
    """Return the sentences above a limit of words, and the number of all sentences."""
    every = [sentence for text in texts for sentence in sentences(text)]
    return [s for s in every if len(re.findall(r"[\w'\u2019-]+", s)) > limit], len(every)


def test_sentences_of_docs_and_messages_are_short() -> None:
    docs = [without_code(path.read_text(encoding="utf-8")) for path in PROSE]
    code = re.compile(r"\\|\(\?|^\W*select\b")  # patterns and queries are no sentences
    shown = [text for path in MODULES for _, text in messages(path) if not code.search(text)]
    long, count = long_sentences([*docs, *shown])
    assert len(long) <= count * 0.01, long
    assert long_sentences([*docs, *shown], 40)[0] == []


def test_sentences_of_facts_are_short() -> None:
    """Lists of forbidden uses are long sentences; nearly all others are short."""
    long, count = long_sentences([text for path in FACTS for text in fact_texts(path)])
    assert len(long) <= count * 0.03, long
