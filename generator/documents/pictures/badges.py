"""Badges: small pictures of how open a release is, drawn here and shown from the bundle itself."""

from __future__ import annotations

from generator.documents.licenses.coverage import Coverage
from generator.documents.render import render
from generator.errors import CharterError
from generator.named_tuple import NamedTuple
from generator.openness.answers import Openness, release_openness
from generator.translations import gettext as _

_COLOURS = {"good": "#1a7f37", "part": "#8a5a00", "none": "#57606a"}
"""White on each of them is readable (WCAG 2, contrast of 4.5 and more)."""
_CHARACTER, _PAD = 7, 8


class Badge(NamedTuple):
    """A label and what is said of it.

    Attributes:
        path: Where it stands in the bundle.
        colour: What is behind the message.
    """

    path: str
    label: str
    message: str
    colour: str

    @property
    def alt(self) -> str:
        """The text that stands for the picture."""
        return f"{self.label}: {self.message}"

    @property
    def left(self) -> int:
        """The width of the label."""
        return len(self.label) * _CHARACTER + 2 * _PAD

    @property
    def right(self) -> int:
        """The width of the message."""
        return len(self.message) * _CHARACTER + 2 * _PAD


def badges(found: Openness) -> tuple[Badge, ...]:
    """Return the badges of a release: both framings, the Model Openness Framework, the Open Source AI Definition.

    Args:
        found: How open it is.
    """
    colour = {"open": "good", "partial": "part", "restricted": "part", "program_only": "none", "closed": "none"}
    leads = (("program", _("If data is the source")), ("source", _("If weights are the source")))
    drawn = [(name, lead, found.framings[name].title, colour[found.framings[name].verdict]) for name, lead in leads]
    level = found.mof.label.replace(" - ", ", ") or _("No class")
    drawn.append(("mof", "Model Openness Framework", level, "good" if found.mof.level else "none"))
    osaid = {
        "yes": (_("Met (self-declared)"), "good"),
        "unclear": (_("Open questions"), "part"),
        "no": (_("Not met"), "none"),
    }
    drawn.append(("osaid", "Open Source AI Definition", *osaid[found.osaid.answer]))
    return tuple(Badge(f"badges/{name}.svg", label, text, _COLOURS[shade]) for name, label, text, shade in drawn)


def model_openness(coverage: Coverage) -> Openness | None:
    """Return how open the model of a release is; None where the release has no weights and no deltas.

    Args:
        coverage: Which terms cover which files.
    """
    assessment = coverage.assessment
    made = any(item.layer in ("weights", "deltas") for item in assessment.items)
    return release_openness(assessment.release.release.name, assessment) if made else None


def badge(coverage: Coverage, name: str) -> str | None:
    """Return one badge as SVG; None where the release has no model.

    Args:
        coverage: Which terms cover which files.
        name: program, source, mof or osaid.
    """
    found = model_openness(coverage)
    if found is None:
        return None
    return render("badge.svg.jinja", next(b for b in badges(found) if b.path == f"badges/{name}.svg"))


def badge_markdown(coverage: Coverage) -> tuple[str, ...]:
    """Return a line of Markdown for each badge; with a repo it shows the badge from the Hub, and leads there.

    Args:
        coverage: Which terms cover which files.

    Raises:
        CharterError: The release writes no badges, or has no model.
    """
    release = coverage.assessment.release
    if "badges" not in release.outputs:
        remedy = _("Add `badges` to `outputs` in the release file, and run `charter build`.")
        raise CharterError(_("{name}: the release writes no badges.").format(name=release.release.name), remedy)
    found = model_openness(coverage)
    if found is None:
        raise CharterError(_("{name}: badges describe a model, and it has none.").format(name=release.release.name))
    from generator.documents.exports.values import HUB  # a card without badges imports no export

    repo = f"{HUB}/{release.release.repo}" if release.release.repo else ""
    lines = []
    for entry in badges(found):
        picture = f"![{entry.alt}]({f'{repo}/resolve/main/' if repo else ''}{entry.path})"
        lines.append(f"[{picture}]({repo})" if repo else picture)
    return tuple(lines)
