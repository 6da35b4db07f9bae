"""EU_TRAINING_SUMMARY.md: a draft of the public summary of what a general-purpose model was trained on."""

from __future__ import annotations

from generator.documents.exports.eu import EuView, eu_page, eu_view
from generator.documents.exports.facts import Facts


def write(facts: Facts) -> str:
    """Return the draft.

    Args:
        facts: What it is filled from.
    """
    return eu_page("EU_TRAINING_SUMMARY.md.jinja", summary_view(facts))


def summary_view(facts: Facts) -> EuView:
    """Return the content of the draft: every question of the summary, and whether the release file answers it.

    Args:
        facts: What it is filled from.
    """
    info = facts.info
    view = eu_view(facts, {})
    return view._replace(
        answered={
            "provider": info.publisher is not None,
            "representative": False,
            "versions": info.version is not None,
            "dependencies": bool(view.bases),
            "market_date": False,
            "modality": False,
            "size": False,
            "latest": False,
            "public": False,
            "licensed": False,
            "private": False,
            "crawled": False,
            "user": False,
            "synthetic": False,
            "other": False,
            "opt_out": False,
            "illegal": False,
            "processing": bool(view.curation),
        }
    )
