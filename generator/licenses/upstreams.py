"""Upstreams that lie beside the release: their own release file, or their card and LICENSE, read transitively."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from generator.artifacts.card import CardFacts, find_relation, read_card, read_card_text, states_choice
from generator.artifacts.folder import is_folder, is_inside, read_inside
from generator.errors import CharterError, UnknownLicenseError
from generator.licenses.catalog import Expression, find_license_of_address, parse
from generator.patterns import lazy_pattern
from generator.release.fields import INNER_PATH, URL, fitting, one_line
from generator.release.model import Item, Layers, LocalTerms, Release, ReleaseInfo, Source, Upstream
from generator.release.nearest import nearest
from generator.release.source import FILE_NAME
from generator.release.vocabulary import LICENSE_REF, Relation

if TYPE_CHECKING:
    from generator.licenses.folder_terms import FolderTerms

LICENSE_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md")
"""Names under which a folder keeps a license text (hub.md 5.1; the `.txt` form is Meta's)."""
DEPTH_LIMIT = 48
"""Folders that a lineage is followed through."""

_confined = False
"""Whether a ref means a folder only inside the folder of its release."""
_BEGINS = lazy_pattern(rb"^charter[ \t]*:", re.M)
_REPO = lazy_pattern(r"[\w][\w.-]*/[\w][\w.-]*")


def hub_cache() -> Path | None:
    """Return the folder of the Hub's cache (huggingface_hub, "Understand caching"), or None where there is none."""
    if stated := os.environ.get("HF_HUB_CACHE"):
        cache = Path(stated)
    elif stated := os.environ.get("HF_HOME"):
        cache = _below(stated, "hub")
    else:
        home = os.path.expanduser("~")  # noqa: PTH111 - asked for every release
        if home.startswith("~"):  # a user without a home folder
            return None
        cache = _below(home, ".cache/huggingface/hub")
    return cache if is_folder(cache) else None


@lru_cache(maxsize=4)
def _below(folder: str, path: str) -> Path:
    return Path(folder, path)


def confine() -> None:
    """Read no folder outside that of a release for the rest of this process, where anybody may write the refs."""
    global _confined
    _confined = True


def place_of(ref: str, base: Path | None, revision: str | None, cache: Path | None) -> Path | None:
    """Return the folder that an upstream's ref means, or None where it means none that is here.

    A path is taken from the release's folder; a Hub repo id is looked for in the Hub's own cache, which is never
    filled from here.

    Args:
        ref: The ref as it stands.
        base: The folder of the release that names it.
        revision: The commit or branch that is named.
        cache: The Hub's cache.
    """
    if _confined:
        folder = _path(ref, base)
        return folder if folder and base and is_folder(folder) and is_inside(base, ref) else None
    folder = _path(ref, base) or (find_cached_repo(ref, revision, cache) if cache else None)
    return folder if folder is not None and is_folder(folder) else None


def folder_release(folder: Path) -> Release:
    """Return a release for a folder that has no release file, from its card and its LICENSE.

    Args:
        folder: A model folder; a card that cannot be read states nothing.
    """
    # Only a folder without a release file needs these.
    from generator.artifacts.inspect import read_bases, read_gguf_license, relation_of
    from generator.licenses.card_licenses import license_in_text
    from generator.licenses.folder_terms import find_contrary_terms, folder_terms
    from generator.licenses.license_files import find_license_files, weights_license

    card = CardFacts()
    with contextlib.suppress(CharterError):
        card = read_card(folder) or card
    layer, shown = relation_of(folder, card.keys)
    stated = find_relation(card.relation or "")
    layer = "deltas" if stated == "adapter" else layer
    if layer == "architecture" and any(file.covers == "weights" for file in find_license_files(folder)):
        layer = "weights"  # that are elsewhere
    terms = folder_terms(folder, card)
    contrary = find_contrary_terms(folder, card)
    choice = len(card.license) > 1 and states_choice(read_card_text(folder).text)
    in_files, configs = _of_layer(folder, layer), list(_in_configs(folder))
    license_ = _combine_stated(card, in_files, terms or contrary, configs, choice=choice)
    if license_ is None and not card.license and not weights_license(folder).path:
        license_ = license_in_text(folder)  # where license files disagree, it is not clear what a README means
    if license_ is None and not card.license and (found := _parse_known(read_gguf_license(folder))):
        license_ = str(found)
    upstreams = [Upstream(ref=one_line(ref), relation=cast(Relation, stated or shown)) for ref in card.base_models]
    if not upstreams:
        named = read_bases(folder)
        upstreams = [Upstream(ref=one_line(base.ref), relation=cast(Relation, base.relation)) for base in named]
    upstreams += [Upstream(ref=one_line(ref), relation="trained_on") for ref in card.datasets]
    own = terms or contrary
    text = fitting(INNER_PATH, own.text) if own else None
    item = Item(
        availability="released",
        license=license_,
        license_text=text if contrary or (terms and license_ == terms.license) else None,
        form="adapter" if layer == "deltas" else None,
        files=("**",),
        derived_from=tuple(upstreams) if layer in ("weights", "deltas") else (),
    )
    name = one_line(folder.absolute().name) or "model"
    local = {}
    if own and own.name and (contrary or not item.license_text):
        local[own.license] = LocalTerms(name=one_line(own.name), url=fitting(URL, own.url))
    origin = Source(str(folder / "README.md"), folder, {(): (1, 1)})
    layers = Layers(**{layer: (item,)})
    return Release(charter=1, release=ReleaseInfo(name=name), layers=layers, licenses=local, origin=origin)


def _of_layer(folder: Path, layer: str) -> str | None:
    """The license that the license files of a folder state for what its card is about."""
    from generator.licenses.license_files import layer_license

    own = layer_license(folder, layer) if layer in ("architecture", "data") else None
    return str(own[0]) if own else identify_folder(folder)


def card_license(card: CardFacts) -> Expression | None:
    """Return the license that a card states by itself, without the files beside it; None where it states none.

    Args:
        card: What its front matter has.
    """
    from generator.licenses.folder_terms import find_stated_terms

    stated = _combine_stated(card, None, find_stated_terms(card), [])
    return parse(stated, frozenset(LICENSE_REF.findall(stated))) if stated else None


def identify_folder(folder: Path) -> str | None:
    """Return the license, or several as an expression, that the license files of a folder state for its weights.

    Args:
        folder: A model folder.
    """
    from generator.licenses.license_files import weights_license

    return weights_license(folder).license


def _combine_stated(
    card: CardFacts, text: str | None, terms: FolderTerms | None, configs: list[str], *, choice: bool = False
) -> str | None:
    """The license that card, license files and configurations state together; where they differ, all bind.

    Several licenses of a card bind too, unless its text lets the user choose.
    """
    keys = [str(key) for name in card.license if (key := _parse_known(name))]
    if card.license == ("other",) and terms:
        keys, text = [], None
    if choice and len(keys) > 1:
        keys = [" OR ".join(sorted(keys))]
    names = list(dict.fromkeys(keys + ([terms.license] if terms else []) + ([str(text)] if text else []) + configs))
    return " AND ".join(f"({name})" if " " in name else name for name in names) or None


def _in_configs(folder: Path) -> Iterator[str]:
    """The licenses that `config.json` and `meta.json` state."""
    from generator.licenses.license_files import find_in_json

    for name in ("config.json", "meta.json"):
        table = None
        with contextlib.suppress(CharterError, ValueError, RecursionError):
            table = json.loads(read_inside(folder, name) or b"null")
        for stated in find_in_json(table) if isinstance(table, dict) else ():
            if (found := _parse_known(stated)) is not None:
                yield str(found)


def _parse_known(name: str) -> Expression | None:
    try:
        return parse(find_license_of_address(name) or name)
    except UnknownLicenseError:
        return None


def _path(ref: str, base: Path | None) -> Path | None:
    if not ref.startswith((".", "/", "~")) and (_REPO.fullmatch(ref) or "://" in ref):
        return None
    try:
        path = Path(ref).expanduser()
    except RuntimeError:
        return None  # `~name` of nobody on this machine
    return path if path.is_absolute() else base / path if base else None


def find_cached_repo(ref: str, revision: str | None, cache: Path, kind: str | None = None) -> Path | None:
    """Return the snapshot of a repo in the Hub's cache; None if it is not there.

    Args:
        ref: The repo id.
        revision: The commit or branch; the main branch by default.
        cache: The Hub's cache.
        kind: `model` or `dataset`; by default a model, or a data set if there is no such model.
    """
    if not _REPO.fullmatch(ref) or ".." in ref:
        return None
    for one in (kind,) if kind else ("model", "dataset"):
        repo = cache / f"{one}s--{ref.replace('/', '--')}"
        for commit in _commits(repo, revision):
            if (repo / "snapshots" / commit).is_dir():
                return repo / "snapshots" / commit
    return None


def _commits(repo: Path, revision: str | None) -> Iterator[str]:
    if revision and re.fullmatch(r"[0-9a-f]{7,40}", revision) and (repo / "snapshots").is_dir():
        yield from sorted(path.name for path in (repo / "snapshots").iterdir() if path.name.startswith(revision))
        return
    branch = repo / "refs" / (revision or "main")
    if ".." not in (revision or "") and branch.is_file() and branch.stat().st_size <= 100:
        commit = branch.read_text(encoding="ascii", errors="replace").strip()
        if re.fullmatch(r"[0-9a-f]{40}", commit):
            yield commit


def has_release_file(folder: Path) -> bool:
    """Return whether a folder holds a release file."""
    return (folder / FILE_NAME).is_file()


def near_release_file(folder: Path) -> str | None:
    """Return the name of a release file that is called almost as one has to be, such as `release.yml`; None without.

    Args:
        folder: A folder without a release file.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.name.casefold().endswith((".yaml", ".yml", ".yaml.txt"))]
    except (OSError, ValueError):
        return None
    spelled = {name.casefold(): name for name in sorted(names)}
    for near in nearest(FILE_NAME, spelled, 3, 0.8):
        with contextlib.suppress(CharterError):
            if _BEGINS.search(read_inside(folder, spelled[near]) or b""):
                return spelled[near]
    return None
