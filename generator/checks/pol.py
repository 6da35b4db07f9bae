"""POL: what an organization's own policy allows and blocks (`charter check --policy FILE`)."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.documents.words import relation_words
from generator.licenses.assess import ItemAssessment
from generator.licenses.lineage import Flow
from generator.licenses.policy import BLOCKED, NOT_ALLOWED, UNKNOWN, PolicyDecision
from generator.named_tuple import NamedTuple
from generator.release.vocabulary import OWN
from generator.translations import gettext as _


class _Case(NamedTuple):
    """A license that is against the policy, and the item that has or inherits it."""

    item: ItemAssessment
    flow: Flow
    decision: PolicyDecision


@rule("POL101", "license-blocked", "error")
def license_blocked(subject: Subject) -> Iterator[Problem]:
    """The policy blocks a license that an item has or inherits.

    The policy is a file of your organization: `charter check --policy FILE`. The rule compares the license of each
    released item, and all licenses that it inherits, with the entries under `block`. A license that an item inherits
    only if training data counts as source code is a warning.

    Bad: where the policy has `block: [{licenses: [AGPL-3.0-only]}]`

        weights: {availability: released, license: AGPL-3.0-only}

    Good:

        weights: {availability: released, license: Apache-2.0}
    """
    yield from _hits(
        subject, BLOCKED, _("Use another license or another source, or ask for an exception to the policy.")
    )


@rule("POL102", "license-not-allowed", "error")
def license_not_allowed(subject: Subject) -> Iterator[Problem]:
    """The policy has a list of allowed licenses, and a license that an item has or inherits is not on it.

    Bad: where the policy has `allow: [{licenses: [Apache-2.0, MIT]}]`

        weights: {availability: released, license: GPL-3.0-only}

    Good:

        weights: {availability: released, license: MIT}
    """
    yield from _hits(subject, NOT_ALLOWED, _("Use an allowed license, or ask to add this one to the policy."))


@rule("POL103", "license-not-comparable", "warning")
def license_not_comparable(subject: Subject) -> Iterator[Problem]:
    """The policy has a list of allowed licenses, and a license that an item has or inherits is not known.

    Bad: where the policy has `allow: [{licenses: [Apache-2.0, MIT]}]`

        derived_from: [{ref: some-lab/some-model, relation: finetune}]

    Good:

        derived_from: [{ref: some-lab/some-model, license: Apache-2.0, relation: finetune}]
    """
    yield from _hits(subject, UNKNOWN, _("State the license."))


def _hits(subject: Subject, kind: str, remedy: str) -> Iterator[Problem]:
    for item, flow, decision in _cases(subject):
        if decision.kind == kind:
            source = f"{relation_words(flow.relation)} {flow.via[-1]}: " if flow.via else ""
            at = place(item, "license")
            for number, upstream in enumerate(item.item.derived_from):
                if flow.via and upstream.ref == flow.via[0]:
                    at = place(item, "derived_from", number, "license")
            severity = "warning" if flow.framing != "both" else None
            message = f"{label_of(item)}: {source}{decision.because}"
            yield Problem(message, remedy, at, item, framing=flow.framing, severity=severity)


def _cases(subject: Subject) -> Iterator[_Case]:
    """What is against the policy, each license once for an item and a relation."""
    if subject.policy is None:
        return
    for item in subject.assessment.items:
        seen: set[tuple[str, PolicyDecision]] = set()
        for flow in item.flows if item.is_available else ():
            relation = flow.relation or OWN
            if not flow.framing or (relation == OWN and flow.license is None):
                continue  # that an item states no license of its own is a finding of REL
            decision = subject.policy.decide(flow.license, (item.layer,), relation)
            if decision and (relation, decision) not in seen:
                seen.add((relation, decision))
                yield _Case(item, flow, decision)
