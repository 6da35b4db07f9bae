"""The policy file of an organization: which licenses it allows and which it blocks, by layer and relation."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from generator.release.fields import License, Line, Version, license_resolver
from generator.release.part import Part
from generator.release.reader import build_part
from generator.release.source import parse_tree, read_bytes
from generator.release.vocabulary import LICENSE_REF, Layer, Own, Relation


@dataclass(frozen=True, kw_only=True, repr=False)
class PolicyEntry(Part):
    """Licenses that are allowed or blocked."""

    licenses: Annotated[tuple[License, ...], "License ids; each is compared with the ids that apply."]
    layers: Annotated[
        tuple[Literal[Layer, "documents"], ...], "The layers that the entry is about; all by default."
    ] = ()
    relations: Annotated[
        tuple[Literal[Own, Relation], ...],
        "How the license reaches an item: `own` for its own license, or a relation to a source; all by default.",
    ] = ()
    reason: Annotated[Line | None, "Why; shown with each finding."] = None


@dataclass(frozen=True, kw_only=True, repr=False)
class PolicyFile(Part):
    """Which licenses an organization allows and which it blocks."""

    policy: Annotated[Version, "The version of this format: 1."]
    name: Annotated[Line | None, "The name of the policy."] = None
    allow: Annotated[
        tuple[PolicyEntry, ...],
        "Licenses that are allowed. Where there is an entry for a layer and relation, no other is.",
    ] = ()
    block: Annotated[tuple[PolicyEntry, ...], "Licenses that are not allowed, whatever `allow` has."] = ()


def read_policy_file(path: str | Path) -> PolicyFile:
    """Read a policy file.

    Args:
        path: The file.

    Raises:
        ReleaseFileError: It can't be read as a policy; every error is in it, with line and column.
        CharterError: There is no such file.
    """
    raw = read_bytes(Path(path))
    tree, errors = parse_tree(raw, str(path))
    # A custom license needs no description here: its id is all that is compared.
    resolve = license_resolver(frozenset(LICENSE_REF.findall(raw.decode("utf-8", "replace"))))
    return build_part(PolicyFile, tree, str(path), resolve, errors)
