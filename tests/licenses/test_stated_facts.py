"""Facts that users state: how they are read, and what they make of an answer."""

from __future__ import annotations

import pytest

from generator import rights
from generator.errors import CharterError
from generator.licenses.catalog import parse
from generator.licenses.derive import derive_from
from generator.licenses.facts import begins, decide, is_settled, is_still_owed, parse_facts, still_open
from generator.licenses.lineage import Flow
from generator.licenses.rights import compose_rights
from generator.licenses.terms import Answer, Limit, Obligation, Terms, terms_of
from generator.release.vocabulary import ACTS
from tests.licenses.made import Facts, made

CAP = Limit("user_cap", "Few users.", "8", threshold=("monthly_active_users", 700))
SOFT = CAP._replace(above="unclear")
EU = Limit("geography", "Not here.", "7", countries=("DE", "FR"))
BARRED = EU._replace(there="no")
NC = Limit("noncommercial", "Not for sale.", "9")
RESEARCH = Limit("research_only", "For research.", "5")
NAME = Obligation("naming_prefix", ("publish_finetune", "redistribute"), "Call it Llama.", "6", prefix="Llama")
SHARE = Obligation("share_alike", ("redistribute",), "Share it.", "3")


@pytest.mark.parametrize(
    ("stated", "key", "value"),
    [
        ("monthly_active_users=5_000", "monthly_active_users", 5000),
        ("monthly_active_users=700,000,000", "monthly_active_users", 700000000),
        (" annual_revenue_usd = 0 ", "annual_revenue_usd", 0),
        ("country=de", "country", "DE"),
        ("purpose=research", "purpose", "research"),
        ("name= Llama Story ", "name", "Llama Story"),
        ("name=a=b", "name", "a=b"),
    ],
)
def test_a_fact_is_read(stated: str, key: str, value: str | int) -> None:
    assert dict(parse_facts([stated])) == {key: value}


REMEDIES = {
    "purpose": "Known: commercial, noncommercial, research.",
    "users": "Known: monthly_active_users, annual_revenue_usd, country, purpose, name.",
    "monthly_active_users": "Write monthly_active_users=700000000.",
    "annual_revenue_usd": "Write annual_revenue_usd=700000000.",
    "country": "Write two letters of ISO 3166, as in DE.",
    "name": "Write name=VALUE.",
    "nothing": "Write --fact KEY=VALUE, such as --fact monthly_active_users=5000.",
}


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ("nothing", "`=` is missing"),
        ("users=5", "'users' is no"),
        ("monthly_active_users=many", "monthly_active_users: 'many' is not a whole number"),
        ("monthly_active_users=1.5", "'1.5' is not a whole number"),
        ("monthly_active_users=", "'' is not a whole number"),
        (f"annual_revenue_usd={'9' * 19}", "is not a whole number"),
        ("country=DEU", "country: 'DEU' is not a country code"),
        ("country=D1", "is not a country code"),
        ("purpose=fun", "purpose: 'fun' is not one"),
        ("name=", "name: no value"),
    ],
)
def test_a_fact_that_cannot_be_read_is_named_with_a_way_out(stated: str, message: str) -> None:
    with pytest.raises(CharterError) as caught:
        parse_facts([stated])
    assert message in str(caught.value)
    assert caught.value.remedy == REMEDIES[stated.partition("=")[0]]


@pytest.mark.parametrize("stated", [None, [], {}])
def test_no_facts(stated: list[str] | dict[str, object] | None) -> None:
    assert dict(parse_facts(stated)) == {}


def test_facts_in_a_mapping() -> None:
    assert dict(parse_facts({"country": "fr", "monthly_active_users": 12})) == {
        "country": "FR",
        "monthly_active_users": 12,
    }


@pytest.mark.parametrize(
    ("limit", "facts", "open_"),
    [
        (CAP, "monthly_active_users=701", True),
        (CAP, "monthly_active_users=700", False),
        (CAP, "monthly_active_users=0", False),
        (CAP, "annual_revenue_usd=1", True),
        (CAP, "purpose=research", True),
        (EU, "country=DE", True),
        (EU, "country=FR", True),
        (EU, "country=US", False),
        (EU, "purpose=research", True),
        (CAP, "country=US", True),
        (NC, "purpose=commercial", True),
        (NC, "purpose=noncommercial", False),
        (NC, "purpose=research", True),
        (NC, "country=US", True),
        (RESEARCH, "purpose=commercial", True),
        (RESEARCH, "purpose=noncommercial", True),
        (RESEARCH, "purpose=research", False),
        (Limit("military", "No.", "1"), "purpose=research", True),
    ],
)
def test_whether_a_limit_is_still_a_condition(limit: Limit, facts: str, open_: bool) -> None:
    assert still_open(limit, parse_facts([facts])) is open_


@pytest.mark.parametrize(
    ("license_rule", "facts", "owed"),
    [
        (NAME, "name=Llama-Story", False),
        (NAME, "name=llama story", False),
        (NAME, "name=Story-Llama", True),
        (NAME, "purpose=research", True),
        (SHARE, "name=Llama-Story", True),
    ],
)
def test_whether_an_obligation_is_still_owed(license_rule: Obligation, facts: str, owed: bool) -> None:
    assert is_still_owed(license_rule, parse_facts([facts])) is owed


@pytest.mark.parametrize(
    ("name", "prefix", "does"),
    [("Llama-3", "Llama", True), (" LLAMA x", "llama", True), ("My Llama", "Llama", False), ("Llam", "Llama", False)],
)
def test_a_name_that_begins_with_a_word(name: str, prefix: str, does: bool) -> None:
    assert begins(name, prefix) is does


@pytest.mark.parametrize(
    ("limit", "facts", "answer", "said"),
    [
        (CAP, "monthly_active_users=701", "no", "monthly_active_users of 701 is above 700: Few users."),
        (SOFT, "monthly_active_users=701", "unclear", "monthly_active_users of 701 is above 700: Few users."),
        (CAP, "monthly_active_users=700", None, ""),
        (CAP, "annual_revenue_usd=701", None, ""),
        (EU, "country=DE", "unclear", "DE is a country of which the terms say more: Not here."),
        (BARRED, "country=FR", "no", "FR is a country of which the terms say more: Not here."),
        (BARRED, "country=US", None, ""),
        (BARRED, "purpose=research", None, ""),
        (NC, "purpose=commercial", "no", "The purpose given is commercial: Not for sale."),
        (NC, "purpose=noncommercial", None, ""),
        (NC, "purpose=research", None, ""),
        (RESEARCH, "purpose=commercial", "no", "The purpose given is commercial: For research."),
        (RESEARCH, "purpose=noncommercial", None, ""),
        (Limit("military", "No.", "1"), "purpose=commercial", None, ""),
        (NC, "country=DE", None, ""),
    ],
)
def test_what_a_fact_makes_of_a_limit(limit: Limit, facts: str, answer: str | None, said: str) -> None:
    found = decide(made("MIT", limits=(limit,)), "use", parse_facts([facts]))
    assert (found.answer if found else None) == answer
    if found:
        assert (found.because, found.clause) == (said, limit.clause)


@pytest.mark.parametrize("act", ACTS)
def test_a_limit_to_a_purpose_leaves_outputs_patents_and_marks_to_the_text(act: str) -> None:
    found = decide(made("MIT", limits=(NC,)), act, parse_facts(["purpose=commercial"]))
    beside = act in ("use_outputs", "train_other_models_on_outputs", "patent_use", "trademark_use")
    assert (found is None) is beside


def test_a_name_decides_the_acts_that_owe_it() -> None:
    terms = made("MIT", obligations=(SHARE, NAME))
    found = decide(terms, "publish_finetune", parse_facts(["name=Story"]))
    assert found
    assert (found.answer, found.clause) == ("no", "6")
    assert found.because == "The name Story does not begin with Llama: Call it Llama."
    assert decide(terms, "use", parse_facts(["name=Story"])) is None
    assert decide(terms, "publish_finetune", parse_facts(["name=Llama Story"])) is None
    assert decide(terms, "publish_finetune", parse_facts(["country=DE"])) is None


@pytest.mark.parametrize("limits", [(EU, CAP), (CAP, EU)])
def test_of_two_decisions_the_stricter_counts(limits: tuple[Limit, ...]) -> None:
    facts = parse_facts(["country=DE", "monthly_active_users=701"])
    found = decide(made("MIT", limits=limits), "use", facts)
    assert found
    assert (found.answer, found.clause) == ("no", "8")


def conditional(
    clause: str | None, *, limits: tuple[Limit, ...] = (), license_rules: tuple[Obligation, ...] = ()
) -> Terms:
    """Terms under which passing on is conditional for a reason in a clause."""
    return made(
        "MIT", acts={"redistribute": Answer("conditional", "If.", clause)}, limits=limits, obligations=license_rules
    )


@pytest.mark.parametrize(
    ("terms", "facts", "met"),
    [
        (conditional("9", limits=(NC,)), "purpose=noncommercial", True),
        (conditional("9", limits=(NC,)), "purpose=commercial", False),
        (conditional("9", limits=(NC, CAP)), "purpose=noncommercial", False),
        (conditional("9", limits=(NC,), license_rules=(SHARE,)), "purpose=noncommercial", False),
        (conditional("9", limits=(NC,), license_rules=(NAME._replace(acts=("use",)),)), "purpose=noncommercial", True),
        (conditional("6", license_rules=(NAME,)), "name=Llama", True),
        (conditional("6", license_rules=(NAME,)), "name=Story", False),
        # a condition that is no obligation and no limit is met by no fact
        (conditional("2", limits=(NC,)), "purpose=noncommercial", False),
        (conditional("2", license_rules=(NAME,)), "name=Llama", False),
        (conditional(None, limits=(NC,)), "purpose=noncommercial", False),
    ],
)
def test_facts_settle_an_act_only_where_they_meet_all_its_conditions(terms: Terms, facts: str, met: bool) -> None:
    given = parse_facts([facts])
    assert is_settled(terms, "redistribute", given) is met
    (right,) = compose_rights(
        (Flow(parse("MIT"), "", (), program=True, source=True),), Facts(MIT=terms), given, ("redistribute",)
    )
    if met:
        assert (right.answer, right.because) == (
            "yes",
            f"The facts that are given meet the only conditions of this license: {facts}.",
        )
        assert [ref.clause for ref in right.clauses] == [terms.acts["redistribute"].clause]
    else:
        assert right.answer != "yes"


@pytest.mark.parametrize("answer", ["yes", "unclear", "no"])
def test_facts_that_meet_conditions_change_no_other_answer(answer: str) -> None:
    terms = made("MIT", acts={"redistribute": Answer(answer, "Said.", "9")}, limits=(NC,))
    flows = (Flow(parse("MIT"), "", (), program=True, source=True),)
    given = parse_facts(["purpose=noncommercial"])
    (right,) = compose_rights(flows, Facts(MIT=terms), given, ("redistribute",))
    assert (right.answer, right.because) == (answer, "Said.")


@pytest.mark.parametrize(("answer", "because"), [("no", "Said."), ("yes", "FR is a"), ("unclear", "Said.")])
def test_a_decision_replaces_only_a_freer_answer(answer: str, because: str) -> None:
    terms = made("MIT", acts={"use": Answer(answer, "Said.", "9", ("conditional",))}, limits=(EU,))
    flows = (Flow(parse("MIT"), "", (), program=True, source=True),)
    (right,) = compose_rights(flows, Facts(MIT=terms), parse_facts(["country=FR"]), ("use",))
    assert right.because.startswith(because)
    assert (right.contested == ()) is (answer == "yes")


@pytest.mark.parametrize(
    ("license_", "act", "purpose", "answer"),
    [
        ("LicenseRef-llama1", "use_outputs", "commercial", "no"),
        ("LicenseRef-llama1", "use_outputs", "research", "conditional"),
        ("LicenseRef-mistral-research", "train_other_models_on_outputs", "commercial", "no"),
        ("LicenseRef-stability-nc-research", "train_other_models_on_outputs", "commercial", "no"),
        ("LicenseRef-stability-nc-research", "use_outputs", "commercial", "unclear"),
        ("LicenseRef-flux-1-dev-nc", "use_outputs", "commercial", "conditional"),
        ("LicenseRef-llama1", "trademark_use", "commercial", "no"),
        ("CC-BY-NC-4.0", "patent_use", "commercial", "no"),
    ],
)
def test_a_purpose_decides_about_outputs_where_the_text_reaches_them(
    license_: str, act: str, purpose: str, answer: str
) -> None:
    flow = Flow(parse(license_), "", (), program=True, source=True)
    (right,) = compose_rights([flow], terms_of, parse_facts([f"purpose={purpose}"]), (act,))
    assert right.answer == answer


def test_outputs_that_may_not_be_sold_are_no_source_of_what_is_sold() -> None:
    commercial = parse_facts(["purpose=commercial"])
    for given, answer in ((commercial, "no"), (parse_facts(["purpose=research"]), "unclear")):
        found = derive_from((parse("LicenseRef-llama1"),), "outputs_of", parse("MIT"), terms_of, given)
        assert found.answer == answer


@pytest.mark.parametrize("license_", ["cc-by-nc-4.0", "cc-by-nc-sa-4.0"])
def test_a_fact_that_settles_an_act_is_named(license_: str) -> None:
    (entry,) = rights(license_, given={"purpose": "noncommercial", "country": "PL"}).to_dict()["layers"]
    found = {right["act"]: (right["answer"], right["because"]) for right in entry["rights"]}
    for act in ("use", "modify", "finetune"):
        assert found[act][0] == "yes"
        assert "purpose=noncommercial" in found[act][1]
        assert "PL" not in found[act][1]
    assert found["redistribute"][0] == found["host_as_service"][0] == "conditional"


def test_making_an_adaptation_under_cc_3_0_still_owes_the_label_on_each_change() -> None:
    (entry,) = rights("cc-by-nc-3.0", given={"purpose": "noncommercial"}).to_dict()["layers"]
    assert {right["act"]: right["answer"] for right in entry["rights"]}["modify"] == "conditional"
