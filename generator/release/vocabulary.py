"""The words of the contract, in its order; every list here is closed."""

from __future__ import annotations

import re
from typing import Literal, get_args

from generator.patterns import lazy_pattern

Layer = Literal["data", "curation", "architecture", "weights", "deltas"]
LAYERS: tuple[str, ...] = get_args(Layer)
Availability = Literal["released", "gated", "described", "withheld", "none"]
AVAILABILITIES: tuple[str, ...] = get_args(Availability)
GIVEN = ("released", "gated")
"""What anyone gets, though it may take a login or a request."""
Component = Literal[
    "datasets",
    "evaluation-data",
    "data-card",
    "data-preprocessing-code",
    "model-architecture",
    "training-code",
    "inference-code",
    "evaluation-code",
    "supporting-libraries",
    "model-parameters-final",
    "model-parameters-intermediate",
    "model-metadata",
    "model-card",
    "technical-report",
    "research-paper",
    "evaluation-results",
    "sample-outputs",
]
COMPONENTS: dict[str, tuple[str, ...]] = {
    "data": ("datasets", "evaluation-data", "data-card"),
    "curation": ("data-preprocessing-code",),
    "architecture": (
        "model-architecture",
        "training-code",
        "inference-code",
        "evaluation-code",
        "supporting-libraries",
    ),
    "weights": ("model-parameters-final", "model-parameters-intermediate", "model-metadata"),
    "deltas": (),
    "documents": ("model-card", "technical-report", "research-paper", "evaluation-results", "sample-outputs"),
}
"""The 17 components of the Model Openness Framework by layer, in kebab case; a layer's default is its first."""
Form = Literal["adapter", "diff", "finetune", "quantized", "merge"]
FORMS: tuple[str, ...] = get_args(Form)
Access = Literal["open", "public", "obtainable", "unshareable"]
ACCESS: tuple[str, ...] = get_args(Access)
Price = Literal["free", "paid"]
Relation = Literal[
    "finetune",
    "adapter",
    "diff",
    "quantized",
    "merge",
    "distilled",
    "trained_on",
    "outputs_of",
    "includes",
]
RELATIONS: tuple[str, ...] = get_args(Relation)
MODEL_RELATIONS = ("finetune", "adapter", "diff", "quantized", "merge")
"""The relations whose source is a model that the parameters were made from."""
Own = Literal["own"]
OWN: Own = "own"
"""In place of a relation: the license that an item has itself."""
Output = Literal[
    "card",
    "licenses",
    "reuse",
    "citation",
    "spdx",
    "cyclonedx",
    "mof",
    "croissant",
    "pictures",
    "badges",
    "eu-form",
    "eu-training-summary",
]
OUTPUTS: tuple[str, ...] = get_args(Output)
Severity = Literal["off", "info", "warning", "error"]
SEVERITIES: tuple[str, ...] = get_args(Severity)
ANSWERS = ("yes", "conditional", "unclear", "no")
"""From the freest to the strictest."""
ACTS = (
    "use",
    "commercial_use",
    "modify",
    "redistribute",
    "sublicense",
    "finetune",
    "publish_finetune",
    "publish_adapter",
    "publish_quantization",
    "publish_merge",
    "host_as_service",
    "use_outputs",
    "train_other_models_on_outputs",
    "patent_use",
    "trademark_use",
)
OBLIGATIONS = (
    "include_license",
    "include_notice_text",
    "attribution",
    "state_changes",
    "share_alike",
    "disclose_source",
    "network_source",
    "naming_prefix",
    "display_built_with",
    "pass_on_use_restrictions",
    "acceptable_use_policy",
    "other",
)
LimitId = Literal[
    "noncommercial",
    "no_derivatives",
    "user_cap",
    "revenue_cap",
    "field_of_use",
    "competing_models",
    "military",
    "geography",
    "research_only",
    "other",
]
LIMITS: tuple[str, ...] = get_args(LimitId)
RULE_FAMILIES = ("REL", "LIC", "LIN", "ART", "HUB", "CARD", "SEC", "POL")
LICENSE_REF = lazy_pattern(r"LicenseRef-[A-Za-z0-9.\-]{1,100}")
"""The id of a custom license. It becomes the name of a file, so nothing else may be in it."""


def license_ref_hint(text: str) -> str:
    """Return what to write instead of a text that is not the id of a custom license.

    Args:
        text: What was written.
    """
    words = text[:60].removeprefix("LicenseRef-")
    slug = re.sub(r"(?:[^A-Za-z0-9.]|\.(?![A-Za-z0-9]))+", "-", words).strip("-.") or "terms"
    from generator.translations import gettext as _

    return _("Use letters, digits, `.` and `-`, at most 100 of them, as in `{id}`.").format(id=f"LicenseRef-{slug}")
