"""The words of an audit that its text and its page share."""

from __future__ import annotations

from generator.translations import mark_in_context, mark_text

ANSWER_LINES = {
    "no": (mark_in_context("answer", "No"), mark_text("the license leaves out terms that must be passed on")),
    "unclear": (
        mark_in_context("answer", "Unclear"),
        mark_text("a license is not known, or its text does not settle it"),
    ),
    "conditional": (
        mark_in_context("answer", "Yes, with conditions"),
        mark_text("notices or other terms must be passed on"),
    ),
    "yes": (mark_in_context("answer", "Yes"), mark_text("the license is compatible")),
    "unchecked": (mark_in_context("answer", "Not checked"), mark_text("the model states no license")),
}
KIND_LINES = {
    "dropped": mark_text("the license leaves out inherited terms"),
    "inherited": mark_text("the terms were left out before, by a base model"),
    "clash": mark_text("inherited terms exclude each other"),
    "unknown": mark_text("an inherited license is not known, or does not settle it"),
    "self_reference": mark_text("a model names itself as its base"),
    "cycle": mark_text("models are made from each other in a circle"),
    "policy": mark_text("your policy does not allow the license, or a license that is inherited"),
}
GAP_WORDS = {
    "none": mark_text("no license"),
    "unnamed": mark_text("license: other, without a name"),
    "unlisted": mark_text("a license that charter does not know"),
    "family": mark_text("a name that stands for several licenses"),
    "silent": mark_text("states no license"),
    "missing": mark_text("not in the files, and its license is not known"),
}
INVENTORY_WORDS = {
    "open": mark_in_context("terms", "open"),
    "unknown": mark_in_context("terms", "unknown"),
    "limited": mark_in_context("terms", "limited"),
    "restricted": mark_in_context("terms", "restricted"),
    "none": mark_in_context("terms", "none"),
    "yes": mark_in_context("terms", "yes"),
    "unclear": mark_in_context("terms", "unclear"),
    "no": mark_in_context("terms", "no"),
}
UNKNOWN_LICENSE = mark_text("unknown license")
"""What the inventory calls an inherited license that is not known."""
