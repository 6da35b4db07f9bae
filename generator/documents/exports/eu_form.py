"""EU_MODEL_DOCUMENTATION.md: a draft of the Model Documentation Form for general-purpose models."""

from __future__ import annotations

from generator.documents.exports.eu import EuView, eu_page, eu_view
from generator.documents.exports.facts import Facts


def write(facts: Facts) -> str:
    """Return the draft.

    Args:
        facts: What it is filled from.
    """
    return eu_page("EU_MODEL_DOCUMENTATION.md.jinja", form_view(facts))


def form_view(facts: Facts) -> EuView:
    """Return the content of the draft: every question of the form, and whether the release file answers it.

    Args:
        facts: What it is filled from.
    """
    info, card, model = facts.info, facts.release.card, facts.release.model
    training = facts.release.training
    view = eu_view(facts, {})
    stated = any(item.item.digest for item in view.subject)
    return view._replace(
        answered={
            "updated": False,
            "provider": info.publisher is not None,
            "versions": info.version is not None,
            "authenticity": bool(view.files) or stated,
            "release_date": info.date is not None,
            "market_date": False,
            "dependencies": bool(view.bases),
            "architecture": bool(model and model.architecture),
            "design": bool(view.design),
            "modalities": False,
            "parameters": view.size is not None,
            "channels": bool(view.places),
            "licenses": bool(view.subject) and all(item.license for item in view.subject),
            "license_category": False,
            "use_policy": bool(view.use_policies),
            "intended_use": bool(card.intended_use),
            "restricted_use": bool(card.out_of_scope),
            "systems": False,
            "integration": bool(card.how_to_use),
            "hardware": False,
            "software": False,
            "training": bool(card.training),
            "rationale": False,
            "data_modality": False,
            "data_provenance": False,
            "data_selection": bool(view.curation),
            "data_points": False,
            "data_scope": False,
            "data_curation": bool(view.curation),
            "data_unsuitable": False,
            "data_bias": False,
            "time": view.duration is not None,
            "hardware_days": False,
            "compute": bool(training and training.compute_flops is not None),
            "compute_method": False,
            "energy": bool(training and training.energy_kwh is not None),
            "energy_method": False,
            "inference": False,
        }
    )
