"""Bring the catalogs up to date with the texts: `python tools/make_translations.py` (also `make translations`).

Texts come from Python, from the templates, and from the facts: sentences of `knowledge/` and those of the licenses that
are translated. New texts are added without a translation, changed ones as fuzzy, and texts that are gone are removed.
`--check` writes nothing, and fails where a catalog differs or a text has no translation. Needs Babel.
"""

from __future__ import annotations

import io
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from generator.checks.run import all_rules
from generator.cli import COMMANDS, EXAMPLE_TEXTS, GROUPS, cli
from generator.openness.facts import facts
from generator.release.vocabulary import AVAILABILITIES, COMPONENTS, FORMS, LAYERS
from generator.translations import CATALOGS, ENGLISH, LANGUAGES

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "generator" / "knowledge"
LICENSES = (
    "Apache-2.0",
    "MIT",
    "BSD-3-Clause",
    "GPL-3.0-only",
    "AGPL-3.0-only",
    "CC0-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-NC-ND-4.0",
    "ODC-By-1.0",
    "LicenseRef-llama2",
    "LicenseRef-llama3",
    "LicenseRef-llama3.1",
    "LicenseRef-llama3.2",
    "LicenseRef-llama3.3",
    "LicenseRef-gemma",
    "LicenseRef-creativeml-openrail-m",
    "LicenseRef-openrail-plus-plus",
    "LicenseRef-llama4",
    "LicenseRef-qwen",
    "LicenseRef-tongyi-qianwen",
    "LicenseRef-qwen-research-2024-09-19",
    "LicenseRef-deepseek",
    "LicenseRef-bigscience-bloom-rail-1.0",
    "LicenseRef-bigscience-openrail-m",
    "LicenseRef-bigcode-openrail-m",
    "LicenseRef-nvidia-open-model",
    "LicenseRef-mistral-research",
    "LicenseRef-stability-ai-community",
    "BSD-2-Clause",
    "MPL-2.0",
    "CDLA-Permissive-2.0",
    "ODbL-1.0",
)
"""The licenses whose facts are translated: those that most models and data sets on the Hub are under."""
FUNCTIONS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "mark_text": None,
    "ngettext": (1, 2),
    "mark_plural": (1, 2),
    "pgettext": ((1, "c"), 2),
    "mark_in_context": ((1, "c"), 2),
}
HEAD = """# The texts of modelcharter in {name}.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"

"""
_NO_SENTENCES = {"for_anyone", "eu", "widely_used", "superseded", "wider"}
_OPENNESS = ("classes", "words", "framings", "mof", "osaid", "eu")


class Text(NamedTuple):
    """A text to translate.

    Attributes:
        id: The text in English, or both forms of it.
        context: What tells it from the same text elsewhere.
        place: The file it is in.
    """

    id: str | tuple[str, str]
    context: str | None
    place: str


def texts() -> Iterator[Text]:
    """Yield every text that has to be translated, file by file."""
    for path in sorted((ROOT / "templates").rglob("*.jinja")):
        yield from _from_code("jinja2.ext:babel_extract", path)
    for path in sorted((ROOT / "generator").rglob("*.py")):
        yield from _from_code("python", path)
    yield from _from_commands()
    yield from _from_rules()
    yield from _from_vocabulary()
    reasons = yaml.safe_load((KNOWLEDGE / "reasons.yaml").read_text(encoding="utf-8"))
    for text in _sentences({key: value for key, value in reasons.items() if key not in _NO_SENTENCES}):
        yield Text(text, None, "generator/knowledge/reasons.yaml")
    for text in _sentences(reasons["summary"]["acts"]):
        yield Text(text, "may not", "generator/knowledge/reasons.yaml")
    for group in _OPENNESS:
        for text in _sentences({k: v for k, v in facts()[group].items() if k != "parts"}):
            yield Text(text, None, "generator/knowledge/openness.yaml")
    yield from _from_clauses()
    for name in LICENSES:
        path = KNOWLEDGE / "licenses" / f"{name}.yaml"
        for text in _named(yaml.safe_load(path.read_text(encoding="utf-8")), ("because", "detail")):
            yield Text(text, None, path.relative_to(ROOT).as_posix())


def _from_code(method: str, path: Path) -> Iterator[Text]:
    for _, found, _, context in extract_from_file(method, path, keywords=FUNCTIONS):
        if found:
            yield Text(
                found if isinstance(found, str) else (found[0], found[1]), context, path.relative_to(ROOT).as_posix()
            )


def _from_commands() -> Iterator[Text]:
    """The help of the commands and of their options."""
    place = "generator/cli/__init__.py"
    for title, group in {**GROUPS, "Examples:": EXAMPLE_TEXTS}.items():
        yield from (Text(text, None, place) for text in (title, *group.values()))
    commands = [cli, *(cli.get_command(click.Context(cli), name) for name in COMMANDS)]
    for command in filter(None, commands):
        parts = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
        helps = [param.help for param in command.params if isinstance(param, click.Option) and not param.hidden]
        yield from (Text(text, None, place) for text in (*parts, *filter(None, helps)) if text)


def _from_rules() -> Iterator[Text]:
    """The explanations of the rules; code in them is not translated."""
    for rule in all_rules():
        place = rule.check.__module__.replace(".", "/") + ".py"
        yield from (Text(part, None, place) for part in rule.paragraphs if not part.startswith("    "))


def _from_clauses() -> Iterator[Text]:
    """How clauses are called where a license has no number or heading for them: such a name is in lower case."""
    for path in sorted((KNOWLEDGE / "licenses").glob("*.yaml")):
        for label in _named(yaml.safe_load(path.read_text(encoding="utf-8")), ("clause",)):
            if re.search(r"(?:^|, )(?:AI )?[a-z]{3,}", label):
                yield Text(label, "clause", path.relative_to(ROOT).as_posix())


def _from_vocabulary() -> Iterator[Text]:
    """The words of the release file that texts name: components, forms, layers, and availabilities."""
    place = "generator/release/vocabulary.py"
    words = [word for group in COMPONENTS.values() for word in group] + [*FORMS, *LAYERS, "documents"]
    named = [*(word.replace("-", " ") for word in words), *facts()["words"]["parts"].values()]
    yield from (Text(word, "component", place) for word in dict.fromkeys(named))
    yield from (Text(word, "state", place) for word in AVAILABILITIES)
    yield from (Text(word, "written for", place) for word in ("weights", "data", "software", "documentation"))


def _sentences(held: Any) -> Iterator[str]:  # noqa: ANN401 - facts
    """All texts of a group of sentences; lists and numbers are no sentences."""
    if isinstance(held, dict):
        for key, value in held.items():
            if key not in _NO_SENTENCES:
                yield from _sentences(value)
    elif isinstance(held, str):
        yield held


def _named(held: Any, keys: tuple[str, ...], key: str = "") -> Iterator[str]:  # noqa: ANN401 - facts
    """The texts under some keys of a license, such as its reasons, conditions and limitations."""
    if isinstance(held, dict):
        for name, value in held.items():
            yield from _named(value, keys, name)
    elif isinstance(held, list):
        for value in held:
            yield from _named(value, keys, key)
    elif isinstance(held, str) and key in keys:
        yield held


def template() -> Catalog:
    """Return the catalog of all texts, without translations."""
    catalog = Catalog(project="modelcharter", fuzzy=False)
    for text in texts():
        catalog.add(text.id, locations=[(text.place, 0)], context=text.context)
    return catalog


def updated(path: Path, source: Catalog) -> tuple[Catalog, str]:
    """Return a catalog with the texts of today, and its file.

    Args:
        path: The catalog.
        source: The texts of today.
    """
    with path.open("rb") as stream:
        catalog = read_po(stream, locale=path.stem, domain="modelcharter")
    catalog.update(source, no_fuzzy_matching=False)
    catalog.obsolete.clear()
    stream_out = io.BytesIO()
    write_po(stream_out, catalog, width=120, include_lineno=False, ignore_obsolete=True, omit_header=True)
    head = HEAD.format(
        language=path.stem, name=catalog.locale and catalog.locale.english_name, plurals=catalog.plural_forms
    )
    return catalog, head + stream_out.getvalue().decode()


def faults(catalog: Catalog) -> Iterator[str]:
    """Yield what is wrong in a catalog: texts without a translation, fuzzy ones, and other placeholders.

    Args:
        catalog: The catalog.
    """
    for message in catalog:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if not all(forms):
            yield f"no translation: {ids[0]}"
        elif message.fuzzy:
            yield f"fuzzy: {ids[0]}"
        elif any(_fields(form) not in map(_fields, ids) for form in forms):
            yield f"other placeholders: {ids[0]}"
        elif any(_signs(form) not in map(_signs, ids) for form in forms):
            yield f"another text, by its numbers or its question mark: {ids[0]}"


def _signs(text: str) -> tuple[set[str], bool]:
    """What a translation has in common with its text: numbers, code, and whether it is a question."""
    return set(re.findall(r"\d+|`[^`]+`", text)), text.rstrip().endswith("?")


def _fields(text: str) -> list[str]:
    """The placeholders of a text."""
    try:
        return sorted({name for _, name, _, _ in string.Formatter().parse(text) if name is not None})
    except ValueError:
        return re.findall(r"\{\w*\}", text)


def main(arguments: list[str]) -> int:
    """Write the catalogs, or compare them with `--check`; return the exit code."""
    source = template()
    code = 0
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        path = CATALOGS / f"{language}.po"
        catalog, text = updated(path, source)
        wrong = list(faults(catalog))
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif text != path.read_text(encoding="utf-8"):
            wrong.append(f"{path.name} is out of date: make translations")
        for line in wrong:
            sys.stderr.write(f"{path.name}: {line}\n")
        sys.stdout.write(f"{path.name}: {len(catalog)} texts, {sum(_is_done(m) for m in catalog if m.id)} translated\n")
        code = code or int(bool(wrong))
    return code


def _is_done(message: Message) -> bool:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
