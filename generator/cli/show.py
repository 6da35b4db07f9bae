"""How a license is shown as text: a line of the list, its facts, its wording."""

from __future__ import annotations

from generator.documents.words import ACT_TITLES, ANSWER_WORDS
from generator.errors import LicenseTextError, UnknownLicenseError
from generator.licenses.catalog import LicenseId, all_known, hub_id, known_name, parse, reason
from generator.licenses.quotes import kept_text
from generator.licenses.terms import terms_of


def listing() -> str:
    """Return the catalog, a license a line: id, Hub id, name."""
    rows = [(key, hub_id(key) or "-", known_name(key)) for key in all_known()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{key:<{widths[0]}}  {hub:<{widths[1]}}  {name}" for key, hub, name in rows)


def facts(name: str) -> str:
    """Return what a license says, act by act.

    Args:
        name: An id, a Hub id or an alias.

    Raises:
        UnknownLicenseError: No list knows it, or it is an expression.
    """
    terms = terms_of(_one(name))
    lines = [f"{terms.name} ({terms.id}; Hub: {hub_id(terms.id) or 'no id'})", ""]
    for act, answer in terms.acts.items():
        clause = f" ({answer.clause})" if answer.clause else ""
        lines.append(f"{ACT_TITLES[act] + ':':<34} {ANSWER_WORDS[answer.answer]}. {answer.because}{clause}")
    for title, duties in (("Duties", terms.obligations), ("Limits", terms.limits)):
        if duties:
            lines += ["", f"{title}:"]
            lines += [f"  {duty.detail}" + (f" ({duty.clause})" if duty.clause else "") for duty in duties]
    return "\n".join([*lines, "", reason("reading")])


def texts(name: str) -> str:
    """Return the text of a license.

    Args:
        name: An id, a Hub id or an alias.

    Raises:
        LicenseTextError: It is not at hand.
    """
    key = _one(name)
    text = kept_text(terms_of(key))
    if text is None:
        raise LicenseTextError(
            f"The text of {known_name(key)} ({key}) is not at hand.", "Run: charter licenses --fetch-texts"
        )
    return text.rstrip()


def _one(name: str) -> LicenseId:
    expression = parse(name)
    if expression.parts or expression.exception:
        raise UnknownLicenseError(f"{name!r} is an expression, not one license", "Name its licenses one by one.")
    return expression.license
