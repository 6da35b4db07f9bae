"""The questions on a terminal; questionary is imported here only."""

from __future__ import annotations

import contextlib
import shutil
import textwrap
from typing import Any

import questionary
from prompt_toolkit.completion import WordCompleter
from questionary import Choice

from generator.errors import CharterError
from generator.interview.answers import BY_HAND, Answers
from generator.interview.flow import BACK, Tools, shown
from generator.interview.questions import Question
from generator.licenses.base_licenses import base_licenses
from generator.licenses.catalog import (
    KNOWLEDGE,
    LicenseId,
    get_known_ids,
    get_known_name,
    hub_id,
    is_family,
    is_shared_name,
    parse,
)
from generator.licenses.choose import Intent, choose
from generator.licenses.query import require_relation
from generator.licenses.terms import terms_of
from generator.release.vocabulary import RELATIONS

_HINT = "Enter accepts; ? explains, < goes back."
_PROSE_HINT = "Esc then Enter ends the text; ? explains, < goes back."
_QUIET = "fg:ansibrightblack"
_SHOWN = 12
_BARRED = 5
_LATER = "decide later"


class TerminalPrompter:
    """Asks one question at a time on the terminal, with questionary."""

    def tell(self, text: str, style: str | None = None) -> None:
        """Say something, filled to the width of the terminal."""
        width = max(30, shutil.get_terminal_size().columns - 1)
        for line in _plain(text).split("\n"):
            indent = " " * (len(line) - len(line.lstrip()))
            filled = textwrap.fill(line, width, subsequent_indent=f"{indent}  " if indent else "")
            questionary.print(filled if line.strip() else line, style=style)

    def confirm(self, text: str) -> bool:
        """Ask yes or no; yes by default."""
        return bool(questionary.confirm(text, default=True).unsafe_ask())

    def ask(self, question: Question, answers: Answers, tools: Tools) -> Any:  # noqa: ANN401 - by the question
        """Return the value, None for none, or BACK."""
        self._sources(question, answers)
        kinds = {"choice": self._choice, "license": self._license, "upstreams": self._upstreams}
        while True:
            value = kinds.get(question.kind, self._text)(question, answers, tools)
            if value != "?":
                return value
            self.tell(question.more)

    def review(self, lines: list[tuple[str, str]], findings: list[str]) -> str:
        """Show all answers and the findings of the checks; return a field to change, `write` or `leave`."""
        self.tell("\nProblems:" if findings else "\nReady to publish: the checks find no problem.")
        for text in findings:
            self.tell(f"  {text}")
        choices = [Choice("Write release.yaml", "write"), Choice("Save the answers and quit", "leave")]
        choices += [Choice(_plain(f"{field}: {value or '-'}"), field) for field, value in lines]
        return str(questionary.select("All answers. Choose one to edit:", choices=choices).unsafe_ask())

    def _sources(self, question: Question, answers: Answers) -> None:
        """What is known before the question is asked: its help, and what files say."""
        hints = {"line": _HINT, "list": _HINT, "prose": _PROSE_HINT}
        self.tell(f"\n{question.help} {hints.get(question.kind, '')}".rstrip(), _QUIET)
        answer = answers.known.get(question.field)
        if answer and answer.source != BY_HAND:
            self.tell(f"From {answer.source}: {shown(answer.value)}")
        for other in answers.others.get(question.field, ()):
            self.tell(f"But from {other.source}: {shown(other.value)}")

    def _text(self, question: Question, answers: Answers, tools: Tools) -> Any:  # noqa: ANN401
        held = answers.get(question.field)
        default = ", ".join(map(str, held)) if isinstance(held, list) else str(held or "")
        known = _options(question.options)
        if question.kind == "prose":
            text = questionary.text(question.ask, default=default, multiline=True, instruction="\n").unsafe_ask()
        elif known and question.kind == "line":
            text = questionary.autocomplete(question.ask, choices=known, default=default).unsafe_ask()
        else:
            completer = WordCompleter(known) if known else None
            text = questionary.text(question.ask, default=default, completer=completer).unsafe_ask()
        text = text.strip() if question.kind != "prose" else text.strip("\n")
        if text in ("?", "<"):
            return BACK if text == "<" else "?"
        if question.kind == "list":
            return [part.strip() for part in text.split(",") if part.strip()] or None
        return f"{text}\n" if question.kind == "prose" and text else text or None

    def _choice(self, question: Question, answers: Answers, tools: Tools) -> Any:  # noqa: ANN401
        choices = [Choice(f"{value} - {words}", value) for value, words in question.choices]
        held = answers.get(question.field)
        default = next((choice for choice in choices if choice.value == held), None)
        # Enter never claims what no file and no person stated.
        later = Choice(_LATER, "")
        return self._selected(question, [*choices, later] if default else [later, *choices], default)

    def _selected(self, question: Question, choices: list[Choice], default: Choice | None) -> Any:  # noqa: ANN401
        more = [Choice("? explain", "?"), Choice("< go back", "<")]
        value = questionary.select(question.ask, choices=[*choices, *more], default=default).unsafe_ask()
        return BACK if value == "<" else None if value == "" else value

    def _license(self, question: Question, answers: Answers, tools: Tools) -> Any:  # noqa: ANN401
        layer = question.field.split(".")[1]
        bases, relation = _bases(answers, layer)
        intent = Intent(layer=layer, bases=bases, relation=relation)
        held = answers.get(question.field)
        while True:
            found = choose(intent)
            against = {entry.license: _first_sentence(entry.because) for entry in found.ruled_out}
            # What would be offered if it came from nothing is shown too, with what forbids it.
            barred = [key for key in choose(intent._replace(bases=())).fitting[:_SHOWN] if key in against and bases]
            stated = f"{held} (as it stands){_barred(held, against)}" if held else _LATER
            choices = [Choice(stated, held or "")]
            choices += [Choice(_offered(key), str(key)) for key in found.fitting[:_SHOWN]]
            choices += [Choice(hub_id(key) or key, disabled=against[key]) for key in barred[:_BARRED]]
            choices += [Choice("another license ...", "another"), Choice("help me choose", "help")]
            if held:
                choices.append(Choice(_LATER, ""))
            value = self._selected(question, choices, None)
            if value == "help":
                intent = self._intent(intent)
            elif value == "another":
                return self._any_license("Which license? An id; Tab completes. Leave it empty if you don't know.")
            else:
                return value

    def _intent(self, intent: Intent) -> Intent:
        """Ask four questions on what the license should do."""
        asks = {
            "sell": "May others sell it?",
            "share_alike": "Must others share changes under the same license?",
            "use_restrictions": "Do you want to forbid some uses?",
            "patents": "Do you want to grant patents?",
        }
        wanted: dict[str, bool | None] = {}
        for key, text in asks.items():
            value = questionary.select(
                text, choices=["yes", "no", "no preference"], default="no preference"
            ).unsafe_ask()
            wanted[key] = {"yes": True, "no": False}.get(value)
        return intent._replace(**wanted)  # type: ignore[arg-type] # the four are yes, no, or no preference

    def _any_license(self, label: str) -> str | None:
        ids = [hub_id(key) or str(key) for key in get_known_ids() if not is_family(key) and not is_shared_name(key)]
        text = questionary.autocomplete(label, choices=ids).unsafe_ask().strip()
        return text or None

    def _upstreams(self, question: Question, answers: Answers, tools: Tools) -> Any:  # noqa: ANN401
        held: list[dict[str, str]] = [dict(entry) for entry in answers.get(question.field) or []]
        for entry in held:
            if entry["relation"] != "trained_on" and not entry.get("license"):
                self._license_of(entry, tools)
        while True:
            lines = [Choice(_plain(f"remove {_upstream(entry)}"), number) for number, entry in enumerate(held)]
            choices = [Choice("done", "done"), Choice("add one", "add"), *lines]
            for entry in held:
                self.tell(f"  {_upstream(entry)}")
            value = self._selected(question, choices, None)
            if value is BACK or value == "?":
                return value
            if value == "done":
                return held or None
            if value == "add":
                self._add(held, tools)
            elif isinstance(value, int) and value < len(held):
                del held[value]

    def _add(self, held: list[dict[str, str]], tools: Tools) -> None:
        ref = questionary.text("Hub repo id, web address or path:").unsafe_ask().strip()
        if not ref:
            return
        relation = questionary.select("How did you use it?", choices=list(RELATIONS)).unsafe_ask()
        entry = {"ref": ref, "relation": require_relation(relation)}
        self._license_of(entry, tools)
        held.append(entry)

    def _license_of(self, entry: dict[str, str], tools: Tools) -> None:
        """Ask for an upstream's license; its own folder, or the Hub, is asked where the person wants it."""
        try:
            found = tools.look_up(entry["ref"])
        except CharterError as error:
            self.tell(f"{error.message} {error.remedy}")
            found = None
        if found and self.confirm(f"{entry['ref']} is under {found}, as its own files state. Use that?"):
            entry["license"] = found
            return
        known = _known_license(entry)
        hint = f"Leave it empty to use {known}." if known else "Leave it empty if you don't know."
        while text := self._any_license(f"The license of {entry['ref']}? {hint}"):
            try:
                entry["license"] = str(parse(text))
            except CharterError as error:
                self.tell(f"{error.message}. {error.remedy}")
            else:
                return


def _offered(key: LicenseId) -> str:
    """A license with its name and its conditions."""
    license_rules = dict.fromkeys(
        license_rule.id.replace("_", " ") for license_rule in terms_of(key).obligations if license_rule.id != "other"
    )
    asks = f" [conditions: {', '.join(license_rules)}]" if license_rules else ""
    return _plain(f"{hub_id(key) or key} - {get_known_name(key)}{asks}")


def _barred(held: str, against: dict[LicenseId, str]) -> str:
    """Why a license that the files name is not possible."""
    try:
        keys = parse(held).ids()
    except CharterError:
        return " - but this license is not known"
    told = next((against[key] for key in keys if key in against), None)
    return _plain(f" - but: {told}") if told else ""


def _first_sentence(text: str) -> str:
    return _plain(text.partition(". ")[0].rstrip("."))


def _bases(answers: Answers, layer: str) -> tuple[tuple[Any, ...], str]:
    """The licenses of what a layer was made from as a model, and how; data binds under one assumption only."""
    found = []
    relation = "finetune"
    for entry in answers.get(f"layers.{layer}.derived_from") or []:
        if entry["relation"] not in ("trained_on", "distilled", "outputs_of"):
            try:
                listed = base_licenses(entry.get("license") or entry["ref"], entry["relation"])
            except CharterError:
                continue
            found += [base.license for base in listed]
            relation = entry["relation"]
    return tuple(dict.fromkeys(found)), relation


def _upstream(entry: dict[str, str]) -> str:
    return (
        f"{entry['relation']} {entry['ref']} ({entry.get('license') or _known_license(entry) or 'license not known'})"
    )


def _known_license(entry: dict[str, str]) -> str:
    """The license of a base that nobody stated, from its own card or the table of known bases."""
    with contextlib.suppress(CharterError):
        base, *_ = base_licenses(entry["ref"], entry["relation"])
        if base.ref and base.known:
            return f"{base.license}, " + (f"known as of {base.as_of}" if base.as_of else "by its own card")
    return ""


def _options(name: str) -> list[str]:
    return (KNOWLEDGE / "hub" / f"{name}.txt").read_text(encoding="utf-8").split() if name else []


def _plain(text: str) -> str:
    """Text of files and people without control characters, which a terminal would obey."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in str(text))
