"""LIN: lineage, the terms that an item inherits from its base models and source data sets."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks.edges import Edge, and_more, edges, known_as_of
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import hub_id
from generator.licenses.derive import ACT_OF, HOLDING_WEIGHTS, clashes
from generator.licenses.facts import begins
from generator.licenses.known_bases import find_base, is_data
from generator.licenses.lineage import OUTPUTS, Flow
from generator.licenses.rights import ClauseRef
from generator.licenses.terms import Obligation
from generator.translations import gettext as _
from generator.translations import mark_text

_WORKS = {
    "finetune": mark_text("a work fine-tuned from {source}"),
    "adapter": mark_text("an adapter for {source}"),
    "diff": mark_text("a diff against {source}"),
    "quantized": mark_text("a work quantized from {source}"),
    "merge": mark_text("a work merged from {source}"),
    "distilled": mark_text("a work distilled from {source}"),
    "trained_on": mark_text("a work trained on {source}"),
    "outputs_of": mark_text("a work trained on outputs of {source}"),
    "includes": mark_text("a work that includes {source}"),
    "trained_with": mark_text("a work trained with {source}"),
}
"""A work, by how it was made from its source."""
_OF_MODELS = ("finetune", "adapter", "diff", "quantized", "merge")
"""How a model is made from a base model."""


@rule("LIN201", "upstream-license-dropped", "error")
def upstream_license_dropped(subject: Subject) -> Iterator[Problem]:
    """The license of an item leaves out terms that a base model or source data set requires you to pass on.

    A full fine-tune of Llama 2 cannot be Apache-2.0: it contains the base, and Meta grants no right to sublicense it.
    Terms that apply only if training data counts as source code are a warning.

    Bad:

        weights:
          license: Apache-2.0
          derived_from: [{ref: meta-llama/Llama-2-7b-hf, license: llama2, relation: finetune}]

    Good:

        weights:
          license: llama2
          derived_from: [{ref: meta-llama/Llama-2-7b-hf, license: llama2, relation: finetune}]
    """
    for edge in edges(subject):
        if edge.verdict.answer == "no":
            yield _to_problem(
                edge,
                _("{part}: {work} ({terms}) cannot be licensed under {license}.").format(
                    part=label_of(edge.item),
                    work=_format_work(edge),
                    terms=edge.terms,
                    license=edge.item.license,
                ),
                _remedy(edge),
                "error" if edge.flow.framing == "both" else "warning",
            )


@rule("LIN202", "upstream-terms-inherited", "warning")
def upstream_terms_inherited(subject: Subject) -> Iterator[Problem]:
    """The license is allowed, and the terms of a base model or data set must be passed on beside it or in it.

    A LoRA of Llama 2 without base weights can be Apache-2.0, since it is the publisher's own work. The agreement, the
    use policy and the other conditions must still be passed on. `charter build` writes both.

    Bad: nothing is wrong with it, but recipients must know about both

        deltas:
          license: Apache-2.0
          derived_from: [{ref: meta-llama/Llama-2-7b-hf, license: llama2, relation: adapter}]

    Good: the same, accepted once the card says so

        accept: [{rule: LIN202, reason: The card names the inherited terms; 2026-05-02.}]
    """
    for edge in edges(subject):
        is_reported = edge.verdict.kind in ("own_part", "contains", "own_terms", "act") or (
            edge.verdict.kind == "beside" and _passes_on(edge)
        )
        if edge.verdict.answer == "conditional" and is_reported:
            yield _to_problem(
                edge,
                _("{part}: {work} must pass on its terms ({terms}).").format(
                    part=label_of(edge.item), work=_format_work(edge), terms=edge.terms
                ),
                _("Say so in the card. `charter build` adds the license text, the notices and the policy."),
                "warning",
            )


@rule("LIN203", "lineage-unclear", "warning")
def lineage_unclear(subject: Subject) -> Iterator[Problem]:
    """No text settles whether a work that was made this way can have this license.

    A text that does not answer is no permission. The most common case is training data under a custom license.

    Bad:

        weights:
          license: Apache-2.0
          derived_from: [{ref: microsoft/ms_marco, license: LicenseRef-ms-marco-terms, relation: trained_on}]

    Good: the same, once somebody has decided

        accept: [{rule: LIN203, reason: Counsel confirmed on 2026-05-02., until: 2027-05-02}]
    """
    for edge in edges(subject):
        if edge.verdict.answer == "unclear":
            yield _to_problem(
                edge,
                _("{part}: it is not settled whether {work} ({terms}) can be licensed under {license}.").format(
                    part=label_of(edge.item),
                    work=_format_work(edge),
                    terms=edge.terms,
                    license=edge.item.license,
                ),
                _("Ask its owner, or accept this finding with the reason and the date."),
                "warning",
            )


@rule("LIN204", "upstream-license-unknown", "warning")
def upstream_license_unknown(subject: Subject) -> Iterator[Problem]:
    """The license of a base model or data set is not stated and was not found. It is never treated as permissive.

    charter searches the folder that `ref` names, the Hub's cache on this machine, and the table of known bases
    (`charter licenses --base ID`). It is an error for weights and deltas that a release file releases, if the unknown
    license is that of the model they were made from.

    Bad:

        derived_from: [{ref: some-lab/some-model, relation: finetune}]

    Good:

        derived_from: [{ref: some-lab/some-model, license: Apache-2.0, relation: finetune}]
    """
    for item in subject.assessment.items:
        unknown = [flow for flow in item.flows[1:] if flow.license is None and flow.framing]
        for framing in ("both", "program"):
            flows = [flow for flow in unknown if flow.framing == framing]
            if flows and item.is_available:
                message = _("{part}: the license of {source} is not known.").format(
                    part=label_of(item), source=and_more(flows[0].via[-1], len(flows) - 1)
                )
                yield Problem(
                    " ".join(filter(None, (message, _format_known_text(item, flows[0])))),
                    _("Write `license:` beside its `ref`.")
                    if subject.stated
                    else _("Run `charter init`, and write its license into the release file."),
                    _spot(item, flows[0]),
                    item,
                    severity="error" if subject.stated and any(_is_own_base(item, flow) for flow in flows) else None,
                    framing=framing,
                    source=flows[0].via[-1],
                )


def _is_own_base(item: ItemAssessment, flow: Flow) -> bool:
    """Whether terms come from the model that weights or deltas were made from, and from no further up."""
    return item.layer in ("weights", "deltas") and flow.relation in _OF_MODELS and len(flow.via) == 1


@rule("LIN205", "name-prefix-missing", "error")
def name_prefix_missing(subject: Subject) -> Iterator[Problem]:
    """The license of a base model requires a name that begins with a word, and the name does not.

    Llama 3.1 and later require that the name of every model made with them begins with `Llama`. So does the name of a
    model that was trained on their outputs. A name that only mentions it is not enough. The rule checks the name of
    the release and of its repo.

    Bad:

        release: {name: R1-Distill-Llama-8B}

    Good:

        release: {name: Llama-R1-Distill-8B}
    """
    for item in subject.assessment.items:
        if not item.is_available:
            continue
        for license_rule, flow, clause in _prefixes(item):
            names = _names(subject, item)
            for path, name in names:
                if not begins(name, license_rule.prefix):
                    if flow.via:
                        text = _("The license of {source} requires it.")
                        dated = _("The license of {source} requires it, known as of {date}.")
                        why = (dated if flow.as_of else text).format(source=flow.via[-1], date=flow.as_of)
                    else:
                        why = _("Its own license ({license}) requires it.").format(license=flow.license)
                    yield Problem(
                        _("{part}: the name {name} must begin with {prefix}.").format(
                            part=label_of(item), name=name, prefix=license_rule.prefix
                        ),
                        _("For example: {prefix}-{name}").format(prefix=license_rule.prefix, name=name),
                        path,
                        item,
                        (clause,),
                        flow.framing,
                        "error" if flow.framing == "both" else "warning",
                        why=f"{why} {license_rule.detail}",
                        kind=license_rule.prefix,
                    )


@rule("LIN206", "terms-exclude-each-other", "error")
def terms_exclude_each_other(subject: Subject) -> Iterator[Problem]:
    """Two base models have terms that one work cannot meet together.

    GPL-3.0 forbids additional restrictions. Gemma, Llama and RAIL licenses require them. So you cannot distribute a
    merge of the two without extra permission, under any license. A model whose license forbids improving other models
    cannot be merged with a model of another family.

    Bad:

        derived_from:
          - {ref: lab/gpl-model, license: GPL-3.0-only, relation: merge}
          - {ref: google/gemma-2-9b, license: gemma, relation: merge}

    Good:

        derived_from:
          - {ref: lab/apache-model, license: Apache-2.0, relation: merge}
          - {ref: google/gemma-2-9b, license: gemma, relation: merge}
    """
    for item in subject.assessment.items:
        holding = [f for f in item.flows[1:] if f.license and f.relation in HOLDING_WEIGHTS]
        held = [(f.license, f.relation) for f in holding if f.license]
        for verdict in clashes(held, item.license_set.terms) if item.is_available else ():
            clashing = {ref.license for ref in verdict.clauses}
            listed = [f for f in holding if f.as_of and f.license and clashing & {*f.license.ids()}]
            dated = dict.fromkeys(f" {f.via[-1]}: {known_as_of(str(f.license), f)}." for f in listed)
            yield Problem(
                f"{label_of(item)}: {verdict.because}{''.join(dated)}",
                _("Leave one of them out, or ask its owner for permission."),
                place(item),
                item,
                verdict.clauses,
                severity="error" if verdict.answer == "no" else "warning",
            )


@rule("LIN207", "outputs-not-reached", "info")
def outputs_not_reached(subject: Subject) -> Iterator[Problem]:
    """It was made from outputs of another model, and the license of that model does not cover outputs.

    So no terms are inherited. The terms of the service that produced the outputs can still bind you.

    Bad: nothing is wrong with it

        derived_from: [{ref: some-lab/teacher, license: MIT, relation: distilled}]

    Good: the same
    """
    for item in subject.assessment.items:
        flows = [flow for flow in item.flows[1:] if flow.relation in OUTPUTS and not flow.framing]
        if flows and item.is_available:
            names = ", ".join(dict.fromkeys(flow.via[-1] for flow in flows))
            yield Problem(
                _("{part}: made from outputs of {names}, whose license does not cover outputs.").format(
                    part=label_of(item), names=names
                ),
                _("Read the terms of the service that produced the outputs."),
                _spot(item, flows[0]),
                item,
            )


@rule("LIN208", "upstream-license-differs", "warning")
def upstream_license_differs(subject: Subject) -> Iterator[Problem]:
    """The license that is stated for a base model or data set differs from the one in its own folder.

    Bad: where ../base has a card that says `license: llama2`

        derived_from: [{ref: ../base, license: MIT, relation: finetune}]

    Good:

        derived_from: [{ref: ../base, license: llama2, relation: finetune}]
    """
    for item in subject.assessment.items:
        for number, upstream in enumerate(item.item.derived_from):
            origin = subject.assessment.lookup(upstream)
            stated = item.license_set.parse(upstream.license) if upstream.license else None
            if stated and origin and origin.license and origin.license != stated:
                said = _("the license of {ref} is {stated} here, but {license} in its own folder.").format(
                    ref=upstream.ref, stated=stated, license=origin.license
                )
                yield Problem(
                    f"{label_of(item)}: {said}",
                    _("Write `license: {license}`, or correct its card.").format(license=origin.license),
                    place(item, "derived_from", number, "license"),
                    item,
                )


@rule("LIN209", "known-base-differs", "warning")
def known_base_differs(subject: Subject) -> Iterator[Problem]:
    """The license of a base differs from the one in the table of known bases.

    charter uses the license in the release file or in the base's own card. The table has the license that the publisher
    stated at a date. One of the two is wrong, or the publisher changed the license.

    Bad:

        derived_from: [{ref: google/gemma-2-2b, license: MIT, relation: finetune}]

    Good:

        derived_from: [{ref: google/gemma-2-2b, license: gemma, relation: finetune}]
    """
    for item in subject.assessment.items:
        for number, upstream in enumerate(item.item.derived_from):
            origin = subject.assessment.lookup(upstream)
            stated = item.license_set.parse(upstream.license) if upstream.license else None
            used = stated or (origin.license if origin and not origin.as_of else None)
            row = find_base(upstream.ref, data=is_data(item.layer, upstream.relation)) if used else None
            # Of a pinned revision the table may have a later license.
            if row is None or row.disputed or not row.license or (stated and upstream.revision):
                continue
            if used and set(used.ids()) != set(row.license.ids()):
                if stated:
                    message = _(
                        "{part}: {ref} is stated to be under {used}. Its license is {license}, known as of {as_of}."
                    )
                else:
                    message = _(
                        "{part}: {ref} has a card of its own, by which it is under {used}. Its license is {license}, "
                        "known as of {as_of}."
                    )
                yield Problem(
                    message.format(
                        part=label_of(item), ref=upstream.ref, used=used, license=row.license, as_of=row.as_of
                    ),
                    _(
                        "Compare with its page on the Hub. Then correct the license, or accept this finding with"
                        " the date. See: charter licenses --base {ref}"
                    ).format(ref=upstream.ref),
                    place(item, "derived_from", number, "license"),
                    item,
                    kind="",
                )


def _format_known_text(item: ItemAssessment, flow: Flow) -> str:
    """The license text in the table of known bases for a base whose card names no known license; else an empty text."""
    row = find_base(flow.via[-1], data=is_data(item.layer, flow.relation))
    if row is None or row.license:
        return ""
    return _("Its card says {stated}, as of {as_of}.").format(stated=repr(row.stated), as_of=row.as_of)


def _to_problem(edge: Edge, message: str, remedy: str, severity: str) -> Problem:
    at = _spot(edge.item, edge.flow)
    because = edge.verdict.because
    return Problem(message, remedy, at, edge.item, edge.verdict.clauses, edge.flow.framing, severity, why=because)


def _remedy(edge: Edge) -> str:
    names = " ".join(f"--from {hub_id(key) or key}" for key in edge.license.ids())
    if edge.verdict.kind == "none":
        return _("Ask the owner for permission, or don't publish it.")
    if edge.flow.framing == "both":
        text = _("Write `license: {license}`, or list compatible licenses: {command}")
    else:
        text = _("Ask the owner of the data, or list compatible licenses: {command}")
    command = f"charter derive {names} --relation {edge.flow.relation} --as {edge.item.license}"
    return text.format(license=edge.license, command=command)


def _format_work(edge: Edge) -> str:
    """The work in words: what it is to the upstreams."""
    return _(_WORKS[edge.flow.relation]).format(source=edge.named)


def _passes_on(edge: Edge) -> bool:
    """Whether the terms of the base only have to be passed on, beside a license of choice."""
    return any(
        edge.item.license_set.terms(key).derivative.get(edge.flow.relation) == "any_with_passthrough"
        for key in edge.license.ids()
    )


def _spot(item: ItemAssessment, flow: Flow) -> tuple[str | int, ...]:
    """The place in the release file of the upstream that a flow came through; of the item, where it is not its own."""
    for number, upstream in enumerate(item.item.derived_from):
        if upstream is flow.upstream or (flow.upstream is None and flow.via and upstream.ref == flow.via[0]):
            return place(item, "derived_from", number, "license")
    return place(item, "license")


def _prefixes(item: ItemAssessment) -> Iterator[tuple[Obligation, Flow, ClauseRef]]:
    """The naming requirements that an item inherits, each once."""
    seen: set[tuple[str, str]] = set()
    for flow in item.flows[1:]:
        for key in flow.license.ids() if flow.license and flow.framing else ():
            for license_rule in item.license_set.terms(key).obligations:
                wanted = license_rule.prefix and license_rule.clause and ACT_OF[flow.relation] in license_rule.acts
                if wanted and (license_rule.prefix, flow.framing) not in seen:
                    seen.add((license_rule.prefix, flow.framing))
                    yield license_rule, flow, ClauseRef(key, license_rule.clause or "")
    own = item.flows[0] if item.flows else None
    if own is None or own.license is None or all(u.relation == "trained_on" for u in item.item.derived_from):
        return  # the licensor's own model is not made from the licensed one
    for key in own.license.ids() if not own.license.parts else ():
        for license_rule in item.license_set.terms(key).obligations:
            if (
                license_rule.prefix
                and license_rule.clause
                and not any(prefix == license_rule.prefix for prefix, _ in seen)
            ):
                seen.add((license_rule.prefix, "both"))
                yield license_rule, own, ClauseRef(key, license_rule.clause)


def _names(subject: Subject, item: ItemAssessment) -> list[tuple[tuple[str | int, ...], str]]:
    """The names under which an item is published, with their places; its own name if it has a repo of its own."""
    info = subject.release.release
    if item.item.repo and item.item.repo != info.repo:
        own = [(place(item, "name"), item.item.name)] if item.item.name else []
        return [*own, (place(item, "repo"), item.item.repo.rpartition("/")[2])]
    names: list[tuple[tuple[str | int, ...], str]] = [(("release", "name"), info.name)]
    if info.repo:
        names.append((("release", "repo"), info.repo.rpartition("/")[2]))
    return names
