"""What one base says of a proposed license, value by value, with terms that each test makes."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from generator.licenses.catalog import LicenseId, parse
from generator.licenses.derive import (
    Verdict,
    binding,
    clashes,
    code_that_was_run,
    contains,
    derive_from,
    get_owed,
    judge,
    same_license,
)
from generator.licenses.facts import parse_facts
from generator.licenses.rights import ClauseRef
from generator.licenses.terms import Answer, Limit, Obligation, UsePolicy, terms_of
from generator.release.vocabulary import RELATIONS
from tests.licenses.made import Facts, made, verdict

NC = Limit("noncommercial", "Not for sale.", "9")
USES = Limit("field_of_use", "Not for these.", "8", restricts=("crime", "justice_narrow"))
LIVE = Limit("other", "Not in production.", "4", passed_on=True)
SHARE = Obligation("share_alike", ("publish_finetune",), "Share it.", "7")
OUTPUTS_FREE = "train_other_models_on_outputs under ISC. You may choose any license."
NOTICE = Obligation("attribution", ("publish_finetune", "publish_merge"), "Name us.", "6")


def ref(key: str, clause: str) -> ClauseRef:
    return ClauseRef(LicenseId(key), clause)


@pytest.mark.parametrize(
    ("value", "proposed", "relation", "answer", "kind", "because"),
    [
        ("any", "MIT", "finetune", "yes", "any",
         "Because of ISC. You may choose any license; notices must be passed on."),
        ("any", "MIT", "outputs_of", "yes", "any_outputs", OUTPUTS_FREE),
        ("any", "MIT", "distilled", "yes", "any_outputs", OUTPUTS_FREE),
        ("own_part", "MIT", "adapter", "conditional", "own_part",
         "Because of ISC. What is new may carry MIT; the terms of The ISC terms must be passed on with it."),
        ("same", "MIT", "merge", "no", "same_only",
         "The ISC terms requires the same license, and MIT is another. Because of ISC."),
        ("same_or_compatible", "MIT", "merge", "no", "other",
         "The ISC terms requires the same license or a compatible one, and MIT is neither. Because of ISC."),
        ("none", "MIT", "diff", "no", "none",
         "The ISC terms does not allow anything made this way to be published, under any license. Because of ISC."),
        ("none", "ISC", "diff", "no", "none",
         "The ISC terms does not allow anything made this way to be published, under any license. Because of ISC."),
        ("none", "MIT", "outputs_of", "no", "none", "train_other_models_on_outputs under ISC."),
        ("unclear", "MIT", "quantized", "unclear", "unclear", "The ISC terms does not settle this. Because of ISC."),
        ("unclear", "ISC", "quantized", "unclear", "unclear", "The ISC terms does not settle this. Because of ISC."),
        ("unclear", "MIT", "distilled", "unclear", "unclear", "train_other_models_on_outputs under ISC."),
        ("same", "ISC", "finetune", "yes", "same_notices",
         "The same license as The ISC terms; only its notices are owed."),
        ("same", "ISC AND MIT", "finetune", "conditional", "beside",
         "The terms of The ISC terms are kept beside those of what is new: ISC AND MIT. Because of ISC."),
    ],
)  # fmt: skip
def test_a_value_of_the_table(value: str, proposed: str, relation: str, answer: str, kind: str, because: str) -> None:
    found = verdict(Facts(ISC=made("ISC", value)), "ISC", proposed, relation)
    assert (found.answer, found.kind, found.because) == (answer, kind, because)


def test_clauses_are_those_of_the_table_and_of_the_act_unless_the_answer_is_yes() -> None:
    facts = Facts(ISC=made("ISC", {"merge": "same", "includes": "any", "outputs_of": "unclear"}))
    assert verdict(facts, "ISC", "MIT", "merge").clauses == (ref("ISC", "2"), ref("ISC", "1 publish_merge"))
    assert verdict(facts, "ISC", "MIT", "includes").clauses == (ref("ISC", "2"),)
    assert verdict(facts, "ISC", "MIT", "outputs_of").clauses == (ref("ISC", "1 train_other_models_on_outputs"),)


def test_a_relation_that_the_table_leaves_out_is_silent_where_no_reason_is_stated() -> None:
    bare = made("ISC", {})._replace(derivative_because=Answer("", "", "2"))
    found = verdict(Facts(ISC=bare), "ISC", "MIT", "merge")
    assert (found.answer, found.kind) == ("unclear", "silent")
    assert found.because == "The ISC terms: the text does not mention this, and no restriction was found."
    assert found.clauses == (ref("ISC", "1 publish_merge"),), "a silent text has no clause of its own"
    spoken = verdict(Facts(ISC=made("ISC", {})), "ISC", "MIT", "merge")
    assert (spoken.kind, spoken.clauses[0]) == ("unclear", ref("ISC", "2"))


def test_a_license_that_nobody_read_is_unclear_even_for_itself() -> None:
    unread = made("ISC", "any")._replace(read=False)
    for proposed in ("MIT", "ISC"):
        found = verdict(Facts(ISC=unread), "ISC", proposed)
        assert (found.answer, found.kind, found.because) == ("unclear", "unread", "The ISC terms: Because of ISC.")
        assert found.clauses == (ref("ISC", "2"),), "the act of an unread license has nothing to add"


def test_a_reason_of_one_relation_goes_before_the_general_one() -> None:
    own = {"includes": Answer("", "About data.", "3"), "outputs_of": Answer("", "About outputs.", "4")}
    facts = Facts(ISC=made("ISC", "own_part", relation_because=MappingProxyType(own)))
    assert verdict(facts, "ISC", "MIT", "includes").because.startswith("About data.")
    assert verdict(facts, "ISC", "MIT", "includes").clauses[0] == ref("ISC", "3")
    assert verdict(facts, "ISC", "MIT", "outputs_of").because.startswith("About outputs.")
    assert verdict(facts, "ISC", "MIT", "merge").because.startswith("Because of ISC.")


@pytest.mark.parametrize(
    ("obligations", "limits", "answer"),
    [
        ((), (), "yes"),
        ((NOTICE,), (), "yes"),
        ((SHARE,), (), "conditional"),
        ((NOTICE, SHARE), (), "conditional"),
        ((NOTICE,), (NC,), "conditional"),
        ((SHARE._replace(acts=("host_as_service",)),), (), "yes"),
    ],
)
def test_the_same_license_is_yes_where_only_notices_are_owed(
    obligations: tuple[Obligation, ...], limits: tuple[Limit, ...], answer: str
) -> None:
    facts = Facts(ISC=made("ISC", "same", obligations=obligations, limits=limits))
    found = verdict(facts, "ISC", "ISC")
    assert (found.answer, found.kind) == (answer, "same_notices" if answer == "yes" else "same")


def test_obligations_of_a_relation_are_those_of_its_act() -> None:
    terms = made("ISC", obligations=(NOTICE, SHARE))
    assert get_owed(terms, "merge") == (NOTICE,)
    assert get_owed(terms, "trained_on") == (NOTICE, SHARE)
    assert get_owed(terms, "includes") == ()


@pytest.mark.parametrize("value", ["same", "same_or_compatible", "own_part", "any_with_passthrough"])
@pytest.mark.parametrize("strict", ["10", None])
@pytest.mark.parametrize(
    ("own", "other", "further"),
    [((), (), False), ((), (NC,), True), ((NC,), (NC,), False), ((NC,), (USES,), True), ((USES,), (USES,), True)],
)
def test_restrictions_beside_a_license_that_allows_none(
    value: str, strict: str | None, own: tuple[Limit, ...], other: tuple[Limit, ...], further: bool
) -> None:
    facts = Facts(ISC=made("ISC", value, no_further_restrictions=strict, limits=own), MIT=made("MIT", limits=other))
    found = verdict(facts, "ISC", "ISC AND MIT")
    if further and strict and value in ("same", "same_or_compatible"):
        assert (found.answer, found.kind) == ("no", "restricted_beside")
        assert found.because == "The ISC terms allows no further restrictions, and MIT adds some."
        assert found.clauses[0] == ref("ISC", "10")
    else:
        assert (found.answer, found.kind) == ("conditional", "beside")
        assert "ISC AND MIT" in found.because


def test_of_licenses_that_the_recipient_chooses_from_each_must_be_allowed() -> None:
    facts = Facts(ISC=made("ISC", "same"))
    assert verdict(facts, "ISC", "ISC OR MIT").answer == "no"
    assert verdict(Facts(ISC=made("ISC", "any")), "ISC", "ISC OR MIT").answer == "yes"
    joined = made(
        "ISC", "same_or_compatible", compatible_joined=("MIT",), joined_because=Answer("conditional", "Joined.", "5")
    )
    assert verdict(Facts(ISC=joined), "ISC", "ISC OR MIT", "merge", joined="MIT").answer == "conditional"
    assert verdict(Facts(ISC=joined), "ISC", "ISC OR MIT", "merge").answer == "no"


def test_a_choice_of_bases_takes_the_freest_and_a_sum_the_strictest() -> None:
    facts = Facts(ISC=made("ISC", "same"), MIT=made("MIT", "any"), Zlib=made("Zlib", "unclear"))
    assert verdict(facts, "ISC OR MIT", "NCSA").answer == "yes"
    assert verdict(facts, "ISC AND MIT", "NCSA").answer == "no"
    assert verdict(facts, "Zlib AND MIT", "NCSA").answer == "unclear"
    assert verdict(facts, "Zlib OR ISC", "NCSA").answer == "unclear"


def test_what_binds_together_joins_the_work_and_what_may_be_chosen_does_not() -> None:
    named = made(
        "ISC", "same_or_compatible", compatible_joined=("MIT",), joined_because=Answer("conditional", "Joined.", "5")
    )
    facts = Facts(ISC=named, MIT=made("MIT", "same"), Zlib=made("Zlib"))
    assert verdict(facts, "ISC AND MIT", "MIT", "merge").answer == "conditional"
    assert verdict(facts, "ISC AND MIT", "MIT", "adapter").answer == "no", "the base is not in an adapter"
    assert verdict(facts, "ISC AND Zlib", "MIT", "merge", joined="MIT").answer == "conditional", "joined from outside"
    assert verdict(facts, "(ISC OR NCSA) AND Zlib", "MIT", "merge").answer == "yes", "NCSA may be chosen"
    assert verdict(facts, "(ISC OR MIT) AND Zlib", "MIT", "merge").answer == "yes", "MIT may be chosen"
    assert verdict(facts, "ISC AND (MIT OR Zlib)", "MIT", "merge").answer == "no", "MIT is not surely in it"
    assert binding(parse("ISC AND (MIT OR Zlib)")) == ("ISC",)
    assert binding(parse("ISC AND MIT AND Zlib")) == ("ISC", "MIT", "Zlib")
    assert binding(parse("ISC OR MIT")) == ()


def test_a_license_named_for_joined_works() -> None:
    named = made(
        "ISC", "same_or_compatible", compatible_joined=("MIT",), joined_because=Answer("unclear", "If joined.", "5")
    )
    facts = Facts(ISC=named)
    found = verdict(facts, "ISC", "MIT", "merge", joined="ISC,MIT")
    assert (found.answer, found.kind, found.because) == (
        "unclear",
        "joined",
        "If joined. The work also holds a work under MIT.",
    )
    assert found.clauses[0] == ref("ISC", "5")
    for joined in ("", "ISC", "Zlib"):
        alone = verdict(facts, "ISC", "MIT", "merge", joined=joined)
        assert (alone.answer, alone.kind) == ("no", "not_joined")
        assert alone.because == "The ISC terms allows MIT only in a case that does not apply here. If joined."
        assert alone.clauses[0] == ref("ISC", "5")
    assert verdict(facts, "ISC", "Zlib", "merge", joined="Zlib").kind == "other"


def test_compatible_licenses_and_two_readings() -> None:
    named = made("ISC", "same_or_compatible", compatible=("MIT",), two_readings=("quantized",))
    facts = Facts(ISC=named, Zlib=made("Zlib", "own_part", two_readings=("includes",)))
    found = verdict(facts, "ISC", "MIT")
    assert (found.answer, found.kind) == ("conditional", "compatible")
    assert found.because == "The ISC terms names MIT as a compatible license. Because of ISC."
    assert found.clauses == (ref("ISC", "2"), ref("ISC", "1 publish_finetune"))
    other = verdict(Facts(ISC=named._replace(compatible_clause="4")), "ISC", "MIT")
    assert other.clauses == (ref("ISC", "4"), ref("ISC", "1 publish_finetune"))
    assert verdict(facts, "ISC", "MIT", "quantized").answer == "unclear"
    assert verdict(facts, "ISC", "NCSA", "quantized").answer == "no"
    assert verdict(facts, "Zlib", "MIT", "includes").answer == "unclear"
    assert verdict(facts, "Zlib", "MIT", "merge").answer == "conditional"
    assert verdict(Facts(ISC=named._replace(derivative={"merge": "same"})), "ISC", "MIT", "merge").answer == "no"


def test_a_later_version_reaches_later_versions_of_what_is_named() -> None:
    named = {"compatible": ("GPL-3.0-only", "MIT")}
    later = Facts({"LGPL-3.0-or-later": made("LGPL-3.0-or-later", "same_or_compatible", **named)})
    assert verdict(later, "LGPL-3.0-or-later", "GPL-3.0-or-later").answer == "conditional"
    assert verdict(later, "LGPL-3.0-or-later", "GPL-3.0-only").answer == "conditional"
    assert verdict(later, "LGPL-3.0-or-later", "MIT").answer == "conditional"
    only = Facts({"LGPL-3.0-only": made("LGPL-3.0-only", "same_or_compatible", **named)})
    assert verdict(only, "LGPL-3.0-only", "GPL-3.0-or-later").answer == "no"


@pytest.mark.parametrize(
    ("base", "proposed", "same"),
    [
        ("GPL-2.0-or-later", "GPL-2.0-only", True),
        ("GPL-2.0-or-later", "GPL-3.0-only", True),
        ("GPL-2.0-or-later", "GPL-3.0-or-later", True),
        ("GPL-3.0-or-later", "GPL-2.0-only", False),
        ("GPL-2.0-only", "GPL-2.0-or-later", False),
        ("GPL-2.0-or-later", "AGPL-3.0-only", False),
        ("MIT", "MIT", True),
        ("MIT", "ISC", False),
        ("MIT", "GPL-2.0-only", False),
        ("GPL-2.0-or-later", "MIT", False),
    ],
)
def test_the_same_license_in_a_later_version(base: str, proposed: str, same: bool) -> None:
    assert same_license(LicenseId(base), LicenseId(proposed)) is same


def test_what_adds_restrictions_cannot_go_into_a_license_that_allows_none() -> None:
    facts = Facts(
        ISC=made("ISC", "any", barred=("MIT",), barred_because=Answer("conditional", "Patents end.", "3")),
        MIT=made("MIT", "same", no_further_restrictions="6"),
    )
    found = verdict(facts, "ISC", "MIT")
    assert (found.answer, found.kind) == ("no", "barred")
    assert found.because == "MIT allows no further restrictions, and The ISC terms adds some. Patents end."
    assert found.clauses[:2] == (ref("ISC", "3"), ref("MIT", "6"))
    assert verdict(facts, "ISC", "Zlib").answer == "yes"


@pytest.mark.parametrize(
    ("wanted", "held", "missing"),
    [
        ((NC,), (), ("noncommercial",)),
        ((NC,), (NC,), ()),
        ((USES,), (), ("crime", "justice_narrow")),
        ((USES,), (USES,), ()),
        ((USES,), (Limit("field_of_use", "", "1", restricts=("crime", "justice")),), ()),
        ((USES,), (Limit("field_of_use", "", "1", restricts=("justice",)),), ("crime",)),
        ((USES, NC), (Limit("field_of_use", "", "1", restricts=("crime",)),), ("justice_narrow", "noncommercial")),
        ((NC, USES), (Limit("field_of_use", "", "1", restricts=("crime",)),), ("noncommercial", "justice_narrow")),
        ((NC, USES), (NC, Limit("field_of_use", "", "1", restricts=("crime",))), ("justice_narrow",)),
        ((Limit("other", "", "1"),), (), None),
        ((), (), None),
        # limits that differ from text to text are contained in the same words only
        ((LIVE,), (), ("Not in production",)),
        ((LIVE,), (NC,), ("Not in production",)),
        ((LIVE,), (Limit("other", "Something else.", "1"),), ("Not in production",)),
        ((LIVE,), (Limit("other", "Not in production.", "9"),), ()),
        ((NC, LIVE), (NC,), ("Not in production",)),
        ((NC, LIVE), (), ("noncommercial", "Not in production")),
        ((NC, LIVE), (LIVE,), ("noncommercial",)),
    ],
)
def test_what_a_license_lacks_of_what_must_be_passed_on(
    wanted: tuple[Limit, ...], held: tuple[Limit, ...], missing: tuple[str, ...] | None
) -> None:
    assert contains(made("MIT", limits=held), made("ISC", limits=wanted)) == missing


def cap(fact: str, over: int) -> tuple[Limit, ...]:
    return (
        Limit("user_cap" if fact == "monthly_active_users" else "revenue_cap", "A cap.", "2", threshold=(fact, over)),
    )


@pytest.mark.parametrize(
    ("wanted", "held", "lacks"),
    [
        (cap("monthly_active_users", 700), cap("monthly_active_users", 700), False),
        (cap("monthly_active_users", 700), cap("monthly_active_users", 100), False),
        (cap("monthly_active_users", 700), cap("monthly_active_users", 701), True),
        (cap("monthly_active_users", 700), (Limit("user_cap", "", "1"),), True),
        (cap("monthly_active_users", 700), (Limit("user_cap", "", "1", threshold=("annual_revenue_usd", 100)),), True),
    ],
)
def test_a_cap_is_contained_in_one_that_is_as_low(
    wanted: tuple[Limit, ...], held: tuple[Limit, ...], lacks: bool
) -> None:
    assert contains(made("MIT", limits=held), made("ISC", limits=wanted)) == (("user_cap",) if lacks else ())


def test_a_policy_by_link_or_a_license_that_nobody_read_contains_nothing() -> None:
    linked = UsePolicy("Policy", "4", "https://x.example", None)
    inside = UsePolicy("Policy", "4", None, "Attachment A")
    assert contains(made("MIT", limits=(NC,)), made("ISC", limits=(NC,), use_policy=linked)) is None
    assert contains(made("MIT", limits=(NC,)), made("ISC", limits=(NC,), use_policy=inside)) == ()
    assert contains(made("MIT", limits=(NC,), read=False), made("ISC", limits=(NC,))) is None


@pytest.mark.parametrize(
    ("held", "proposed", "answer", "kind", "said"),
    [
        ((), "MIT", "no", "dropped", "MIT leaves out what The ISC terms requires you to pass on. Because of ISC."),
        ((NC,), "MIT", "no", "dropped", "MIT leaves out what"),
        ((USES,), "MIT", "conditional", "contains",
         "MIT contains the restrictions that The ISC terms requires you to pass on. Because of ISC."),
        ((Limit("field_of_use", "", "1", restricts=("spam",)),), "MIT", "no", "narrower",
         "MIT leaves out restrictions that The ISC terms requires you to pass on: crime; fully automated justice "
         "and law enforcement."),
        ((), "LicenseRef-ours", "conditional", "own_terms", "A custom license may contain what The ISC terms requires"),
        ((), "LicenseRef-ours AND MIT", "conditional", "own_terms", "A custom license may contain"),
        ((USES,), "MIT AND Zlib", "conditional", "contains", "MIT AND Zlib contains the restrictions"),
        ((Limit("field_of_use", "", "1", restricts=("crime",)),), "Zlib AND MIT", "no", "narrower",
         "pass on: fully automated justice and law enforcement."),
    ],
)  # fmt: skip
def test_terms_that_must_be_passed_on(
    held: tuple[Limit, ...], proposed: str, answer: str, kind: str, said: str
) -> None:
    facts = Facts(ISC=made("ISC", "any_with_passthrough", limits=(USES,)), MIT=made("MIT", limits=held))
    expression = parse(proposed, frozenset({"LicenseRef-ours"}))
    found = judge(parse("ISC"), "finetune", expression, facts)
    assert (found.answer, found.kind) == (answer, kind)
    assert said in found.because


@pytest.mark.parametrize(
    ("base", "proposed", "answer"),
    [
        ("LicenseRef-kimi-k3", "LicenseRef-stability-ai-community", "no"),
        ("LicenseRef-lfm-open-1.0", "LicenseRef-stability-ai-community", "unclear"),
        ("LicenseRef-glm-4", "LicenseRef-chatglm-6b", "unclear"),
        ("CC-BY-NC-4.0", "LicenseRef-mistral-research", "unclear"),
        ("CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "conditional"),
        ("LicenseRef-creativeml-openrail-m", "LicenseRef-openrail-plus-plus", "conditional"),
        ("LicenseRef-creativeml-openrail-m", "LicenseRef-ltx-2 AND LicenseRef-openrail-plus-plus", "conditional"),
    ],
)
def test_the_agreement_of_another_publisher_is_no_sure_holder_of_restrictions(
    base: str, proposed: str, answer: str
) -> None:
    found = judge(parse(base), "finetune", parse(proposed), terms_of)
    assert found.answer == answer, found.because
    assert (found.kind == "another_publisher") == (answer == "unclear")


@pytest.mark.parametrize(
    ("base", "other", "relation", "answer"),
    [
        ("GPL-3.0-only", "LicenseRef-qwen", "merge", "no"),
        ("CC-BY-SA-4.0", "LicenseRef-qwen", "merge", "no"),
        ("GPL-3.0-only", "LicenseRef-kimi-k2", "merge", "no"),
        ("AGPL-3.0-only", "LicenseRef-minimax-m2", "finetune", "no"),
        ("GPL-3.0-only", "Apache-2.0", "merge", "conditional"),
        ("GPL-3.0-only", "MPL-2.0", "merge", "conditional"),
        ("Apache-2.0", "LicenseRef-qwen", "merge", "conditional"),
        ("LicenseRef-gemma", "LicenseRef-kimi-k2", "merge", "conditional"),
        ("CC-BY-SA-3.0", "CC-BY-NC-3.0", "includes", "conditional"),
        ("GPL-3.0-only", "LicenseRef-qwen", "adapter", "conditional"),
    ],
)
def test_a_merge_leaves_no_part_of_its_own(base: str, other: str, relation: str, answer: str) -> None:
    found = derive_from((parse(base), parse(other)), relation, parse(base), terms_of)
    assert found.answer == answer, found.because
    assert (found.program.kind == "excluded") == (answer == "no")


def test_a_base_whose_limits_cannot_be_contained_is_dropped_by_any_other_license() -> None:
    linked = UsePolicy("Policy", "4", "https://x.example", None)
    facts = Facts(
        ISC=made("ISC", "any_with_passthrough", limits=(NC,), use_policy=linked), MIT=made("MIT", limits=(NC,))
    )
    assert verdict(facts, "ISC", "MIT").kind == "dropped"


@pytest.mark.parametrize(
    ("value", "given", "answer"),
    [
        ("any", "monthly_active_users=701", "no"),
        ("any", "monthly_active_users=700", "yes"),
        ("unclear", "monthly_active_users=701", "no"),
        ("unclear", "monthly_active_users=700", "unclear"),
    ],
)
def test_a_stated_fact_goes_before_the_table(value: str, given: str, answer: str) -> None:
    facts = Facts(ISC=made("ISC", value, limits=cap("monthly_active_users", 700)))
    found = verdict(facts, "ISC", "MIT", given=parse_facts([given]))
    assert found.answer == answer
    if answer == "no":
        assert (found.kind, found.clauses) == ("act", (ref("ISC", "2"),))
        assert "701" in found.because
    both = verdict(facts, "ISC AND Zlib", "MIT", given=parse_facts([given]))
    assert both.answer == answer


def test_a_fact_as_strict_as_the_table_does_not_replace_its_reason() -> None:
    facts = Facts(ISC=made("ISC", "same", limits=cap("monthly_active_users", 700)))
    assert verdict(facts, "ISC", "MIT", given=parse_facts(["monthly_active_users=701"])).kind == "same_only"


STRICT = made("ISC", "same", no_further_restrictions="10")
LIMITED = made("MIT", "any_with_passthrough", limits=(NC, Limit("other", "", "1")))


@pytest.mark.parametrize("value", ["same", "same_or_compatible", "own_part", "any", "unclear"])
@pytest.mark.parametrize("way", ["any_with_passthrough", "same", "none", "any", "own_part", "unclear", ""])
def test_copyleft_and_use_restrictions_exclude_each_other_where_both_reach_the_work(value: str, way: str) -> None:
    facts = Facts(
        ISC=STRICT._replace(derivative={"merge": value, "includes": value}),
        MIT=LIMITED._replace(derivative={"merge": way, "adapter": way} if way else {}),
    )
    found = list(clashes([(parse("ISC"), "merge"), (parse("MIT"), "merge")], facts))
    # A merge leaves no part of its own, so that terms which stay with the other part bind the whole too.
    if value in ("same", "same_or_compatible") and way in ("any_with_passthrough", "same", "none", "own_part"):
        said = "The ISC terms allows no further restrictions, and MIT has some, so a work of both cannot be published."
        assert found == [Verdict("no", "excluded", said, (ref("ISC", "10"), ref("MIT", "9")))]
    else:
        assert found == []
    collected = list(clashes([(parse("ISC"), "includes"), (parse("MIT"), "adapter")], facts))
    firm = value in ("same", "same_or_compatible") and way in ("any_with_passthrough", "same", "none")
    assert bool(collected) is firm, "an adapter has a part of its own"


def test_terms_that_no_other_license_can_hold_are_left_out_by_each() -> None:
    gemma = judge(parse("gemma"), "finetune", parse("MIT"), terms_of)
    assert (gemma.answer, gemma.kind) == ("no", "dropped")
    assert gemma.because.startswith("MIT leaves out what Gemma Terms of Use requires you to pass on.")
    other = judge(parse("LicenseRef-exaone-1.2-nc"), "includes", parse("LicenseRef-exaone-1.1-nc"), terms_of)
    assert (other.answer, other.kind) == ("unclear", "another_publisher")
    assert other.because.startswith("EXAONE AI Model License Agreement 1.1 - NC has restrictions like those")


def test_a_name_of_several_licenses_says_which_one_is_asked_about() -> None:
    found = judge(parse("LicenseRef-kimi-k2"), "finetune", parse("modified-mit"), terms_of)
    assert (found.answer, found.kind) == ("unclear", "shared")
    assert "LicenseRef-kimi-k2 is one of them" in found.because


def test_a_family_of_licenses_is_no_license_that_keeps_the_terms() -> None:
    found = verdict(Facts(ISC=made("ISC", "own_part")), "ISC", "openrail")
    assert (found.answer, found.kind) == ("unclear", "no_license")
    assert found.because.startswith("LicenseRef-openrail names a family or no license at all, so it is not known")
    assert found.because.endswith("it keeps the terms of The ISC terms. Because of ISC.")


def test_what_excludes_nothing() -> None:
    pair = [(parse("ISC"), "merge"), (parse("MIT"), "merge")]
    free = made("Zlib", "any")
    assert list(clashes(pair, Facts(ISC=STRICT._replace(no_further_restrictions=None), MIT=LIMITED))) == []
    assert list(clashes(pair, Facts(ISC=STRICT._replace(limits=(NC,)), MIT=LIMITED._replace(limits=(NC,))))) == []
    assert list(clashes(pair, Facts(ISC=STRICT._replace(compatible=("MIT",)), MIT=LIMITED))) == [], "it is named"
    assert list(clashes(pair, Facts(ISC=STRICT, MIT=LIMITED._replace(limits=(Limit("other", "", "1"),))))) == []
    assert list(clashes([(parse("ISC"), "merge")], Facts(ISC=STRICT._replace(limits=(NC,))))) == []
    three = [(parse("Zlib"), "merge"), *pair]
    assert [v.kind for v in clashes(three, Facts(ISC=STRICT, MIT=LIMITED, Zlib=free))] == ["excluded"]
    twice = [*pair, *pair]
    assert len(list(clashes(twice, Facts(ISC=STRICT, MIT=LIMITED)))) == 1


@pytest.mark.parametrize(("act", "answer"), [("no", "no"), ("conditional", "unclear"), ("unclear", "unclear")])
def test_a_model_that_may_not_improve_others_in_a_merge(act: str, answer: str) -> None:
    bar = Limit("competing_models", "No others.", "5")
    acts = {"train_other_models_on_outputs": Answer(act, "Said.", "4")}
    facts = Facts(ISC=made("ISC", "any", limits=(bar,), acts=acts))
    merged = [(parse("MIT"), "merge"), (parse("ISC"), "merge")]
    said = "The ISC terms may not be used to improve models outside its own family, and MIT is one."
    assert list(clashes(merged, facts)) == [Verdict(answer, "competing", said, (ref("ISC", "5"),))]
    assert list(clashes([(parse("ISC"), "merge"), (parse("ISC"), "merge")], facts)) == []
    assert list(clashes([(parse("MIT"), "finetune"), (parse("ISC"), "merge")], facts)) == []
    outputs = Facts(ISC=made("ISC", "any", limits=(bar._replace(of_outputs=True),), acts=acts))
    assert list(clashes(merged, outputs)) == []


def test_several_bases_give_the_reasons_of_the_strictest() -> None:
    facts = Facts(ISC=made("ISC", "same"), MIT=made("MIT", "same"), Zlib=made("Zlib", "any"))
    bases = tuple(map(parse, ("ISC", "MIT", "Zlib")))
    found = derive_from(bases, "merge", parse("NCSA"), facts)
    assert found.answer == "no"
    assert found.because == (
        "The ISC terms requires the same license, and NCSA is another. Because of ISC. "
        "The MIT terms requires the same license, and NCSA is another. Because of MIT."
    )
    assert set(found.clauses) == {ref(key, clause) for key in ("ISC", "MIT") for clause in ("2", "1 publish_merge")}
    two = derive_from(bases[:2], "merge", parse("NCSA"), facts)
    assert two.because == found.because
    one = derive_from(bases[:1], "merge", parse("NCSA"), facts)
    assert one.because == "The ISC terms requires the same license, and NCSA is another. Because of ISC."


def test_a_clash_of_bases_is_the_only_reason_given() -> None:
    facts = Facts(ISC=STRICT, MIT=LIMITED)
    found = derive_from((parse("ISC"), parse("MIT")), "merge", parse("NCSA"), facts)
    assert (found.program.kind, found.answer) == ("excluded", "no")
    assert found.because.endswith("so a work of both cannot be published.")


def test_training_data_binds_under_one_reading_only() -> None:
    facts = Facts(ISC=made("ISC", "same"))
    found = derive_from((parse("ISC"),), "trained_on", parse("MIT"), facts)
    free = "The license of training data then binds nothing here, and you may choose any license."
    assert found.source == Verdict("yes", "not_source", free, ())
    assert (found.program.answer, found.answer) == ("no", "unclear")
    assert found.because == (
        f"If training data counts as source code: {found.program.because} If weights count as source code: {free}"
    )
    for relation in RELATIONS:
        if relation != "trained_on":
            same = derive_from((parse("ISC"),), relation, parse("MIT"), facts)
            assert same.program == same.source


def test_training_code_that_was_run_binds_by_what_it_says_of_output() -> None:
    acts = {"use_outputs": Answer("conditional", "Outputs owe a notice.", "7")}
    facts = Facts(ISC=made("ISC", "same", acts=acts, limits=(NC,)))
    found = code_that_was_run((parse("ISC"), parse("MIT")), facts)
    assert found.program == found.source
    assert found.program.kind == "code_that_was_run"
    assert found.answer == "conditional"
    assert found.because == (
        "Training code that was only run is not part of the weights, so its license binds them only where it mentions "
        "what the code produces. Outputs owe a notice."
    )
    assert found.clauses == (ref("ISC", "7"),)
    capped = Facts(ISC=made("ISC", "same", limits=cap("monthly_active_users", 700)))
    assert code_that_was_run((parse("ISC"),), capped, parse_facts(["monthly_active_users=701"])).answer == "no"


def test_a_name_that_several_licenses_share_is_never_the_same_license() -> None:
    facts = Facts()
    found = verdict(facts, "modified-mit", "LicenseRef-kimi-k2")
    assert (found.answer, found.kind) == ("unclear", "shared")
    assert found.clauses == (ref("LicenseRef-modified-mit", "1 publish_finetune"),)
    back = verdict(facts, "LicenseRef-kimi-k2", "modified-mit")
    assert (back.answer, back.because) == ("unclear", found.because)
    assert "LicenseRef-modified-mit" in found.because.split("LicenseRef-kimi-k2")[0], "the name comes first"
    barred = Facts({"LicenseRef-kimi-k2": made("LicenseRef-kimi-k2", "none")})
    assert verdict(barred, "LicenseRef-kimi-k2", "modified-mit").kind == "none"
    unread = Facts({"LicenseRef-kimi-k2": made("LicenseRef-kimi-k2", "none", read=False)})
    assert verdict(unread, "LicenseRef-kimi-k2", "modified-mit").kind == "shared"
