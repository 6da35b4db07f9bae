"""Parse the code in a card, without running it; elisions and printed output are ignored."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from typing import Any

import yaml

from generator.named_tuple import NamedTuple

CODE_LIMIT = 32 * 1024
"""Characters of a code block that is read."""
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# Kept as text, and compiled where needed.
# Elisions, fill-in words and templates: they show a shape, not a program.
_ELIDED = r"(?m)…|(?:^|[,(\[{=:])[ \t]*\.\.\.|\.\.\.[ \t]*(?:[,)\]}]|#|$)|\{\{|\{%|\$\{"
_FILL_IN = r"(?<![\"'\w<])<[A-Za-z][\w .:/-]{0,60}>(?![\"'])"
_SESSION = r"(?m)^[ \t]*>>>(?: |$)"
_NOTEBOOK = r"(?m)^[ \t]*(?:In ?\[\d*\]:|%%)|=[ \t]*[!%][a-z]"
_MAGIC = r"(?m)^([ \t]*)(?:[!%?$][ \t]*\w|\w[\w.]*\?{1,2}[ \t]*$).*$"
# Output of a program or commands of a shell, in a fence that names another language.
_PRINTED = (
    r"(?m)^Traceback \(most recent call last\)|^\s*File \"[^\"]+\", line \d+|^\s*\(\w+\): \w+\("
    r"|^\s*\w*(?:Error|Exception): |\d%\|[█▏▎▍▌▋▊▉ #]*\|"
    r"|^\s*(?:INFO|WARNING|DEBUG|ERROR)[: ]|^\s*Epoch \d|<[\w.]+ object at 0x|^HTTP/\d"
)
_SHELL = (
    r"(?m)^\s*(?:[$#>] )?(?:sudo |CUDA_VISIBLE_DEVICES=\S* |\w+=\S+ )?(?:pip3?|python3?|conda|git|cd|export|curl|wget"
    r"|apt(?:-get)?|docker|npm|huggingface-cli|hf|uv|bash|sh|source|mkdir|ollama|torchrun|accelerate|echo)"
    r"[ \t]+[-\w./~\"']"
)
_STATEMENT = (
    r"(?m)^[ \t]*(?:(?:from|import|def|class|for|while|if|with|try|return|async|@)\b"
    r"|[A-Za-z_][\w.]*(?:\[.*\])?[ \t]*[-+*/]?=[^=]|[A-Za-z_][\w.]*\()"
)
_AT_LINE = r"\(at line (\d+), column (\d+)\)"
_DETECTED = r" \((?:detected at|<).*\Z"


class Fault(NamedTuple):
    """The place where code does not parse, line and column from 1, and the reason."""

    line: int
    column: int
    message: str


NAMES = {"py": "Python", "python": "Python", "python3": "Python", "json": "JSON", "yaml": "YAML", "yml": "YAML"}
"""Names of languages in messages."""


def language_of(info: str) -> str:
    """Return the language that a fence names, in lower case.

    Args:
        info: As in `python`, `{.python}` or `py title="x"`.
    """
    words = re.split(r"[\s,{}]+", info.strip("{} \t").lower(), maxsplit=1)
    return words[0].removeprefix(".") if words else ""


def fault(language: str, code: str) -> Fault | None:
    """Return the place where a code block does not parse; None where it does, or where that is not certain.

    Args:
        language: The result of `language_of`; languages other than Python, JSON, YAML and TOML are not parsed.
        code: The code.
    """
    read = READERS.get(language)
    if read is None or len(code) > CODE_LIMIT or not code.strip():
        return None
    try:
        found = read(code)
    except (RecursionError, MemoryError):
        return None  # nested deeper than the parser supports, which is no mistake
    if found is None or re.search(_ELIDED, code) or re.search(_FILL_IN, code) or _is_no_program(language, code):
        return None
    lines = code.rstrip().split("\n")
    return found if found.line <= len(lines) else Fault(len(lines), len(lines[-1]) + 1, found.message)


def _is_no_program(language: str, code: str) -> bool:
    """Whether code is printed output or shell commands rather than the language that its fence names."""
    if re.search(_PRINTED, code):
        return True
    if NAMES.get(language) == "Python":
        return re.search(_SHELL, code) is not None or re.search(_STATEMENT, code) is None
    if re.match(r"\s*(?:curl|\$|GET|POST|PUT|PATCH)\s", code):
        return True
    return language == "json" and _is_printed_value(code)


def _is_printed_value(code: str) -> bool:
    """Whether code is a Python value with a tuple, None or True in it, which no JSON has."""
    import ast

    try:
        value = ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    nodes = list(ast.walk(value))
    words = [node.value for node in nodes if isinstance(node, ast.Constant)]
    return any(isinstance(node, ast.Tuple) for node in nodes) or any(word is None or word is True for word in words)


def _python(code: str) -> Fault | None:
    import ast

    if re.search(_NOTEBOOK, code):
        return None
    source, shift = _dedent(_session(code) if ">>>" in code and re.search(_SESSION, code) else code)
    found: Fault | None = None
    # A line that begins with % is a magic only outside an expression.
    for tried in (source, re.sub(_MAGIC, lambda line: f"{line[1]}pass", source)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                ast.parse(tried)
        except SyntaxError as error:
            line = min(max(error.lineno or 1, 1), source.count("\n") + 1)
            found = Fault(line, max(error.offset or 1, 1) + shift, re.sub(_DETECTED, "", error.msg))
        except ValueError:
            return None  # a NUL
        else:
            return None
    return found


def _session(code: str) -> str:
    """The lines that were typed at a prompt, without the output."""
    typed = (re.match(r"[ \t]*(?:>>>|\.\.\.)(?: (.*)|$)", line) for line in code.split("\n"))
    return "\n".join((found[1] or "") if found else "" for found in typed)


def _dedent(code: str) -> tuple[str, int]:
    """An indented part of a program, moved to the left, and the columns it moved."""
    lines = [line for line in code.split("\n") if line.strip()]
    shift = min((len(line) - len(line.lstrip(" ")) for line in lines), default=0)
    return ("\n".join(line[shift:] for line in code.split("\n")), shift) if shift else (code, 0)


def _json(code: str) -> Fault | None:
    try:
        json.loads(code, parse_int=str, parse_float=str)
    except json.JSONDecodeError as error:
        lines = [line for line in code.split("\n") if line.strip()]
        if len(lines) > 1 and error.msg == "Extra data" and all(map(_is_json, lines)):
            return None  # one document on each line
        bare = "\n".join(line for line in lines if not line.lstrip().startswith(("//", "#")))
        if _is_json(bare) or _is_json(f"{{{bare.rstrip().rstrip(',')}}}"):
            return None  # comments, or some keys of an object
        return Fault(error.lineno, error.colno, error.msg)
    return None


def _is_json(line: str) -> bool:
    try:
        json.loads(line, parse_int=str, parse_float=str)
    except json.JSONDecodeError:
        return False
    return True


def _yaml(code: str) -> Fault | None:
    try:
        for _ in yaml.parse(code, Loader=_Loader):
            pass  # events only: tags and aliases are not resolved
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return Fault(mark.line + 1, mark.column + 1, str(error.problem or error.context)) if mark else None
    except yaml.YAMLError:
        return None  # a character that YAML does not have
    return None


def _toml(code: str) -> Fault | None:
    import tomllib

    try:
        tomllib.loads(code)
    except tomllib.TOMLDecodeError as error:
        found = re.search(_AT_LINE, str(error))
        line, column = (int(found[1]), int(found[2])) if found else (code.rstrip().count("\n") + 1, 1)
        return Fault(line, column, str(error).partition(" (at ")[0])
    except ValueError:
        return None  # a number with more digits than Python reads
    return None


READERS: dict[str, Callable[[str], Fault | None]] = {
    **dict.fromkeys(("python", "py", "python3"), _python),
    "json": _json,
    **dict.fromkeys(("yaml", "yml"), _yaml),
    "toml": _toml,
}
"""Parsers by the name in the fence."""
