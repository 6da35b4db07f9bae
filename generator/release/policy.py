"""The policy file of an organization: which licenses it allows and which it blocks, by layer and relation."""

from __future__ import annotations

from pathlib import Path

from generator.errors import ReleaseFileError
from generator.release import fields as kind
from generator.release.model import Many, Part, has, said
from generator.release.reader import Resolver, build_part
from generator.release.source import parse_tree, read_bytes
from generator.release.vocabulary import LAYERS, LICENSE_REF, RELATIONS

OWN = "own"
"""In place of a relation: the license that an item has itself."""


class PolicyEntry(Part):
    """Licenses that are allowed or blocked."""

    licenses: tuple[str, ...] = said(Many(kind.LICENSE), "License ids; each is compared with the ids that apply.")
    layers: tuple[str, ...] = has(
        Many(kind.one_of((*LAYERS, "documents"))), "The layers that the entry is about; all by default."
    )
    relations: tuple[str, ...] = has(
        Many(kind.one_of((OWN, *RELATIONS))),
        "How the license reaches an item: `own` for its own license, or a relation to a source; all by default.",
    )
    reason: str | None = has(kind.LINE, "Why; shown with each finding.")


class PolicyFile(Part):
    """Which licenses an organization allows and which it blocks."""

    policy: int = said(kind.VERSION, "The version of this format: 1.")
    name: str | None = has(kind.LINE, "The name of the policy.")
    allow: tuple[PolicyEntry, ...] = has(
        Many(PolicyEntry), "Licenses that are allowed. Where there is an entry for a layer and relation, no other is."
    )
    block: tuple[PolicyEntry, ...] = has(Many(PolicyEntry), "Licenses that are not allowed, whatever `allow` has.")


def read_policy_file(path: str | Path, license_resolver: Resolver) -> PolicyFile:
    """Read a policy file.

    Args:
        path: The file.
        license_resolver: Makes license ids canonical.

    Raises:
        ReleaseFileError: It can't be read as a policy; every error is in it, with line and column.
        CharterError: There is no such file.
    """
    raw = read_bytes(Path(path))
    tree, errors = parse_tree(raw, str(path))
    # A custom license needs no description here: its id is all that is compared.
    resolve = license_resolver(frozenset(LICENSE_REF.findall(raw.decode("utf-8", "replace"))))
    made, more = build_part(PolicyFile, tree, str(path), resolve)
    errors += more
    if errors or not isinstance(made, PolicyFile):
        raise ReleaseFileError(tuple(sorted(errors, key=lambda e: (e.line, e.column, e.path, e.message))))
    return made
