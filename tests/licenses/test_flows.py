"""What flows into an item, and what a recipient may then do: lineage and rights, with terms that each test makes."""

from __future__ import annotations

import pytest

from generator.licenses.catalog import Expression, LicenseId, parse
from generator.licenses.facts import parse_facts
from generator.licenses.lineage import Flow, Origin, Reader, compose_relations, flows_into, reaches_outputs
from generator.licenses.rights import ClauseRef, compose_duties, compose_rights
from generator.licenses.terms import Answer, Limit, Obligation
from generator.release.model import Item, Layers, Release, ReleaseInfo, Upstream
from generator.release.vocabulary import RELATIONS
from tests.licenses.made import Facts, made

MIT, ISC, ZLIB = parse("MIT"), parse("ISC"), parse("Zlib")
NC = Limit("noncommercial", "Not for sale.", "9")
CAP = Limit("user_cap", "Few users.", "8", threshold=("monthly_active_users", 700))
NAME = Obligation("naming_prefix", ("redistribute",), "Call it Llama.", "6", prefix="Llama")
SHARE = Obligation("share_alike", ("redistribute",), "Share it.", "7")


def release(*upstreams: Upstream, **layers: tuple[Item, ...]) -> tuple[Release, Item]:
    """A release of weights under MIT, with upstreams, beside other layers."""
    item = Item(availability="released", license="MIT", derived_from=upstreams)
    return Release(charter=1, release=ReleaseInfo(name="x"), layers=Layers(weights=(item,), **layers)), item


def reader(facts: Facts, origins: dict[str, Origin] | None = None) -> Reader:
    return Reader(frozenset(), facts, lambda upstream: (origins or {}).get(upstream.ref))


def flow(license_: Expression | None, *via: str, program: bool = True, source: bool = True, as_of: str = "") -> Flow:
    return Flow(license_, "finetune" if via else "", via, program, source, None, as_of)


@pytest.mark.parametrize(
    ("relation", "program", "source"),
    [
        (relation, True, relation != "trained_on")
        for relation in RELATIONS
        if relation not in ("distilled", "outputs_of")
    ],
)
def test_an_upstream_flows_by_its_relation(relation: str, program: bool, source: bool) -> None:
    upstream = Upstream(ref="lab/a", license="ISC", relation=relation)
    made_of, item = release(upstream)
    assert flows_into(made_of, "weights", item, reader(Facts())) == (
        Flow(MIT, "", (), True, True),
        Flow(ISC, relation, ("lab/a",), program, source, upstream, ""),
    )


@pytest.mark.parametrize("relation", ["distilled", "outputs_of"])
@pytest.mark.parametrize(
    ("value", "outputs", "carries"),
    [
        ("any", False, False),
        ("unclear", False, False),
        ("", False, False),
        ("none", False, True),
        ("own_part", False, True),
        ("unclear", True, True),
        ("any", True, True),
    ],
)
def test_outputs_flow_where_the_license_reaches_them(relation: str, value: str, outputs: bool, carries: bool) -> None:
    facts = Facts(ISC=made("ISC", {relation: value} if value else {}, outputs=outputs))
    assert reaches_outputs(ISC, relation, facts) is carries
    assert reaches_outputs(parse("MIT AND ISC"), relation, facts) is carries
    made_of, item = release(Upstream(ref="lab/a", license="ISC", relation=relation))
    (_, found) = flows_into(made_of, "weights", item, reader(facts))
    assert (found.program, found.source) == (carries, carries)


def test_an_unknown_teacher_may_reach_its_outputs() -> None:
    made_of, item = release(Upstream(ref="lab/a", relation="distilled"))
    (_, found) = flows_into(made_of, "weights", item, reader(Facts()))
    assert (found.license, found.program, found.source) == (None, True, True)


def test_what_an_upstream_s_own_folder_says() -> None:
    first, second = Upstream(ref="lab/a", relation="adapter"), Upstream(ref="lab/b", license="Zlib", relation="merge")
    made_of, item = release(first, second)
    data = Flow(None, "trained_on", ("lab/d",), True, False)
    origins = {
        "lab/a": Origin(ISC, (Flow(MIT, "finetune", ("lab/c",), True, True, first, "2026-05-02"), data), "2026-05-01"),
        "lab/b": Origin(ISC, (), "2026-05-01"),
    }
    assert flows_into(made_of, "weights", item, reader(Facts(), origins))[1:] == (
        Flow(ISC, "adapter", ("lab/a",), True, True, first, "2026-05-01"),
        Flow(MIT, "adapter", ("lab/a", "lab/c"), True, True, None, "2026-05-02"),
        Flow(None, "trained_on", ("lab/a", "lab/d"), True, False),
        Flow(ZLIB, "merge", ("lab/b",), True, True, second, ""),
    )


@pytest.mark.parametrize(
    ("outer", "inner", "both"),
    [
        ("finetune", "finetune", "finetune"),
        ("finetune", "merge", "finetune"),
        ("merge", "quantized", "merge"),
        ("finetune", "adapter", "adapter"),
        ("merge", "diff", "diff"),
        ("adapter", "merge", "adapter"),
        ("diff", "finetune", "diff"),
        ("diff", "adapter", "diff"),
        ("adapter", "diff", "adapter"),
        ("finetune", "trained_on", "trained_on"),
        ("adapter", "trained_on", "trained_on"),
        ("distilled", "trained_on", "trained_on"),
        ("trained_on", "finetune", "trained_on"),
        ("trained_on", "adapter", "trained_on"),
        ("trained_on", "outputs_of", "outputs_of"),
        ("outputs_of", "merge", "outputs_of"),
        ("distilled", "diff", "distilled"),
        ("merge", "distilled", "distilled"),
        ("adapter", "outputs_of", "outputs_of"),
    ],
)
def test_relations_along_a_way(outer: str, inner: str, both: str) -> None:
    assert compose_relations(outer, inner) == both


def test_the_release_s_own_data_flows_into_its_weights_alone() -> None:
    crawl = Upstream(ref="lab/crawl", license="Zlib", relation="includes")
    teacher = Upstream(ref="lab/teacher", license="MIT", relation="outputs_of")
    data = (
        Item(availability="none", license="MIT", name="No data"),
        Item(availability="described", license="ISC", name="Corpus", derived_from=(crawl, teacher)),
        Item(availability="withheld"),
    )
    made_of, item = release(data=data, curation=(Item(availability="released", license="Zlib"),))
    found = flows_into(made_of, "weights", item, reader(Facts(MIT=made("MIT", "any"))))
    assert found == (
        Flow(MIT, "", (), True, True),
        Flow(ISC, "trained_on", ("Corpus",), True, False),
        Flow(ZLIB, "trained_on", ("Corpus", "lab/crawl"), True, False, crawl),
        Flow(ZLIB, "trained_on", ("curation",), True, False),
    )
    assert len(flows_into(made_of, "deltas", item, reader(Facts()))) == 1


def test_ids_of_the_release_s_own_are_read() -> None:
    local = Reader(frozenset({"LicenseRef-ours"}), Facts(), lambda _: None)
    upstream = Upstream(ref="lab/a", license="LicenseRef-ours", relation="merge")
    data = (Item(availability="released", license="LicenseRef-ours", license_text="OURS.txt"),)
    made_of, item = release(upstream, data=data)
    own = Item(availability="released", license="LicenseRef-ours", derived_from=item.derived_from)
    assert {str(flow.license) for flow in flows_into(made_of, "weights", own, local)} == {"LicenseRef-ours"}


def test_a_flow_carries_under_the_framings_that_it_names() -> None:
    assert [flow(MIT, program=p, source=s).framing for p in (True, False) for s in (True, False)] == [
        "both",
        "program",
        "source",
        "",
    ]
    assert flow(MIT, "lab/a").travels
    assert not flow(MIT).travels, "it is the item's own license"
    assert not flow(MIT, "lab/a", source=False).travels
    assert not flow(MIT, "lab/a", program=False).travels


IF_DATA, IF_WEIGHTS = "If training data counts as source code:", "If weights count as source code:"
ANSWERS = Facts(
    MIT=made("MIT"),
    ISC=made("ISC", acts={"use": Answer("conditional", "If you credit.", "3")}),
    Zlib=made("Zlib", acts={"use": Answer("no", "Not at all.", "4")}),
    NCSA=made("NCSA", acts={"use": Answer("unclear", "Silent.", None)}),
)


@pytest.mark.parametrize(
    ("flows", "answer", "program", "source", "because", "via"),
    [
        ((flow(MIT),), "yes", "yes", "yes", "use under MIT.", ()),
        ((flow(None),), "unclear", "unclear", "unclear", "No license is stated, so no permission is given.", ()),
        ((flow(MIT), flow(None, "lab/a", "lab/b")), "unclear", "unclear", "unclear",
         "The license of lab/b is not known.", ("lab/a", "lab/b")),
        ((flow(MIT), flow(ISC, "lab/a")), "conditional", "conditional", "conditional", "If you credit.", ("lab/a",)),
        ((flow(MIT), flow(ISC, "lab/a", source=False)), "conditional", "conditional", "yes",
         "If you credit.", ("lab/a",)),
        ((flow(MIT), flow(ISC, "lab/a", program=False)), "conditional", "yes", "conditional",
         "If you credit.", ("lab/a",)),
        ((flow(MIT), flow(ZLIB, "lab/a", source=False)), "unclear", "no", "yes",
         f"{IF_DATA} Not at all. {IF_WEIGHTS} use under MIT.", ("lab/a",)),
        ((flow(ISC), flow(ZLIB, "lab/a", source=False)), "unclear", "no", "conditional",
         f"{IF_DATA} Not at all. {IF_WEIGHTS} If you credit.", ("lab/a",)),
        ((flow(MIT), flow(parse("NCSA"), "lab/a", source=False)), "unclear", "unclear", "yes",
         f"{IF_DATA} Silent. {IF_WEIGHTS} use under MIT.", ("lab/a",)),
        ((flow(MIT), flow(ZLIB, "lab/a", program=False, source=False)), "yes", "yes", "yes", "use under MIT.", ()),
        ((flow(MIT), flow(ISC, "lab/a", as_of="2026-05-02")), "conditional", "conditional", "conditional",
         "If you credit. The license of lab/a, ISC, is known as of 2026-05-02; the release doesn't state it.",
         ("lab/a",)),
        ((flow(parse("MIT OR Zlib")),), "yes", "yes", "yes",
         "By MIT, which the recipient may choose: use under MIT.", ()),
        ((flow(parse("MIT AND Zlib")),), "no", "no", "no", "Not at all.", ()),
        ((flow(parse("ISC OR (MIT AND Zlib)")),), "conditional", "conditional", "conditional",
         "By ISC, which the recipient may choose: If you credit.", ()),
    ],
)  # fmt: skip
def test_answers_of_all_that_flows_in(
    flows: tuple[Flow, ...], answer: str, program: str, source: str, because: str, via: tuple[str, ...]
) -> None:
    (right,) = compose_rights(flows, ANSWERS, acts=("use",))
    assert (right.act, right.answer, right.program.answer, right.source.answer) == ("use", answer, program, source)
    assert (right.because, right.via) == (because, via)


def test_terms_as_strict_add_their_clauses_each_once() -> None:
    flows = (flow(ISC), flow(ISC, "lab/a"), flow(parse("ISC AND MIT"), "lab/b"), flow(MIT, "lab/c"))
    (right,) = compose_rights(flows, ANSWERS, acts=("use",))
    assert right.clauses == (ClauseRef(LicenseId("ISC"), "3"),)
    assert right.via == ()
    (silent,) = compose_rights((flow(parse("NCSA")),), ANSWERS, acts=("use",))
    assert silent.clauses == ()


def test_what_is_stated_goes_before_what_only_the_table_knows() -> None:
    known = flow(ISC, "lab/a", as_of="2026-05-02")
    (right,) = compose_rights((flow(MIT), known, flow(ISC, "lab/b")), ANSWERS, acts=("use",))
    assert (right.because, right.via) == ("If you credit.", ("lab/b",))
    (first,) = compose_rights((flow(MIT), known, known._replace(via=("lab/c",))), ANSWERS, acts=("use",))
    assert first.via == ("lab/a",)
    (unknown,) = compose_rights((flow(MIT), flow(None, "lab/a"), flow(None, "lab/b")), ANSWERS, acts=("use",))
    assert unknown.via == ("lab/a",)


def test_acts_come_in_the_order_of_the_vocabulary() -> None:
    found = compose_rights((flow(MIT),), ANSWERS, acts=("modify", "use"))
    assert [right.act for right in found] == ["use", "modify"]


OWED = Facts(
    MIT=made("MIT", obligations=(SHARE,), limits=(CAP, NC)),
    ISC=made("ISC", obligations=(NAME, SHARE), limits=(NC,)),
    Zlib=made("Zlib"),
)


def test_obligations_and_limits_of_all_that_flows_in() -> None:
    flows = (flow(ZLIB), flow(None, "lab/n"), flow(ISC, "lab/a", source=False), flow(MIT, "lab/b", program=False))
    obligations, limits = compose_duties((*flows, flow(MIT, "lab/c", program=False, source=False)), OWED)
    assert [
        (license_rule.rule.id, license_rule.license, license_rule.via, license_rule.framing)
        for license_rule in obligations
    ] == [
        ("share_alike", "ISC", ("lab/a",), "program"),
        ("share_alike", "MIT", ("lab/b",), "source"),
        ("naming_prefix", "ISC", ("lab/a",), "program"),
    ]
    assert [
        (license_rule.rule.id, license_rule.license, license_rule.via, license_rule.framing) for license_rule in limits
    ] == [
        ("noncommercial", "ISC", ("lab/a",), "program"),
        ("noncommercial", "MIT", ("lab/b",), "source"),
        ("user_cap", "MIT", ("lab/b",), "source"),
    ]
    assert [license_rule.clause for license_rule in limits] == [
        ClauseRef(LicenseId("ISC"), "9"),
        ClauseRef(LicenseId("MIT"), "9"),
        ClauseRef(LicenseId("MIT"), "8"),
    ]


def test_of_two_ways_to_one_obligation_the_firmer_is_kept() -> None:
    weak, firm, again = flow(ISC, "lab/a", source=False), flow(ISC, "lab/b"), flow(ISC, "lab/c")
    for flows, via in (
        ((weak, firm), "lab/b"),
        ((firm, weak), "lab/b"),
        ((firm, again), "lab/b"),
        ((weak, weak._replace(via=("lab/d",))), "lab/a"),
    ):
        obligations, limits = compose_duties(flows, OWED)
        assert {license_rule.via for license_rule in (*obligations, *limits)} == {(via,)}
        assert len(obligations) == 2


def test_stated_facts_take_away_what_they_meet() -> None:
    flows = (flow(ISC), flow(parse("MIT OR Zlib"), "lab/a"))
    given = parse_facts({"name": "Llama-Story", "monthly_active_users": "700", "purpose": "noncommercial"})
    obligations, limits = compose_duties(flows, OWED, given)
    assert [(license_rule.rule.id, license_rule.license) for license_rule in obligations] == [
        ("share_alike", "ISC"),
        ("share_alike", "MIT"),
    ]
    assert limits == ()
