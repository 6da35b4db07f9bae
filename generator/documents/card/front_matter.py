"""The front matter of a card: only what the Hub accepts (hub.md 1), each value quoted where YAML would bend it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from generator.documents.licenses.coverage import Coverage
from generator.documents.training import hub_emissions
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import KNOWLEDGE
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern
from generator.release.model import Release, Result
from generator.release.yaml_text import block, scalar

HUB_RELATIONS = {
    "finetune": "finetune",
    "adapter": "adapter",
    "quantized": "quantized",
    "merge": "merge",
    "diff": "finetune",
}
"""Our relations that make a base model on the Hub, and the Hub's word for each (hub.md 1.2)."""
SPECIAL_LANGUAGES = frozenset({"code", "multilingual"})

_REPO = lazy_pattern(
    r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?/[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?"
)
_DATASET_URL = lazy_pattern(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/datasets/([^/?#]+/[^/?#]+)/?")


class Entry(NamedTuple):
    """One key of the front matter.

    Attributes:
        lines: The key with its value, as YAML lines that end with a line end.
        values: Its entries, where a person's own are kept beside ours (`tags`, `datasets`); else None.
        mapping: Its keys, where a person's own are kept beside ours (`co2_eq_emissions`); else None.
    """

    key: str
    lines: str
    values: tuple[str, ...] | None
    mapping: Mapping[str, Any] | None = None


def front_matter(coverage: Coverage, license_file: str = "LICENSE") -> tuple[Entry, ...]:
    """Return the front matter of the release's card, key by key.

    Args:
        coverage: Which terms cover which files.
        license_file: Where the license text or the index is.
    """
    release = coverage.assessment.release
    info = release.release
    label, name = coverage.card_label
    plain, regional = languages(info.languages)
    fields: list[tuple[str, Any]] = [
        ("license", label),
        ("license_name", name),
        ("license_link", coverage.card_link(license_file) if label == "other" else None),
        ("language", plain),
        ("language_bcp47", regional),
    ]
    fields += _of_dataset(release) if coverage.repo_kind == "dataset" else _of_model(coverage)
    return tuple(_entry(key, value) for key, value in fields if value)


def _of_dataset(release: Release) -> list[tuple[str, Any]]:
    """What the card of a data set has beside its license and languages (hub-docs, datasetcard.md)."""
    info = release.release
    return [
        ("pretty_name", info.name),
        ("task_categories", (info.task,) if info.task else None),
        ("tags", tuple(dict.fromkeys(info.tags))),
    ]


def _of_model(coverage: Coverage) -> list[tuple[str, Any]]:
    release = coverage.assessment.release
    info = release.release
    bases, relation = base_models(coverage.subject)
    return [
        ("library_name", info.library),
        ("pipeline_tag", info.task),
        ("base_model", bases[0] if len(bases) == 1 else bases),
        ("base_model_relation", relation),
        ("datasets", datasets(coverage)),
        ("tags", tuple(dict.fromkeys(info.tags))),
        ("co2_eq_emissions", hub_emissions(release, coverage.subject)),
        ("model-index", _model_index(release)),
    ]


def languages(stated: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the languages that the Hub accepts: codes, and region tags for `language_bcp47`.

    Args:
        stated: Languages of the release; one that is neither is left out (and found by `check`).
    """
    codes: dict[str, None] = {}
    regional: dict[str, None] = {}
    for tag in stated:
        base, _, region = tag.replace("_", "-").partition("-")
        if not is_language(base):
            continue
        codes[base.lower()] = None
        if region:
            regional[f"{base.lower()}-{region}"] = None
    return tuple(codes), tuple(regional)


def is_language(code: str) -> bool:
    """Return whether the Hub accepts a language code: ISO 639, `code` or `multilingual`."""
    return code.lower() in SPECIAL_LANGUAGES or (code.isalpha() and f" {code.lower()} " in _language_codes())


def is_repo_id(text: str) -> bool:
    """Return whether a text looks like a Hub repo id, `namespace/name` (hub.md 6)."""
    return bool(_REPO.fullmatch(text)) and not re.search(r"--|\.\.|\.git\Z|/.*/", text)


def is_hub_ref(text: str) -> bool:
    """Return whether a text can name a repo on the Hub: `namespace/name`, or a bare name such as `gpt2`."""
    return is_repo_id(text) or ("/" not in text and is_repo_id(f"x/{text}"))


def base_models(subject: tuple[ItemAssessment, ...]) -> tuple[tuple[str, ...], str | None]:
    """Return the Hub ids of the base models, and their relation where they have one and the same.

    Args:
        subject: The items that the card is about.
    """
    found: dict[str, str] = {}
    for item in subject:
        for upstream in item.item.derived_from:
            if upstream.relation in HUB_RELATIONS and is_hub_ref(upstream.ref):
                found.setdefault(upstream.ref, HUB_RELATIONS[upstream.relation])
    relations = set(found.values())
    return tuple(found), relations.pop() if len(relations) == 1 else None


def datasets(coverage: Coverage) -> tuple[str, ...]:
    """Return the Hub ids of the data sets: the release's own, and those that its weights were trained on.

    The release's own data belongs to its main model. The card of an adapter in another repo names only what the
    adapter was trained on.
    """
    found: dict[str, None] = {}
    main = coverage.subject[0].layer if coverage.subject else ""
    beside = main == "deltas" and any(
        item.layer == "weights" and item.is_available for item in coverage.assessment.items
    )
    for item in () if beside else coverage.assessment.items:
        if item.layer != "data":
            continue
        problem = _DATASET_URL.fullmatch(item.item.url or "")
        repo = problem.group(1) if problem else (item.item.repo if item.is_available else None)
        if repo and is_repo_id(repo):
            found[repo] = None
    for item in coverage.subject:
        for upstream in item.item.derived_from:
            problem = _DATASET_URL.fullmatch(upstream.ref)
            ref = problem.group(1) if problem else upstream.ref
            if upstream.relation == "trained_on" and is_hub_ref(ref):
                found[ref] = None
    return tuple(found)


def _entry(key: str, value: Any) -> Entry:  # noqa: ANN401 - text, several texts, or the model index
    if isinstance(value, str):
        return Entry(key, f"{key}: {scalar(value)}\n", None)
    if key == "model-index":
        return Entry(key, f"{key}:\n" + "\n".join(block(value)) + "\n", None)
    if isinstance(value, dict):
        return Entry(key, mapping_lines(key, value), None, value)
    lines = "".join(f"- {scalar(entry)}\n" for entry in value)
    return Entry(key, f"{key}:\n{lines}", tuple(value) if key in ("tags", "datasets") else None)


def mapping_lines(key: str, value: Mapping[str, Any]) -> str:
    """Return a key whose value is a mapping, as YAML lines."""
    return f"{key}:\n" + "\n".join(block(dict(value), 1)) + "\n"


def _model_index(release: Release) -> list[dict[str, Any]]:
    """The Hub's `model-index`, results of one task and data set together (hub.md 1.3)."""
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for result in release.results:
        key = (
            result.task,
            str(result.dataset),
            result.source or "",
        )
        group = groups.setdefault(key, _result(result))
        metric: dict[str, Any] = {
            "type": _slug(result.metric),
            "value": result.value,
            "name": result.name or result.metric,
        }
        group["metrics"].append(metric)
    for group in groups.values():
        group["source"] = group.pop("source", None)
        if group["source"] is None:
            del group["source"]
    return [{"name": release.release.name, "results": list(groups.values())}] if groups else []


def _result(result: Result) -> dict[str, Any]:
    stated = result.dataset
    dataset: dict[str, Any] = {"type": stated.id or _slug(stated.name), "name": stated.name}
    dataset |= {
        k: v for k, v in (("config", stated.config), ("split", stated.split), ("revision", stated.revision)) if v
    }
    group: dict[str, Any] = {"task": {"type": result.task}, "dataset": dataset, "metrics": []}
    if result.source:
        group["source"] = {"url": result.source}
    return group


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9_.]+", "-", text.lower()).strip("-") or "unnamed"


@lru_cache(maxsize=1)
def _language_codes() -> str:
    """All codes, each between spaces; a release has few languages, so that no set of 8,000 is worth making."""
    return f" {(KNOWLEDGE / 'hub' / 'languages.txt').read_text(encoding='utf-8')} ".replace("\n", " ")
