"""Questions about licenses in the browser: a query string becomes an answer, and the answer becomes HTML."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from generator.documents.pictures.drawing import clean
from generator.documents.render import render
from generator.documents.words import answer_words, derivation_title
from generator.errors import CharterError
from generator.licenses.answers import DeriveResult, Rights, license_derivation, license_rights
from generator.licenses.catalog import LicenseId, get_known_ids, get_known_name, hub_id
from generator.licenses.derive import Verdict
from generator.licenses.facts import KEYS, NUMBERS, PURPOSES, parse_facts
from generator.licenses.known_bases import base_ids
from generator.licenses.license_set import LicenseSet
from generator.licenses.summary import summarize_rules
from generator.release.vocabulary import RELATIONS
from generator.translations import gettext as _
from generator.translations import mark_in_context, mark_text, pgettext
from generator.web.brief import Brief, Line, answer_briefs, point_lines
from generator.web.matrix import Matrix, Quote, answers_matrix, quotes
from generator.web.studio.targets import Lookup, Target, find_license, find_rights

KINDS = MappingProxyType(
    {
        "rights": mark_in_context("question", "Rights"),
        "derive": mark_in_context("question", "Derive"),
        "compare": mark_in_context("question", "Compare"),
    }
)
"""The questions by their place in the address, each with its name."""
MOST = 3
"""Licenses that are compared side by side."""
LENGTH_LIMIT = 300
"""Characters of a value; a longer one is an error."""
_FACTS = {
    "country": (mark_text("Country"), mark_in_context("hint", "two letters, as in DE")),
    "purpose": (mark_text("Purpose"), ""),
    "monthly_active_users": (mark_text("Monthly active users"), mark_in_context("hint", "a number")),
    "annual_revenue_usd": (mark_text("Annual revenue in US dollars"), mark_in_context("hint", "a number")),
    "name": (mark_text("Name of what you publish"), ""),
}
"""The facts in the order of the form: a label and a hint."""
_PURPOSES = {
    "commercial": mark_in_context("purpose", "commercial"),
    "noncommercial": mark_in_context("purpose", "noncommercial"),
    "research": mark_in_context("purpose", "research"),
}


class Question(NamedTuple):
    """A question as a query string has it.

    Attributes:
        kind: A key of `KINDS`.
        of: The licenses or repos that are asked about.
        bases: What something was made from, with commas.
        relation: How it was made.
        proposed: The license that it is to have.
        facts: Facts by key, as they were typed.
        online: Whether the Hub may be asked.
    """

    kind: str
    of: tuple[str, ...] = ()
    bases: str = ""
    relation: str = "finetune"
    proposed: str = ""
    facts: Mapping[str, str] = MappingProxyType({})
    online: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked yet."""
        return not (self.bases or self.proposed) if self.kind == "derive" else not self.of

    @property
    def query(self) -> str:
        """The query string of this question."""
        pairs = [("of", name) for name in self.of]
        if self.kind == "derive":
            pairs = [("from", self.bases), ("relation", self.relation), ("as", self.proposed)]
        pairs += [(key, value) for key, value in self.facts.items() if value]
        return urlencode(pairs + ([("online", "1")] if self.online else []))

    @property
    def command(self) -> str:
        """The command that answers a question about rights or about lineage."""
        facts = [word for key, value in self.facts.items() if value for word in ("--fact", f"{key}={value}")]
        if self.kind != "derive":
            return shlex.join(["charter", "rights", *self.of, *facts])
        words = ["--from", self.bases, "--relation", self.relation, "--as", self.proposed]
        return shlex.join(["charter", "derive", *words, *facts])


class Failure(NamedTuple):
    """Why a question has no answer, and the field that it is about; empty where it is about none."""

    message: str
    remedy: str
    field: str
    online: bool


class Reason(NamedTuple):
    """An answer with its reason; `lead` is both in a sentence with the assumption that they are under."""

    lead: str
    answer: str
    because: str


class Option(NamedTuple):
    """A license that is possible, and the question that asks about it."""

    id: str
    name: str
    answer: str
    query: str


class DerivationView(NamedTuple):
    """The answer whether something may be published under a license."""

    title: str
    reasons: tuple[Reason, ...]
    quotes: tuple[Quote, ...]
    must: tuple[Line, ...]
    may_not: tuple[Line, ...]
    if_data: tuple[Line, ...]
    options: tuple[Option, ...]

    @property
    def answer(self) -> str:
        """The one answer; `unclear` where it depends on what counts as source code."""
        return self.reasons[0].answer if len(self.reasons) == 1 else "unclear"


class AskView(NamedTuple):
    """What the templates use.

    Attributes:
        place: The path of the questions, without the kind.
        origin: The address before that path, for links that are passed on.
        notes: What is known of the repos that were asked about.
        text: The answer as the command prints it; empty where there is none.
        command: The command that prints it.
    """

    question: Question
    place: str
    origin: str = ""
    failure: Failure | None = None
    notes: tuple[str, ...] = ()
    rights: tuple[Brief, ...] = ()
    matrix: Matrix = Matrix((), 0, {})
    derivation: DerivationView | None = None
    text: str = ""
    command: str = ""

    @property
    def kinds(self) -> Mapping[str, str]:
        """The questions."""
        return {kind: pgettext("question", title) for kind, title in KINDS.items()}

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations that can be asked about."""
        return (*RELATIONS, "trained_with")

    @property
    def facts(self) -> tuple[tuple[str, str, str], ...]:
        """The fields of the facts: key, label and hint."""
        return tuple((key, _(label), pgettext("hint", hint) if hint else "") for key, (label, hint) in _FACTS.items())

    @property
    def numbers(self) -> Collection[str]:
        """The facts that are numbers."""
        return NUMBERS

    @property
    def purposes(self) -> tuple[tuple[str, str], ...]:
        """The purposes that can be chosen, each with its name."""
        return tuple((purpose, pgettext("purpose", _PURPOSES[purpose])) for purpose in PURPOSES)

    @property
    def address(self) -> str:
        """The address of this question, with its answer."""
        return f"{self.place}/{self.question.kind}?{self.question.query}"

    @property
    def text_address(self) -> str:
        """The address of the answer as text."""
        return f"{self.place}/{self.question.kind}.txt?{self.question.query}"

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Names that a field completes."""
        return known_names()


class Texts(NamedTuple):
    """What renders answers as the command prints them."""

    rights: Callable[[Rights], str]
    derive: Callable[[DeriveResult], str]
    compare: Callable[[tuple[str, ...]], str]


def parse_question(kind: str, pairs: Iterable[tuple[str, str]]) -> Question:
    """Return the question of a query string; keys that no field has are ignored.

    Args:
        kind: A key of `KINDS`.
        pairs: Keys and values.

    Raises:
        CharterError: A value is too long, or has control characters.
    """
    found: dict[str, list[str]] = {}
    for key, value in list(pairs)[:50]:
        text = value.strip()
        if len(text) > LENGTH_LIMIT:
            raise CharterError(
                _("{key}: more than {number} characters.").format(key=key[:40], number=LENGTH_LIMIT), _("Shorten it.")
            )
        if re.search(r"[\x00-\x1f\x7f-\x9f]", text):
            raise CharterError(
                _("{key}: control characters are not allowed.").format(key=key[:40]), _("Type it again.")
            )
        if text:
            found.setdefault(key, []).append(text)
    first = {key: values[0] for key, values in found.items()}
    of = found.get("of", [])[: MOST if kind == "compare" else 1]
    facts = {key: first[key] for key in _FACTS if key in first} if kind != "compare" else {}
    return Question(
        kind=kind,
        of=tuple(dict.fromkeys(of)) if kind != "derive" else (),
        bases=", ".join(found.get("from", [])) if kind == "derive" else "",
        relation=first.get("relation", "finetune"),
        proposed=first.get("as", "") if kind == "derive" else "",
        facts=MappingProxyType(facts),
        online=first.get("online") == "1" and kind == "rights",
    )


def answer(question: Question, place: str, texts: Texts, lookup: Lookup | None = None, origin: str = "") -> AskView:
    """Return a question with its answer, or with why there is none.

    Args:
        question: The question.
        place: The path of the questions, without the kind.
        texts: What renders answers as text.
        lookup: What finds a repo that the table of known bases doesn't have; None where nothing else is read.
        origin: The address before the path.
    """
    empty = AskView(question, place, origin, command=question.command)
    if question.is_empty:
        return empty
    try:
        return _ANSWERS[question.kind](question, empty, texts, lookup)
    except CharterError as error:
        field = next((key for key in KEYS if error.message.startswith(f"{key}:")), "")
        can_ask = question.kind == "rights" and lookup is not None and not question.online and "/" in question.of[0]
        return empty._replace(failure=Failure(clean(error.message), clean(error.remedy), field, can_ask))


def unreadable(kind: str, place: str, error: CharterError) -> AskView:
    """Return the view of a question that can't be read.

    Args:
        kind: A key of `KINDS`.
        place: The path of the questions, without the kind.
        error: What is wrong with it.
    """
    return AskView(Question(kind), place, failure=Failure(clean(error.message), clean(error.remedy), "", False))


def ask_html(view: AskView) -> str:
    """Return the tab: the fields of the question, then the answer.

    Args:
        view: What `answer` returned.
    """
    return render("studio/ask.html.jinja", view)


def failure_text(view: AskView) -> str:
    """Return why there is no answer, as the command prints it.

    Args:
        view: What `answer` returned.
    """
    if view.failure is None:
        return _("error: Nothing was asked.") + "\n"
    remedy = f"\n  {view.failure.remedy}" if view.failure.remedy else ""
    return _("error: {message}").format(message=view.failure.message) + f"{remedy}\n"


@lru_cache(maxsize=1)
def known_names() -> tuple[tuple[str, str], ...]:
    """Return what can be asked about, each with a description: the licenses, then the known base models."""
    licenses = [(hub_id(key) or key.removeprefix("LicenseRef-"), get_known_name(key)) for key in get_known_ids()]
    return (*sorted(licenses, key=lambda row: row[0].lower()), *((ref, "") for ref in base_ids()))


def _rights(question: Question, empty: AskView, texts: Texts, lookup: Lookup | None) -> AskView:
    found = find_rights(question.of[0], parse_facts(question.facts), lookup, online=question.online)
    return empty._replace(
        notes=tuple(note for target in found for note in target.notes),
        rights=tuple(brief for target in found for brief in answer_briefs(target.rights)),
        matrix=answers_matrix(target.rights for target in found),
        text="\n\n".join(_with_notes(target, texts.rights(target.rights)) for target in found),
    )


def _with_notes(target: Target, text: str) -> str:
    return "\n".join([*target.notes, "", text] if target.notes else [text])


def _compare(question: Question, empty: AskView, texts: Texts, _lookup: Lookup | None) -> AskView:
    found = [find_license(name) for name in question.of]
    keys = tuple(dict.fromkeys(key for key, _ in found))
    if len(keys) < 2:
        raise CharterError(_("Two different licenses are needed for a comparison."), _("Name another license."))
    names = tuple(map(_short, keys))
    answers = [license_rights(str(key)) for key in keys]
    notes = tuple(note for _, note in found if note)
    return empty._replace(
        notes=notes,
        rights=tuple(brief for rights in answers for brief in answer_briefs(rights)),
        matrix=answers_matrix(answers),
        text="\n".join([*notes, *([""] if notes else []), texts.compare(names)]),
        command=shlex.join(["charter", "licenses", *names]),
    )


def _derive(question: Question, empty: AskView, texts: Texts, _lookup: Lookup | None) -> AskView:
    fields = (
        (pgettext("field", "Made from"), question.bases),
        (pgettext("field", "Published under"), question.proposed),
    )
    for name, value in fields:
        if not value:
            raise CharterError(_("{field}: no license is named.").format(field=name), _("Name one."))
    facts = parse_facts(question.facts)
    found = license_derivation(question.bases, question.relation, question.proposed, given=facts)
    must, may_not, if_data = summarize_rules(found.obligations, found.limits)
    several = {ref.license for point in (*must, *may_not, *if_data) for ref in point.clauses}
    own = tuple(several) if len(several) == 1 else ()
    license_set = found.license_set
    view = DerivationView(
        title=derivation_title(
            found.relation,
            ", ".join(str(base).replace("LicenseRef-", "") for base in found.bases),
            str(found.proposed).replace("LicenseRef-", ""),
        ),
        reasons=_reasons(found.found.program, found.found.source),
        quotes=quotes(found.found.clauses, license_set),
        must=point_lines(must, own, license_set),
        may_not=point_lines(may_not, own, license_set),
        if_data=point_lines(if_data, (), license_set),
        options=tuple(_options(found, question, license_set)),
    )
    return empty._replace(
        notes=tuple(base.words for base in found.named if base.ref), derivation=view, text=texts.derive(found)
    )


def _reasons(program: Verdict, source: Verdict) -> tuple[Reason, ...]:
    if program == source:
        return (Reason("", source.answer, source.because),)
    leads = (
        (_("If weights count as source code, {answer}: {reason}"), source),
        (_("If training data counts as source code, {answer}: {reason}"), program),
    )
    return tuple(
        Reason(
            lead.format(answer=answer_words(entry.answer).lower(), reason=entry.because), entry.answer, entry.because
        )
        for lead, entry in leads
    )


def _options(found: DeriveResult, question: Question, license_set: LicenseSet) -> Iterable[Option]:
    """The licenses with a freer answer, those without conditions first."""
    for entry in sorted(found.alternatives, key=lambda entry: entry.answer != "yes"):
        terms = license_set.terms(entry.license)
        short = _short(entry.license)
        yield Option(short, clean(terms.name), entry.answer, question._replace(proposed=short).query)


def _short(key: LicenseId) -> str:
    return hub_id(key) or key.removeprefix("LicenseRef-")


_ANSWERS: Mapping[str, Callable[[Question, AskView, Texts, Lookup | None], AskView]] = MappingProxyType(
    {"rights": _rights, "derive": _derive, "compare": _compare}
)
