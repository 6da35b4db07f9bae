"""The words of an audit that its text and its page share."""

from __future__ import annotations

ANSWER_LINES = {
    "no": ("No", "the license leaves out terms that must be passed on"),
    "unclear": ("Unclear", "a license is not known, or its text does not settle it"),
    "conditional": ("Yes, with conditions", "notices or other terms must be passed on"),
    "yes": ("Yes", "the license is compatible"),
    "unchecked": ("Not checked", "the model states no license"),
}
KIND_LINES = {
    "dropped": "the license leaves out inherited terms",
    "inherited": "the terms were left out before, by a base model",
    "clash": "inherited terms exclude each other",
    "unknown": "an inherited license is not known, or does not settle it",
    "self_reference": "a model names itself as its base",
    "cycle": "models are made from each other in a circle",
    "policy": "your policy does not allow the license, or a license that is inherited",
}
GAP_WORDS = {
    "none": "no license",
    "unnamed": "license: other, without a name",
    "unlisted": "a license that charter does not know",
    "family": "a name that stands for several licenses",
    "silent": "states no license",
    "missing": "not in the files, and its license is not known",
}
