"""ART, the lineage: do configurations name the same bases as the release file or the card?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.artifacts.bases import hub_ref, is_path, is_quantized
from generator.artifacts.gguf import UNQUANTIZED
from generator.artifacts.survey import QUANTIZED, Base
from generator.artifacts.weights import CONVERTED, WEIGHTS, file_ending
from generator.checks.art.files import format_paths, items_of
from generator.checks.registry import Problem, Subject, rule
from generator.translations import gettext as _


@rule("ART104", "base-not-declared", "warning")
def base_not_declared(subject: Subject) -> Iterator[Problem]:
    """A configuration names a base model that the lineage does not.

    The terms of a base apply to what was made from it, even if the release file does not mention it. The rule checks
    `base_model_name_or_path` in adapter_config.json and `_name_or_path` in config.json.

    Bad: where adapter_config.json names meta-llama/Llama-2-7b-hf

        deltas: {form: adapter, availability: released, license: MIT, files: ["adapter_*"]}

    Good:

        deltas:
          form: adapter
          availability: released
          license: MIT
          files: ["adapter_*"]
          derived_from: [{ref: meta-llama/Llama-2-7b-hf, license: llama2, relation: adapter}]
    """
    for base in subject.survey.bases:
        ref = base.upstream.ref
        if base.upstream.relation != "merge" and not is_path(ref) and not _is_declared(subject, ref):
            yield _report_undeclared(subject, base)


@rule("ART105", "base-is-local", "warning")
def base_is_local(subject: Subject) -> Iterator[Problem]:
    """A configuration names the base by a path on your machine: nobody else can load or trace it.

    Bad: in adapter_config.json

        {"base_model_name_or_path": "/data/models/llama-2-7b"}

    Good:

        {"base_model_name_or_path": "meta-llama/Llama-2-7b-hf"}
    """
    for base in subject.survey.bases:
        if is_path(base.upstream.ref) and base.upstream.ref.strip("./"):
            key = base.word.strip('"') if base.upstream.relation != "merge" else _("a parent")
            yield Problem(
                _("{file}: {key} is a path on your machine, {ref}.").format(
                    file=base.file, key=key, ref=base.upstream.ref
                ),
                _("Write the base's Hub repo id, `ORG/NAME`."),
                at=subject.survey.at(base.file, base.word),
            )


@rule("ART106", "quantization-not-declared", "warning")
def quantization_not_declared(subject: Subject) -> Iterator[Problem]:
    """The weights are quantized, but no base model is stated.

    A `quantization_config` in config.json or a GGUF file with packed numbers shows it. Terms for derivatives apply to
    quantized weights too.

    Bad: where config.json has a `quantization_config`

        weights: {availability: released, license: MIT, files: ["*.safetensors"]}

    Good:

        weights:
          availability: released
          license: MIT
          files: ["*.safetensors"]
          derived_from: [{ref: borealis-lab/borealis-7b, license: MIT, relation: quantized}]
    """
    survey = subject.survey
    marks = [(path, '"quanti') for path in survey.files_named("config.json")]
    marks = [(path, word) for path, word in marks if is_quantized(survey.table(path))]
    marks += [(path, "bits") for path in survey.files_named(*QUANTIZED)]
    for path, gguf in survey.ggufs.items():
        if gguf.general and gguf.general.get("file_type") not in UNQUANTIZED:
            marks.append((path, ""))
    undeclared = [(path, word) for path, word in marks if not _is_stated_as_quantized(subject, path, gguf=not word)]
    if undeclared:
        path, word = undeclared[0]
        yield Problem(
            _("{files}: quantized, but no base model is stated.").format(
                files=format_paths(path for path, _ in undeclared)
            ),
            _remedy(subject, "ORG/NAME", "quantized"),
            at=survey.at(path, *([word] if word else [])),
        )


@rule("ART107", "merge-parent-not-declared", "warning")
def merge_parent_not_declared(subject: Subject) -> Iterator[Problem]:
    """mergekit_config.yml names a model of the merge that the lineage does not.

    A merge inherits the terms of all its parents.

    Bad: where mergekit_config.yml names lab/a and lab/b

        derived_from: [{ref: lab/a, license: Apache-2.0, relation: merge}]

    Good:

        derived_from:
          - {ref: lab/a, license: Apache-2.0, relation: merge}
          - {ref: lab/b, license: gemma, relation: merge}
    """
    for base in subject.survey.bases:
        ref = base.upstream.ref
        if base.upstream.relation == "merge" and not is_path(ref) and not _is_declared(subject, ref):
            yield _report_undeclared(subject, base)


def _is_declared(subject: Subject, ref: str) -> bool:
    """Whether an upstream of any item, or the release itself, is this one; a name without an owner fits any owner."""
    wanted = (hub_ref(ref) or ref).strip("/").casefold()
    refs = [upstream.ref for item in subject.assessment.items for upstream in item.item.derived_from]
    if not subject.stated:  # then bases come from these files too
        refs = [*(subject.survey.card.base_models if subject.survey.card else ())]
    known = {(hub_ref(known) or known).strip("/").casefold() for known in (*refs, subject.release.release.repo or "")}
    if wanted.rpartition("/")[2] in _own_names(subject):
        return True
    bare = {known.rpartition("/")[2] for known in known if "/" not in wanted or "/" not in known}
    return wanted in known or wanted.rpartition("/")[2] in bare - {""} or _is_itself(subject, wanted)


def _is_itself(subject: Subject, ref: str) -> bool:
    """Whether a name without an owner is the beginning of the model's own name: the folder that it was saved from."""
    if "/" in ref:
        return False
    folder = subject.release.folder
    names = (subject.release.release.name, subject.release.release.repo or "", folder.absolute().name if folder else "")
    plain = re.sub(r"[^a-z0-9]+", "-", ref)
    own = [re.sub(r"[^a-z0-9]+", "-", name.rpartition("/")[2].casefold()) for name in names]
    return any(name == plain or name.startswith(f"{plain}-") for name in own)


def _own_names(subject: Subject) -> frozenset[str]:
    """What the model itself is called; nothing where all weights were converted, which keep the name of their base."""
    survey = subject.survey
    ends = {file_ending(path) for path in survey.ending_in(*WEIGHTS)}
    if ends and ends <= CONVERTED:
        return frozenset()
    names = [subject.release.release.name.replace(" ", "-"), survey.folder.absolute().name]
    return frozenset(name.casefold() for name in names if name)


def _report_undeclared(subject: Subject, base: Base) -> Problem:
    ref = base.upstream.ref
    if subject.stated:
        message = _("{file} names the base {ref}, but the release file does not.")
    else:
        message = _("{file} names the base {ref}, but the card does not.")
    return Problem(
        message.format(file=base.file, ref=ref),
        _remedy(subject, ref, base.upstream.relation),
        at=subject.survey.at(base.file, base.word),
    )


def _remedy(subject: Subject, ref: str, relation: str) -> str:
    if subject.stated:
        return _("Write `derived_from: [{{ref: {ref}, license: …, relation: {relation}}}]`, with its license.").format(
            ref=ref, relation=relation
        )
    return _("Add `base_model: {ref}` and `base_model_relation: {relation}` to the card's front matter.").format(
        ref=ref, relation=relation
    )


def _is_stated_as_quantized(subject: Subject, path: str, *, gguf: bool) -> bool:
    """Whether an item is stated as quantized: one that covers the file, for GGUF; else any."""
    items = (items_of(subject, path) if gguf else []) or [i for i in subject.assessment.items if i.is_available]
    if not subject.stated:
        # The Hub takes the relation from the files, so a card that names a base is enough.
        return bool(subject.survey.card and subject.survey.card.base_models)
    return any(
        item.item.form == "quantized" or any(up.relation == "quantized" for up in item.item.derived_from)
        for item in items
    )
