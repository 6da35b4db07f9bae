"""How several licenses are shown as text: the list in groups, and a choice with its reasons."""

from __future__ import annotations

from generator import console
from generator.cli.layout import short_id, sign, wrap
from generator.licenses.answers import license_rights
from generator.licenses.catalog import Expression, LicenseId, get_known_name, hub_id, is_family, is_shared_name, reason
from generator.licenses.choose import Choice, load_list
from generator.licenses.license_set import CATALOG
from generator.openness.facts import is_open
from generator.translations import gettext as _
from generator.translations import mark_text, ngettext

_SHOWN = 5
"""Licenses of a choice that are shown."""
_MEANING = 2
"""Lines of conditions, and of limitations, of a license in a choice."""
_ID = 36
"""Columns of the ids in a list."""
_GROUPS = {
    "software": mark_text("Open, for software"),
    "data": mark_text("Open, for data and text"),
    "weights": mark_text("Open, for models"),
    "unlisted": mark_text("No limits on use, but on no list of open licenses"),
    "restricted": mark_text("With limits on use, or on who may use it"),
    "no_derivatives": mark_text("Without changes"),
    "noncommercial": mark_text("Noncommercial, or for research only"),
    "unread": mark_text("Known by name only"),
    "shared": mark_text("Names that several licenses share"),
}
"""The groups of a list, in their order."""


def listing(keys: tuple[LicenseId, ...], width: int) -> str:
    """Return licenses in groups, one a line: its short id and its name.

    Args:
        keys: Which.
        width: Columns of the terminal.
    """
    groups: dict[str, list[LicenseId]] = {title: [] for title in _GROUPS.values()}
    for key in keys:
        groups[_group_of(key)].append(key)
    column = min(_ID, width // 2, max(len(short_id(key)) for key in keys))
    lines: list[str] = []
    for title, found in groups.items():
        if not found:
            continue
        lines += [f"{_(title)} ({len(found)})"]
        for key in sorted(found, key=lambda one: short_id(one).lower()):
            lines += _row(key, column, width)
        lines.append("")
    hint = _(
        "Show one: charter licenses ID. Compare: charter licenses ID ID. Choose by what you want: --sell, --patents, …"
    )
    return "\n".join([*lines, *wrap(hint, columns=width)])


def _row(key: LicenseId, column: int, width: int) -> list[str]:
    """The line of a license; a long id has a line of its own, and a long name is cut."""
    short, name = short_id(key), get_known_name(key)
    room = width - column - 4
    if len(name) > room and console.has_width():
        name = f"{name[: room - 1].rstrip()}…"
    linked = console.link(short, CATALOG.terms(key).web_address)
    if len(short) > column:
        return [f"  {linked}", f"  {'':<{column}}  {name}"]
    return [f"  {linked}{' ' * (column - len(short))}  {name}"]


def _group_of(key: LicenseId) -> str:
    """The title of the group that a license is listed in."""
    terms = CATALOG.terms(key)
    limits = {limit.id for limit in terms.limits}
    if is_shared_name(key) or is_family(key):
        return _GROUPS["shared"]
    if limits & {"noncommercial", "research_only"}:
        return _GROUPS["noncommercial"]
    if limits & {"no_derivatives"}:
        return _GROUPS["no_derivatives"]
    if limits - {"other"}:
        return _GROUPS["restricted"]
    if not terms.read:
        return _GROUPS["unread"]
    if not is_open(Expression("", key, "", ())):
        return _GROUPS["unlisted"]
    kinds = terms.applies_to
    return _GROUPS["weights" if "weights" in kinds else "software" if "software" in kinds else "data"]


def chosen(found: Choice, width: int) -> str:
    """Return a choice as text: the best five with what they mean, then how many others each reason rules out.

    Args:
        found: The choice.
        width: Columns of the terminal.
    """
    lines = [_("These fit best:") if found.fitting else _("No license of the catalog fits."), ""]
    for number, key in enumerate(found.fitting[:_SHOWN], 1):
        lines += wrap(f"{short_id(key)}: {get_known_name(key)}", f"{number}. ", "   ", width)
        lines += wrap(_reasons(key), f"   {sign('yes')} ", "     ", width) if _reasons(key) else []
        lines += _meaning(key, width)
    if len(found.fitting) > _SHOWN:
        more = len(found.fitting) - _SHOWN
        text = ngettext(
            "and {number} more; --format json lists them all", "and {number} more; --format json lists them all", more
        )
        lines.append("   " + text.format(number=more))
    counts: dict[str, list[LicenseId]] = {}
    for entry in found.ruled_out:
        counts.setdefault(entry.because.partition(":")[0].rstrip("."), []).append(entry.license)
    if counts:
        lines += ["", _("Ruled out: {number}").format(number=len(found.ruled_out))]
    for because, keys in sorted(counts.items(), key=lambda item: -len(item[1])):
        names = ", ".join(short_id(key) for key in keys[:3]) + (", …" if len(keys) > 3 else "")
        lines += wrap(f"{because} ({names})", f"{len(keys):>5}  ", " " * 7, width)
    return "\n".join(
        [*lines, "", *wrap(" ".join((_("Every reason: --format json."), reason("reading"))), columns=width)]
    )


def _reasons(key: LicenseId) -> str:
    """Why a license is among the first, as far as the order of the choice goes by it."""
    known = (
        (_("OSI-approved"), CATALOG.terms(key).osi_approved),
        (_("in the Hub's list"), hub_id(key) is not None),
        (_("widely used"), key in load_list("widely_used")),
        (_("no limits on use"), not CATALOG.terms(key).limits),
    )
    return ", ".join(words for words, holds in known if holds)


def _meaning(key: LicenseId, width: int) -> list[str]:
    """What others must and may not do under a license, at most two lines each."""
    summary = license_rights(str(key)).layers[0].summary
    lines = []
    labels = (_("must"), _("may not"))
    columns = max(map(console.count_columns, labels)) + 1
    for kind, label, points in (("conditional", labels[0], summary.must), ("no", labels[1], summary.may_not)):
        parts = [point.text for point in points]
        for number in range(len(parts), 0, -1):
            more = len(parts) - number
            rest = [ngettext("{number} more", "{number} more", more).format(number=more)] if more else []
            head = f"   {sign(kind)} {label}" + " " * (columns - console.count_columns(label))
            found = wrap(", ".join([*parts[:number], *rest]), head, " " * (columns + 5), width)
            if len(found) <= _MEANING or number == 1:
                lines += found
                break
    return lines
