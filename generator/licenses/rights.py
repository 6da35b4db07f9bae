"""What a recipient may do: answers of several terms composed into one, under both framings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache

from generator.licenses.catalog import Expression, LicenseId, reason
from generator.licenses.facts import (
    NOTHING,
    DecidedAnswer,
    Given,
    decide,
    deciding_facts,
    is_settled,
    is_still_owed,
    still_open,
)
from generator.licenses.lineage import Flow
from generator.licenses.terms import Limit, Obligation, Terms
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import ACTS, ANSWERS, LIMITS, OBLIGATIONS
from generator.translations import pgettext

TermsOf = Callable[[LicenseId], Terms]
_RANK = {answer: rank for rank, answer in enumerate(ANSWERS)}


class ClauseRef(NamedTuple):
    """A clause of a license."""

    license: LicenseId
    clause: str

    @property
    def label(self) -> str:
        """The clause in the language of this context: paragraphs that have no number in the text are counted by us."""
        return pgettext("clause", self.clause)


class ActAnswer(NamedTuple):
    """What is said to one act: by one license, or by all that bind under one framing.

    Attributes:
        via: The upstreams that the deciding terms came through; empty for the item's own license.
        contested: Other answers that a careful reader of the same texts may defend.
    """

    answer: str
    because: str
    clauses: tuple[ClauseRef, ...]
    via: tuple[str, ...]
    contested: tuple[str, ...] = ()


class Right(NamedTuple):
    """The answer for one act, under both framings.

    Attributes:
        program: What is said where data is the source.
        source: What is said where the weights are the source.
    """

    act: str
    program: ActAnswer
    source: ActAnswer

    @property
    def answer(self) -> str:
        """The one answer."""
        return reconcile(self.program.answer, self.source.answer)

    @property
    def deciding(self) -> tuple[ActAnswer, ...]:
        """The voices that decide: one, or both where they differ beyond reconciling."""
        if self.program.answer == self.source.answer:
            return (self.source,)
        if self.answer == "conditional":
            return (max(self.program, self.source, key=lambda act_answer: rank(act_answer.answer)),)
        return (self.program, self.source)

    @property
    def because(self) -> str:
        """The reason; both assumptions where they differ."""
        act_answers = self.deciding
        if len(act_answers) == 1:
            return act_answers[0].because
        return reason("differ", program=self.program.because, source=self.source.because)

    @property
    def clauses(self) -> tuple[ClauseRef, ...]:
        """The clauses it stands in, each once."""
        act_answers = self.deciding
        if len(act_answers) == 1:
            return act_answers[0].clauses
        return tuple(dict.fromkeys(clause for act_answer in act_answers for clause in act_answer.clauses))

    @property
    def via(self) -> tuple[str, ...]:
        """The upstreams it came through, each once."""
        return tuple(dict.fromkeys(name for act_answer in self.deciding for name in act_answer.via))

    @property
    def contested(self) -> tuple[str, ...]:
        """Other answers that careful readers of the same texts defend, in the order of the vocabulary.

        Where the two framings differ beyond reconciling, the answer says so itself.
        """
        act_answers = self.deciding
        return act_answers[0].contested if len(act_answers) == 1 else ()


class LicenseRule(NamedTuple):
    """An obligation or a limit, with the license it stands in, its path and its framing."""

    rule: Obligation | Limit
    license: LicenseId
    via: tuple[str, ...]
    framing: str

    @property
    def clause(self) -> ClauseRef | None:
        """The clause it stands in, where there is one."""
        return ClauseRef(self.license, self.rule.clause) if self.rule.clause else None


_Said = tuple[str, str, str | tuple[ClauseRef, ...] | None, tuple[str, ...]]
"""An answer to an act, its reason, its clause or the references of several, and other answers that can be defended."""
_Voice = tuple[Flow, Mapping[str, _Said]]
"""A flow, and what its terms say to each act."""


def rank(answer: str) -> int:
    """Return the place of an answer in the order yes < conditional < unclear < no."""
    return _RANK[answer]


def reconcile(program: str, source: str) -> str:
    """Return the one answer for two framings (contract, section 3)."""
    if program == source:
        return program
    return "conditional" if {program, source} == {"yes", "conditional"} else "unclear"


def compose_rights(
    flows: Iterable[Flow], terms_of: TermsOf, given: Given = NOTHING, acts: Collection[str] = ACTS
) -> tuple[Right, ...]:
    """Return the answers to acts, in the order of the vocabulary.

    Args:
        flows: What reaches the item, its own license first.
        terms_of: Looks up the terms of an id.
        given: Facts that make an answer definite.
        acts: Which; all by default.
    """
    wanted = [act for act in ACTS if act in acts]
    voices = [(flow, _said(flow, wanted, terms_of, given)) for flow in _distinct(flows) if flow.framing]
    program = [voice for voice in voices if voice[0].program]
    source = [voice for voice in voices if voice[0].source]
    same = len(program) == len(source) == len(voices)
    found: list[Right] = []
    for act in wanted:
        strictest = _strictest(program, act)
        found.append(Right(act, strictest, strictest if same else _strictest(source, act)))
    return tuple(found)


def compose_duties(
    flows: Iterable[Flow], terms_of: TermsOf, given: Given = NOTHING
) -> tuple[tuple[LicenseRule, ...], tuple[LicenseRule, ...]]:
    """Return the obligations and the limits of all that flows in, each in the order of the vocabulary.

    Args:
        flows: What reaches the item, its own license first.
        terms_of: Looks up the terms of an id.
        given: Facts that may meet a condition or keep clear of a limit.
    """
    obligations: dict[tuple[LicenseId, str, str | None], LicenseRule] = {}
    limits: dict[tuple[LicenseId, str, str | None], LicenseRule] = {}
    for flow in flows:
        if flow.license is None or not (flow.program or flow.source):
            continue
        framing = flow.framing
        for key in flow.license.ids():
            terms = terms_of(key)
            for obligation in terms.obligations:
                if not is_still_owed(obligation, given):
                    continue
                _unite(
                    obligations,
                    (key, obligation.id, obligation.clause),
                    LicenseRule(obligation, key, flow.via, framing),
                )
            for limit in filter(lambda entry: still_open(entry, given), terms.limits):
                _unite(limits, (key, limit.id, limit.clause), LicenseRule(limit, key, flow.via, framing))
    return _sort_conditions(obligations.values(), OBLIGATIONS), _sort_conditions(limits.values(), LIMITS)


def _unite(
    found: dict[tuple[LicenseId, str, str | None], LicenseRule],
    key: tuple[LicenseId, str, str | None],
    license_rule: LicenseRule,
) -> None:
    """Keep the stricter of two equal conditions: the one that applies under both framings."""
    if key not in found or (found[key].framing != "both" and license_rule.framing == "both"):
        found[key] = license_rule


def _sort_conditions(license_rules: Iterable[LicenseRule], vocabulary: tuple[str, ...]) -> tuple[LicenseRule, ...]:
    place = {name: number for number, name in enumerate(vocabulary)}
    return tuple(
        sorted(
            license_rules,
            key=lambda license_rule: (place[license_rule.rule.id], license_rule.via, license_rule.license),
        )
    )


def _distinct(flows: Iterable[Flow]) -> tuple[Flow, ...]:
    """The first of those flows that carry the same terms under the same framings: they answer alike."""
    found: dict[tuple[Expression | None, str, tuple[str, ...]], Flow] = {}
    for flow in flows:
        key = (flow.license, flow.framing, () if flow.license else flow.via)
        if key not in found or (found[key].as_of and not flow.as_of):
            found[key] = flow  # what is stated goes before what only the table of known bases says
    return tuple(found.values())


def _strictest(voices: list[_Voice], act: str) -> ActAnswer:
    """The first of the strictest voices speaks; those as strict add their clauses."""
    strictest = -1
    can_differ = False
    speaking: list[tuple[Flow, _Said]] = []
    for flow, acts in voices:
        said = acts[act]
        if said[3]:
            can_differ = True
        if (strict := _RANK[said[0]]) > strictest:
            strictest, speaking = strict, [(flow, said)]
        elif strict == strictest:
            speaking.append((flow, said))
    first, (answer, because, _, contested) = speaking[0]
    clauses: dict[ClauseRef, None] = {}
    for flow, said in speaking:
        clause = said[2]
        if isinstance(clause, tuple):
            clauses |= dict.fromkeys(clause)
        elif clause and flow.license:
            clauses[ClauseRef(flow.license.license, clause)] = None
    if can_differ:  # else no text can be read in two ways
        # The same readings twice settle no more than once.
        readings = {(said[0], *said[3]): None for _, acts in voices if (said := acts[act])}
        contested = _find_contested(answer, tuple(readings), max, min)
    return ActAnswer(answer, because, tuple(clauses), first.via, contested)


@lru_cache(maxsize=1024)  # the vocabulary has four answers
def _find_contested(
    answer: str, readings: tuple[tuple[str, ...], ...], pick: Callable[..., int], least: Callable[..., int]
) -> tuple[str, ...]:
    """The other answers that come out if each text is read in one of its ways.

    Args:
        answer: The answer as we read the texts.
        readings: The answers that each text is read as.
        pick: `max` where the texts bind together, `min` where one may be chosen.
        least: The other of the two.
    """
    if all(len(words) == 1 for words in readings):
        return ()  # no text can be read in two ways
    bound = pick(least(rank(word) for word in words) for words in readings)
    found = {word for words in readings for word in words if pick(rank(word), bound) == rank(word)}
    return tuple(word for word in ANSWERS if word in found and word != answer)


def _said(flow: Flow, acts: Collection[str], terms_of: TermsOf, given: Given) -> Mapping[str, _Said]:
    """What the terms of one flow say to each act."""
    via, license_ = flow.via, flow.license
    if license_ is None:
        because = reason("unknown_upstream", via=via[-1]) if via else reason("no_statement")
        return dict.fromkeys(acts, ("unclear", because, None, ()))
    if not license_.parts and not given and not flow.as_of:
        return terms_of(license_.license).acts
    told = f" {reason('known_base', base=via[-1], license=str(license_), as_of=flow.as_of)}" if flow.as_of else ""
    found = {act: _expression(license_, act, terms_of, given) for act in acts}
    return {act: (answer, f"{because}{told}", refs, other) for act, (answer, because, refs, other) in found.items()}


def _one(terms: Terms, act: str, given: Given) -> DecidedAnswer:
    """What one license says, made definite by the facts that are given."""
    found = DecidedAnswer(*terms.acts[act])
    if not given:
        return found
    fact = decide(terms, act, given)
    if fact and rank(fact.answer) > rank(found.answer):
        return fact
    if found.answer == "conditional" and is_settled(terms, act, given):
        met = ", ".join(f"{key}={given[key]}" for key in deciding_facts(terms, act, given))
        return DecidedAnswer("yes", reason("given", "met", facts=met), found.clause)
    return found


def _expression(
    expression: Expression, act: str, terms_of: TermsOf, given: Given
) -> tuple[str, str, tuple[ClauseRef, ...], tuple[str, ...]]:
    """Answer for an expression: `AND` binds together and takes the strictest, `OR` is the recipient's choice."""
    if not expression.parts:
        answer, because, clause, contested = _one(terms_of(expression.license), act, given)
        return answer, because, (ClauseRef(expression.license, clause),) if clause else (), contested
    answers = [(_expression(part, act, terms_of, given), part) for part in expression.parts]
    pick, least = (max, min) if expression.operator == "AND" else (min, max)
    (answer, because, clauses, _), part = pick(answers, key=lambda entry: rank(entry[0][0]))
    if expression.operator == "OR":
        because = reason("chosen", license=str(part), because=because)
    contested = _find_contested(answer, tuple((found[0], *found[3]) for found, _ in answers), pick, least)
    return answer, because, clauses, contested
