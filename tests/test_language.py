"""Texts that people read follow one plain vocabulary: README, docs, help, messages, templates and license facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROSE = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "benchmarks" / "README.md", ROOT / "action.yml"]
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
    r"\bpass it on\b|\bchange it\b|\buse its marks\b|\boffer it as a service\b": "Redistribute, Modify, …",
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


@pytest.mark.parametrize("path", sorted((ROOT / "generator" / "knowledge").rglob("*.yaml")), ids=lambda path: path.stem)
def test_facts_use_no_dropped_word(path: Path) -> None:
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

    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [word for text in texts(loaded) for word in found_in(text)] == []
