"""The registry of rules: a rule is one function, and its docstring is its explanation."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from generator import plugins
from generator.artifacts.survey import Survey
from generator.checks.report import Edit
from generator.documents.licenses.coverage import Coverage, cover
from generator.documents.licenses.texts import LicenseTextStore
from generator.documents.storage.record import CARD, Record, read_record
from generator.errors import CharterError
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.license_files import LicenseFile, find_license_files
from generator.licenses.rights import ClauseRef
from generator.named_tuple import NamedTuple
from generator.release.model import Location, Release
from generator.release.vocabulary import RULE_FAMILIES
from generator.translations import gettext as _
from generator.translations import pgettext

if TYPE_CHECKING:
    from generator.documents.bundle import Bundle
    from generator.licenses.policy import Policy
    from generator.plugins import Plugin


def is_stated(release: Release) -> bool:
    """Return whether there is a release file; without one, the release is read from the folder."""
    return release.origin is None or os.path.basename(release.origin.file) != CARD  # noqa: PTH119 - asked very often


class Subject:
    """What rules check: the release, its assessment and its files.

    Args:
        assessment: The assessment of the release.
        bundle: The bundle that is checked with it, or its folder; by default the folder of the release.
        policy: The policy of the organization; None where there is none.
    """

    def __init__(
        self, assessment: Assessment, bundle: Bundle | Path | None = None, policy: Policy | None = None
    ) -> None:
        self.assessment = assessment
        self.policy = policy
        self.release = assessment.release
        self.bundle = bundle

    @cached_property
    def coverage(self) -> Coverage:
        """Which terms cover which files."""
        return cover(self.assessment)

    @cached_property
    def text_store(self) -> LicenseTextStore:
        """Where license texts are taken from."""
        return LicenseTextStore(self.assessment, self.survey.files, self.record)

    @cached_property
    def record(self) -> Record:
        """What an earlier build recorded in the release's folder."""
        return read_record(self.release.folder) if self.release.folder else Record()

    @cached_property
    def survey(self) -> Survey:
        """The files in the release's folder, and what they state."""
        return Survey(self.release.folder)

    @cached_property
    def license_files(self) -> tuple[LicenseFile, ...]:
        """The license files in the release's folder."""
        return find_license_files(self.survey.folder, self.survey.files)

    @cached_property
    def stated(self) -> bool:
        """Whether there is a release file; without one the release was made from what the folder says."""
        return is_stated(self.release)


class Problem(NamedTuple):
    """A problem that a rule found: the message, the fix and the place.

    Attributes:
        path: The field, as `Release.locate` takes it.
        severity: Where it differs from the rule's own.
        at: The place in another file than the release file; `path` is then not used.
        edits: The changes that fix it, where no decision is needed.
        why: The reason, where the message alone does not give it.
        source: The base model or data set that it is about, as `derived_from` names it.
        kind: Hits of a rule with the same kind are one finding. By default, all hits of an ART, CARD, HUB or SEC rule
            are one kind, since they differ only in their place; of other rules, those with the same message.
    """

    message: str
    remedy: str
    path: tuple[str | int, ...] = ()
    item: ItemAssessment | None = None
    clauses: tuple[ClauseRef, ...] = ()
    framing: str = "both"
    severity: str | None = None
    at: Location | None = None
    edits: tuple[Edit, ...] = ()
    why: str = ""
    kind: str | None = None
    source: str = ""


Check = Callable[[Subject], Iterable[Problem]]


class Rule(NamedTuple):
    """A rule of the checks."""

    id: str
    name: str
    severity: str
    check: Check

    @property
    def explanation(self) -> str:
        """The explanation of the rule, with a bad and a good example."""
        from inspect import getdoc

        return getdoc(self.check) or ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The explanation in the language of messages: paragraphs of one line each, and code, which is indented."""
        parts = filter(None, re.split(r"\n{2,}", self.explanation))
        lines = (part if part.startswith("    ") else re.sub(r"\s+", " ", part) for part in parts)
        return tuple(line if line.startswith("    ") else _(line) for line in lines)


_RULES: dict[str, Rule] = {}


def rule(id_: str, name: str, severity: str) -> Callable[[Check], Check]:
    """Register a rule.

    Args:
        id_: Its family and three digits.
        name: Its name in kebab case.
        severity: `error`, `warning` or `info`.
    """

    def register(check: Check) -> Check:
        _RULES[id_] = Rule(id_, name, severity, check)
        _sort_rules.cache_clear()
        return check

    return register


_PLUGINS: dict[str, Plugin] = {}
"""The plugins whose rules are loaded, by the family of their rules."""


def load_plugin_rules() -> None:
    """Import the rules of plugins, unless plugins are off; the name of a plugin is the family of its rules.

    Raises:
        CharterError: A plugin cannot be imported, or has rules of another family.
    """
    for plugin in plugins.installed(plugins.RULES) if not plugins.are_off() else ():
        family = plugin.name.upper()
        if family in _PLUGINS:
            continue
        before = dict(_RULES)
        try:
            if family in RULE_FAMILIES or not (family.isascii() and family.isalpha()):
                raise plugins.fault(
                    plugin, _("The plugin {name} of {package} can't have rules of the family {family}."), family=family
                )
            plugins.load(plugin)
            changed = [key for key, rule_ in _RULES.items() if before.get(key) is not rule_]
            if strange := [key for key in changed if not re.fullmatch(rf"{family}[0-9]{{3}}", key)]:
                raise plugins.fault(
                    plugin,
                    _("The plugin {name} of {package} has a rule {rule}; its rules are {family} and three digits."),
                    rule=strange[0],
                    family=family,
                )
        except CharterError:
            _RULES.clear()
            _RULES.update(before)
            _sort_rules.cache_clear()
            raise
        _PLUGINS[family] = plugin


def plugin_of(rule_: Rule) -> Plugin | None:
    """Return the plugin that a rule belongs to; None for a rule of charter's own.

    Args:
        rule_: The rule.
    """
    return _PLUGINS.get(rule_.id[:-3]) if _PLUGINS else None


def get_rules() -> tuple[Rule, ...]:
    """Return the rules of the imported families, by id; `checks.run` imports all families."""
    rules = _sort_rules()
    off = _PLUGINS and plugins.are_off()
    return tuple(rule_ for rule_ in rules if rule_.id[:-3] not in _PLUGINS) if off else rules


@cache
def _sort_rules() -> tuple[Rule, ...]:
    return tuple(_RULES[key] for key in sorted(_RULES))


def place(item: ItemAssessment, *field: str | int) -> tuple[str | int, ...]:
    """Return the path of an item's field in the release file."""
    base = ("documents",) if item.layer == "documents" else ("layers", item.layer)
    return (*base, item.number, *field)


def label_of(item: ItemAssessment) -> str:
    """Return an item in the words of messages: its layer, and its name where it has one."""
    layer = pgettext("component", item.layer)
    return f"{layer} ({item.item.name})" if item.item.name else layer
