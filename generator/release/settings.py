"""The settings of an organization, `charter.toml`: defaults for releases that do not state something themselves."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from generator.errors import CharterError, Complaint, ReleaseFileError
from generator.release.fields import InnerPath, Line, OutputName, RuleId, TermsId, license_resolver
from generator.release.find_settings import SettingsFile
from generator.release.model import LocalTerms, Publisher, _nothing
from generator.release.part import Part, Path_
from generator.release.source import Tree, read_bytes
from generator.release.vocabulary import Severity
from generator.translations import gettext as _

if TYPE_CHECKING:
    from dataclasses import dataclass as release_type
    from dataclasses import field
else:
    from dataclasses import field

    from generator.release.part import release_type

LIMIT = 256 * 1024
"""Bytes that the file may have."""
_TABLE = re.compile(r"\s*\[\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"(\s*)((?:\"[^\"]*\"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:\"[^\"]*\"|'[^']*'|[\w-]+))*)\s*=")
_NAME = re.compile(r"\"([^\"]*)\"|'([^']*)'|([\w-]+)")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@release_type(frozen=True, kw_only=True)
class Settings(Part):
    """What an organization states for all its releases; what a release file states itself comes first."""

    publisher: Annotated[Publisher | None, "Who publishes the releases."] = None
    copyright: Annotated[Line | None, "Year and holder of the copyright."] = None
    outputs: Annotated[tuple[OutputName, ...], "What a build writes."] = ()
    card_template: Annotated[InnerPath | None, "The template of the model cards, a file beside charter.toml."] = None
    policy: Annotated[InnerPath | None, "The policy of `charter check`, a file beside charter.toml."] = None
    rules: Annotated[Mapping[RuleId, Severity], "The severity of rules, or `off`."] = field(
        default_factory=_nothing, hash=False
    )
    licenses: Annotated[Mapping[TermsId, LocalTerms], "Own licenses, as in a release file."] = field(
        default_factory=_nothing, hash=False
    )


class AppliedSettings(NamedTuple):
    """Settings that apply to a release, and where they are.

    Attributes:
        values: The settings; None where the file is ignored.
        raw: The values as they stand.
        ignored: Why the file is ignored.
    """

    file: Path
    values: Settings | None
    raw: Mapping[str, Any]
    ignored: str = ""

    def license_texts(self) -> dict[str, tuple[Path, str]]:
        """Return the texts of the licenses: the folder and the path in it, by license."""
        held = self.values.licenses if self.values else {}
        return {key: (self.file.parent, terms.license_text) for key, terms in held.items() if terms.license_text}

    def notes(self, own_rules: Mapping[str, str]) -> tuple[str, ...]:
        """Return what people must know of them: that they apply, and which rules they change.

        Args:
            own_rules: The severities that the release file states itself.
        """
        if self.values is None:
            return (_("{file} is ignored: {reason}.").format(file=self.file, reason=_(self.ignored)),)
        change = _("{rule} to {severity}")
        rules = [(rule, severity) for rule, severity in self.values.rules.items() if rule not in own_rules]
        changed = [change.format(rule=rule, severity=severity) for rule, severity in rules]
        if not changed:
            return (_("Settings of {file} apply.").format(file=self.file),)
        note = _("Settings of {file} apply. They set {rules}.")
        return (note.format(file=self.file, rules=", ".join(changed)),)

    def merge_into(self, stated: Any, raw: bytes) -> Any:  # noqa: ANN401 - the values of a release file
        """Return the values of a release file with those of the settings that it does not state.

        Args:
            stated: The values; they are not changed.
            raw: The file: a license of the settings is added only where the file names it.
        """
        if self.values is None or not isinstance(stated, dict) or not isinstance(stated.get("release"), dict):
            return stated
        info = {key: self.raw[key] for key in ("publisher", "copyright") if key in self.raw}
        found = {**stated, "release": {**info, **stated["release"]}}
        if "outputs" in self.raw:
            found.setdefault("outputs", self.raw["outputs"])
        named = {key: terms for key, terms in self.raw.get("licenses", {}).items() if key.encode() in raw}
        for key, held in (("rules", self.raw.get("rules", {})), ("licenses", named)):
            if held and isinstance(stated.get(key, {}), dict):
                found[key] = {**held, **stated.get(key, {})}
        return found


def read_settings(found: SettingsFile | None) -> AppliedSettings | None:
    """Return the settings in a file.

    Args:
        found: The file.

    Raises:
        ReleaseFileError: It cannot be read as settings; every error is in it, with line and column.
    """
    if found is None:
        return None
    if found.ignored:
        return AppliedSettings(found.path, None, {}, found.ignored)
    from generator.release.reader import build_part  # it reads release files with these settings

    name = str(found.path)
    try:
        text = read_bytes(found.path)[:LIMIT].decode("utf-8-sig")
        raw = tomllib.loads(text)
    except (CharterError, UnicodeDecodeError) as error:
        raise ReleaseFileError((Complaint(name, 1, 1, "", str(error), _("Save it as UTF-8 text.")),)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        at = _AT.search(str(error))
        line, column = (int(at[1]), int(at[2])) if at else (1, 1)
        said = _("this is not TOML: {problem}.").format(problem=_AT.sub("", str(error)).strip())
        raise ReleaseFileError((Complaint(name, line, column, "", said, _("Correct it there.")),)) from None
    marks = _marks(text)
    tree = Tree(raw, marks, marks)
    own = frozenset(raw["licenses"]) if isinstance(raw.get("licenses"), dict) else frozenset()
    values = build_part(Settings, tree, name, license_resolver(own), [])
    return AppliedSettings(found.path, values, raw)


def _marks(text: str) -> dict[Path_, tuple[int, int]]:
    """Where keys stand, line by line; a key inside of a value on one line has the place of the line's key."""
    marks: dict[Path_, tuple[int, int]] = {(): (1, 1)}
    table: Path_ = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _names(header[1])
            marks.setdefault(table, (number, 1))
        elif key := _KEY.match(line):
            marks.setdefault((*table, *_names(key[2])), (number, len(key[1]) + 1))
    return marks


def _names(dotted: str) -> Path_:
    return tuple(next(filter(None, found), "") for found in _NAME.findall(dotted))
