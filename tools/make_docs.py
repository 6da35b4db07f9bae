"""Write the pages of docs/ that follow from the code: `python tools/make_docs.py` (also `make docs`).

The commands from their help, the rules from their docstrings, the fields from the types of the release file. A test
fails while page and code are out of step. `--check` only compares and writes nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from generator import __version__
from generator.checks.run import all_rules
from generator.cli import COMMANDS, EXAMPLES, GROUPS, cli
from generator.release.fields import Kind
from generator.release.model import Release
from generator.release.part import Many, Shape, Table, fields_of

DOCS = Path(__file__).parent.parent / "docs"
KNOWLEDGE = DOCS.parent / "generator" / "knowledge"
MADE = "<!-- Made by tools/make_docs.py from the code; do not edit. -->\n\n"


def commands() -> str:
    """Return the page of commands."""
    parts = [
        MADE
        + "# Commands\n\nFor everyone who uses the command line. `modelcharter` is the same program as `charter`.\n"
    ]
    for name in COMMANDS:
        command = cli.get_command(click.Context(cli), name)
        assert command
        context = click.Context(command, info_name=f"charter {name}", max_content_width=100, terminal_width=100)
        parts.append(f"## charter {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def rules() -> str:
    """Return the page of rules, with a table at its top."""
    known = all_rules()
    head = "# Rules of check\n\nFor everyone who reads a finding. `charter rules RULE` shows the same text. "
    head += "The release file sets severities: `rules: {REL104: off}`.\n"
    table = ["| rule | name | severity | what it finds |", "|---|---|---|---|"]
    table += [
        f"| [{r.id}](#{r.id.lower()}-{r.name}) | {r.name} | {r.severity} | {r.explanation.splitlines()[0]} |"
        for r in known
    ]
    parts = [MADE + head, "\n".join(table) + "\n"]
    parts += [f"## {r.id} {r.name}\n\nSeverity: {r.severity}.\n\n{r.explanation}\n" for r in known]
    return "\n".join(parts)


def fields() -> str:
    """Return the page of fields."""
    head = "# Fields of release.yaml\n\nFor everyone who writes `release.yaml` by hand. "
    parts = [MADE + head + "`charter schema` prints all values as a JSON Schema.\n"]
    for part in _parts(Release, {}):
        rows = [f"| `{name}`{'*' if f.required else ''} | {f.description} |" for name, f in fields_of(part).items()]
        parts.append(
            f"## {part.__name__}\n\n{part.__doc__}\n\n| field | content |\n|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "\n".join([*parts, "A field with a star is required.\n"])


def _parts(part: type, seen: dict[type, None]) -> Iterator[type]:
    if part not in seen:
        seen[part] = None
        yield part
        for stated in fields_of(part).values():
            for held in _held(stated.shape):
                yield from _parts(held, seen)


def _held(shape: Shape) -> tuple[type, ...]:
    inner = shape.of if isinstance(shape, Many) else shape.value if isinstance(shape, Table) else shape
    return () if isinstance(inner, Kind) else (inner,)  # type: ignore[return-value] # what is no kind is a type


def questions() -> str:
    """Return the page of questions."""
    from generator.interview.questions import QUESTIONS
    from generator.interview.steps import STEPS

    head = "# Questions of `charter init`\n\nFor everyone who wants to know what `charter init` asks.\n\n"
    head += "## The steps\n\nThe kind of release decides which steps come. Each can be left for later.\n\n"
    steps = ["| step | what it does |", "|---|---|"]
    steps += [f"| {step.title} | {(step.ask.__doc__ or '').partition(chr(10))[0]} |" for step in STEPS]
    fields_ = "\n\n## Every field\n\n`charter init --expert` asks for every field, layer by layer. "
    fields_ += "`--set FIELD=VALUE` sets a field without a question.\n\n"
    rows = ["| field | question | what F1 shows |", "|---|---|---|"]
    rows += [f"| `{q.field}` | {q.text} | {q.help} {q.more} |" for q in QUESTIONS]
    return MADE + head + "\n".join(steps) + fields_ + "\n".join(rows) + "\n"


def man_page() -> str:
    """Return the manual page: all commands with their options, for `man charter`."""
    head = [
        f'.TH CHARTER 1 "" "modelcharter {__version__}" "User Commands"',
        ".SH NAME",
        _roff("charter - write model cards and license files, and check them against what the licenses say"),
        ".SH SYNOPSIS",
        ".B charter",
        ".I COMMAND",
        "[ARGUMENTS]",
        ".SH DESCRIPTION",
        _roff(cli.help or ""),
        _roff("An answer is yes, conditional, unclear or no, and names the clause. This is not legal advice."),
        ".SH COMMANDS",
    ]
    for name in (name for group in GROUPS.values() for name in group):
        command = cli.get_command(click.Context(cli), name)
        assert command
        head += [*_man_command(name, command)]
    for title, rows in MAN_TABLES.items():
        head.append(f".SH {title}")
        head += [line for term, text in rows for line in (".TP", f".B {_roff(term)}", _roff(text))]
    return "\n".join([*head, ".SH EXAMPLES", ".nf", *map(_roff, EXAMPLES.splitlines()[2:]), ".fi", ""])


def _man_command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"charter {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f".SS charter {name} {_roff(usage)}",)
    for paragraph in (command.help or "").split("\n\n"):
        yield from (".PP", _roff(" ".join(paragraph.replace("\b", "").split())))
    for parameter in command.get_params(context):
        if (record := parameter.get_help_record(context)) and record[1]:
            yield from (".TP", f".B {_roff(record[0])}", _roff(record[1]))


def _roff(text: str) -> str:
    """Return a text as the formatter of manual pages takes it: nothing in it is an instruction."""
    shown = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{shown}" if shown[:1] in (".", "'") else shown


def rule_ids() -> str:
    """The ids of all rules, one a line: a release file can name only these."""
    return "".join(f"{rule.id}\n" for rule in all_rules())


MAN_TABLES = {
    "EXIT STATUS": (
        ("0", "Fine."),
        ("1", "check or push has findings at or above --fail-on, or the answer of derive is no."),
        ("2", "It could not run."),
        ("130", "It was interrupted."),
    ),
    "ENVIRONMENT": (
        ("MODELCHARTER_CACHE", "Where license texts are kept."),
        ("CHARTER_DOCS_URL", "The address of the documentation site that findings link to."),
        ("CHARTER_LANG", "The language of messages, en or pl, where --lang names none."),
        ("CHARTER_DEBUG", "With 1, an error of the program shows its traceback."),
        ("NO_COLOR", "Turns colours off."),
        ("HF_TOKEN, HF_ENDPOINT, HF_HOME, HF_HUB_OFFLINE", "As the client of the Hugging Face Hub reads them."),
        ("SOURCE_DATE_EPOCH", "Today, in seconds since 1970."),
    ),
    "FILES": (
        ("release.yaml", "The release file."),
        ("README.md, LICENSE, LICENSES/, NOTICE, USE_POLICY.md", "What build writes."),
    ),
}
"""Tables of the manual page: terms, and what they mean."""
PAGES = {
    DOCS / "commands.md": commands,
    DOCS / "rules.md": rules,
    DOCS / "fields.md": fields,
    DOCS / "questions.md": questions,
    DOCS / "man" / "charter.1": man_page,
    KNOWLEDGE / "rules.txt": rule_ids,
}


def main() -> None:
    """Write the pages, or compare them."""
    for path, page in PAGES.items():
        text = page()
        if "--check" in sys.argv and (not path.is_file() or path.read_text(encoding="utf-8") != text):
            sys.exit(f"make_docs: {path.name} is out of step with the code: make docs")
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
