"""The publisher's bar: ready or not, the findings in groups, and the next command."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generator.checks.report import SEVERITIES, Finding, Report
from generator.errors import CharterError
from generator.licenses.assess import Assessment
from generator.release.source import FILE_NAME
from generator.translations import gettext as _
from generator.translations import mark_text
from generator.web.matrix import Quote, quotes

LIMIT = 300
"""Findings that are shown; `charter check` has them all."""
PLACES = 3
"""Places of one finding that are named; the rest is counted."""
_TITLES = {
    "error": mark_text("Errors"),
    "warning": mark_text("Warnings"),
    "info": mark_text("Notes"),
    "accepted": mark_text("Accepted"),
}


class FindingView(NamedTuple):
    """A finding with its clauses, word for word.

    Attributes:
        places: Places, without this machine's folders.
        more: How many places are not named.
        link: In the studio, the address and the name of the question that causes it; else None.
    """

    finding: Finding
    places: tuple[str, ...]
    more: int
    quotes: tuple[Quote, ...]
    link: tuple[str, str] | None = None


Linker = Callable[[Finding], tuple[str, str] | None]
"""Returns the address and the name of the question that causes a finding."""


class Group(NamedTuple):
    """The findings of one severity, or the accepted ones."""

    severity: str
    title: str
    findings: tuple[FindingView, ...]


class PublisherBar(NamedTuple):
    """What only the publisher needs.

    Attributes:
        verdict: Ready or not, with the counts.
        command: The next command; empty in the studio, which has buttons.
        hidden: How many findings are not shown.
        trouble: Why the files cannot be written.
    """

    ready: bool
    verdict: str
    command: str
    groups: tuple[Group, ...]
    hidden: int
    trouble: tuple[CharterError, ...]


def publisher_bar(
    report: Report, assessment: Assessment, trouble: tuple[CharterError, ...], link: Linker | None = None
) -> PublisherBar:
    """Return the bar.

    Args:
        report: The findings of the checks.
        assessment: The assessed release.
        trouble: Why the files cannot be written.
        link: In the studio, what finds the question that causes a finding.
    """
    order = sorted(report.findings, key=lambda f: (f.accepted, SEVERITIES.index(f.severity)))
    groups: dict[str, list[FindingView]] = {}
    for finding in order[:LIMIT]:
        severity = "accepted" if finding.accepted else finding.severity
        groups.setdefault(severity, []).append(_view(finding, assessment, link))
    ready = not report.exit_code and not trouble
    return PublisherBar(
        ready=ready,
        verdict=report.verdict if report.exit_code or not trouble else _("Not ready: the files cannot be written"),
        command=_command(report, assessment, ready=ready) if link is None else "",
        groups=tuple(Group(key, _(_TITLES[key]), tuple(views)) for key, views in groups.items()),
        hidden=max(0, len(order) - LIMIT),
        trouble=trouble,
    )


def _view(finding: Finding, assessment: Assessment, link: Linker | None) -> FindingView:
    stated = finding.places or (finding,)
    named = [f"{Path(place.file).name}:{place.line}" for place in stated]
    if link is not None:  # answers that are not written yet have no lines
        named = [name for name in named if not name.startswith(f"{FILE_NAME}:")]
    places = tuple(dict.fromkeys(named))
    more = max(0, len(places) - PLACES)
    question = link(finding) if link else None
    return FindingView(finding, places[:PLACES], more, quotes(finding.clauses, assessment.license_set), question)


def _command(report: Report, assessment: Assessment, *, ready: bool) -> str:
    """Publish where it is ready; else fix what needs no decision, or check again."""
    origin = assessment.release.origin
    name = Path(origin.file).name if origin else FILE_NAME
    target = "" if name == FILE_NAME else f" {shlex.quote(name)}"
    if ready:
        return f"charter push{target}"
    fixable = any(finding.edits for finding in report.findings if not finding.accepted)
    return f"charter check{target} --fix" if fixable else f"charter check{target}"
