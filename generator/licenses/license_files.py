"""The license files of a folder, what each covers, and the licenses that other files state for themselves."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from generator.artifacts.card import read_card_text, states_choice
from generator.artifacts.folder import is_file, is_inside, listing, read_text
from generator.artifacts.scan import ending
from generator.artifacts.weights import is_weights, without_checkpoints
from generator.errors import CharterError
from generator.licenses.catalog import LicenseId, is_family, parse_known
from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

GENERAL, NAMED, OTHER = "general", "named", "other"
"""What a file covers that names no layer: everything, what its name says, or parts of others."""
TEXT_LIMIT = 512 * 1024
"""Bytes of a license file that is read."""

_WORD = lazy_pattern(r"[A-Z]+|\d+")
_LICENSE = frozenset(("LICENSE", "LICENCE", "COPYING"))
_TERMS = frozenset(("TERMS", "AGREEMENT", "EULA"))
"""What a file with terms for a part is called too: WEIGHTS_TERMS_OF_USE.md, MODEL_AGREEMENT.txt."""
_NEUTRAL = _LICENSE | {"LICENSES", "LICENCES", "AGREEMENT", "TERMS", "OF", "USE", "AND", "THE", "FOR", "V", "VERSION"}
_ENDINGS = ("", "txt", "md", "rst", "html", "htm")
_OF_LAYER = {
    "weights": {"MODEL", "MODELS", "WEIGHT", "WEIGHTS", "CKPT", "CHECKPOINT", "CHECKPOINTS", "DIFF", "PARAMETERS"},
    "architecture": {"CODE", "SOURCE", "SRC", "SOFTWARE", "SCRIPT", "SCRIPTS", "SOURCECODE"},
    "data": {"DATA", "DATASET", "DATASETS", "CORPUS", "ANNOTATIONS"},
    "documents": {"DOC", "DOCS", "DOCUMENTATION"},
}
_OF_OTHERS = {"THIRD", "PARTY", "THIRDPARTY", "DEPENDENCIES", "VENDOR", "BUNDLED", "HEADER", "TEMPLATE", "FAQ"}
_SHORT_NAMES = {"APACHE", "MIT", "BSD", "GPL", "LGPL", "AGPL", "MPL", "CC", "BY", "NC", "SA", "LESSER"}
_WEIGHTS = frozenset(("safetensors", "gguf", "bin", "pt", "pth", "ckpt", "onnx", "h5", "tflite", "keras", "msgpack"))
_TAG = lazy_pattern(r"SPDX-License-Identifier:[ \t]*([^\n\r]{2,160})")
_UNDER = lazy_pattern(
    r"licensed\s+under\s+(?:the\s+)?(?:terms\s+of\s+(?:the\s+)?)?([A-Za-z][\w .,+-]{1,60}?)"
    r"(?:\s*\(|[.;]\s|[.;]?$|\s+found\b|\n)",
    re.I,
)
_LESSER = {"GPL-3.0-only", "LGPL-3.0-only"}
"""LGPL-3.0 is a supplement to GPL-3.0: COPYING.LESSER lies beside COPYING."""
_HEAD = 4000
_PLACEHOLDER = lazy_pattern(
    r"\W*(?:todo|tbd|tba|fixme|xxx|n/?a|none|placeholder|(?:license )?text (?:goes )?here)\b.{0,60}", re.I
)
_WEB_PAGE = lazy_pattern(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I)


class LicenseFile(NamedTuple):
    """A file with a license text.

    Attributes:
        path: The file.
        covers: A layer, or `general`, `named` or `other`.
    """

    path: str
    covers: str


class WeightsLicense(NamedTuple):
    """The license that license files state for the weights.

    Attributes:
        license: Its id, or an expression of several; None where no file states one, or it is unclear which one holds.
        path: The file that states it, or that could.
        unclear: Files of which it is unclear whether they cover the weights, or what they hold.
    """

    license: str | None
    path: str = ""
    unclear: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def license_file(path: str) -> LicenseFile | None:
    """Return what a file covers if its name is that of a license text, else None.

    Args:
        path: A path inside the folder of a release.
    """
    name = path.rpartition("/")[2]
    end = ending(name)
    stem = name[: -len(end) - 1] if end in _ENDINGS and end else name
    words = _WORD.findall(stem.upper())
    if len(name) > 100 or (end not in _ENDINGS and not name.upper().startswith(("LICENSE.", "LICENCE.", "COPYING."))):
        return None
    layers = [layer for layer, signs in _OF_LAYER.items() if signs & set(words)]
    terms = bool(_TERMS & set(words)) and bool(layers)
    if not _LICENSE & set(words) and words[:1] not in (["LICENSES"], ["LICENCES"]) and not terms:
        return None
    if "NOTICE" in words or "POLICY" in words:
        return None
    if _OF_OTHERS & set(words):
        return LicenseFile(path, OTHER)
    if layers:
        return LicenseFile(path, layers[0] if len(layers) == 1 else NAMED)
    rest = [word for word in words if word not in _NEUTRAL]
    about = "-".join(re.findall(r"[\w.]+", stem)[1:])
    plain = not rest or parse_known(about) is not None or all(word in _SHORT_NAMES or word.isdigit() for word in rest)
    return LicenseFile(path, GENERAL if plain else NAMED)


def find_license_files(folder: Path, paths: Iterable[str] | None = None) -> tuple[LicenseFile, ...]:
    """Return the license files at the top of a folder and beside weights below it.

    Args:
        folder: The folder.
        paths: The files in it; by default they are listed.
    """
    paths = tuple(dict.fromkeys((*(listing(folder).files if paths is None else paths), *_linked(folder))))
    beside = {path.rpartition("/")[0] for path in paths if ending(path) in _WEIGHTS} | {""}
    found = [(license_file(path), path.rpartition("/")[0]) for path in paths]
    return tuple(
        file._replace(covers="weights") if below and file.covers in (GENERAL, NAMED) else file
        for file, below in found
        if file and below in beside and not below.startswith((".", "LICENSES"))
    )


def weights_license(folder: Path) -> WeightsLicense:
    """Return the license that the license files of a folder state for its weights.

    A file that names the weights decides. A plain LICENSE covers them where no file of another name can: the license of
    code is never credited to weights.

    Args:
        folder: The folder.
    """
    files = find_license_files(folder)
    own = [file.path for file in files if file.covers == "weights"]
    plain = [file.path for file in files if file.covers == GENERAL]
    named = [file.path for file in files if file.covers == NAMED]
    if own and _weights_beside(folder, own):
        return _of_parts(folder, own, plain + named)
    if not own and (pointed := _follow(folder, plain, named)):
        return pointed
    chosen = own or plain + named
    if not chosen:
        return WeightsLicense(None)
    keys = {path: _license_in(folder, path) for path in chosen}
    found = set(keys.values())
    if len(found) == 1 and (key := next(iter(found))):
        return WeightsLicense(key, chosen[0])
    if found == _LESSER:
        return WeightsLicense("LGPL-3.0-only", next(path for path in chosen if keys[path] == "LGPL-3.0-only"))
    if not own and not named and None not in found and _readme_offers_choice(folder):
        return WeightsLicense(" OR ".join(sorted(map(str, found), key=str.casefold)), chosen[0])
    return WeightsLicense(None, chosen[0], tuple(chosen) if len(chosen) > 1 or own else ())


def _weights_beside(folder: Path, own: list[str]) -> bool:
    """Whether weights lie outside of the folders that license files for weights are in."""
    held = tuple(f"{path.rpartition('/')[0]}/" for path in own if "/" in path)
    if len(held) < len(own):
        return False  # a file at the top that names the weights covers all
    weights = without_checkpoints(path for path in listing(folder).files if is_weights(path))
    return any(not path.startswith(held) for path in weights)


def _of_parts(folder: Path, own: list[str], general: list[str]) -> WeightsLicense:
    """The licenses of weights of which some lie beside a license file of their own: all bind those who take all."""
    keys = [_license_in(folder, path) for path in (*general, *own)]
    if not general or None in keys:
        return WeightsLicense(None, own[0], (*general, *own))
    return WeightsLicense(" AND ".join(dict.fromkeys(map(str, keys))), own[0])


def _follow(folder: Path, plain: list[str], named: list[str]) -> WeightsLicense | None:
    """The license of the files that a LICENSE names as its terms."""
    from generator.licenses.license_pointers import find_pointer

    paths = listing(folder).files
    for path in plain:
        text = _read(folder, path)
        pointer = find_pointer(path, text, paths) if text else None
        keys = [_license_in(folder, other) for other in pointer.paths] if pointer else []
        if pointer and None not in keys and not {*plain, *named} - {path, *pointer.paths}:
            return WeightsLicense(" OR ".join(sorted(set(map(str, keys)), key=str.casefold)), path)
    return None


def _readme_offers_choice(folder: Path) -> bool:
    return states_choice(read_card_text(folder).text)


def _linked(folder: Path) -> list[str]:
    """The license files at the top of a folder that are links to files in it, such as LICENSE to LICENSES/MIT.txt."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_symlink())
    except (OSError, ValueError):
        return []
    return [name for name in names if license_file(name) and is_file(folder / name) and is_inside(folder, name)]


def layer_license(folder: Path, layer: str) -> tuple[LicenseId, str] | None:
    """Return the license that a file of a folder states for a layer by its name, and that file; else None.

    A plain LICENSE is that of the code where the weights have a file of their own.

    Args:
        folder: The folder.
        layer: `architecture`, `data` or `documents`.
    """
    files = find_license_files(folder)
    own = [file.path for file in files if file.covers == layer]
    if not own and layer == "architecture" and any(file.covers == "weights" for file in files):
        own = [file.path for file in files if file.covers == GENERAL]
    keys = [(key, path) for path in own if (key := _license_in(folder, path))]
    return keys[0] if len(own) == 1 and keys else None


def find_licenses_named(folder: Path, path: str) -> frozenset[LicenseId]:
    """Return the licenses that a license file names, where it holds no text: as a notice, or by the files with texts.

    Args:
        folder: The folder.
        path: The license file.
    """
    from generator.licenses.identify import NOTICE_ONLY, identify

    text = _read(folder, path) or ""
    found = identify(text) if text.strip() else None
    if found and found.result == NOTICE_ONLY:
        return frozenset((found.license,) if found.license else found.others)
    followed = _follow(folder, [path], []) if text.strip() else None
    expression = parse_known(followed.license) if followed and followed.license else None
    return frozenset(expression.ids() if expression else ())


def find_in_code(text: str) -> tuple[str, ...]:
    """Return the licenses that the head of a code file states: its SPDX line, else the sentence `Licensed under …`.

    Args:
        text: The beginning of the file.
    """
    head = text[:_HEAD]
    if tags := _TAG.findall(head):
        return tuple(dict.fromkeys(tag.strip(" \t*/#->") for tag in tags))
    names = (" ".join(re.sub(r"[*#/]", " ", name).split()).strip(" ,") for name in _UNDER.findall(head))
    return tuple(dict.fromkeys(name for name in names if _is_known(name)))


def find_in_json(table: dict[str, Any]) -> Iterator[str]:
    """Yield the licenses that a configuration states: `license` at its top, and in `pretrained_cfg` as timm keeps it.

    Args:
        table: What `config.json` or `meta.json` holds.
    """
    for part in (table, table.get("pretrained_cfg")):
        stated = part.get("license") if isinstance(part, dict) else None
        if isinstance(stated, str) and 0 < len(stated.strip()) <= 100 and "\n" not in stated.strip():
            yield stated.strip()


def is_placeholder(text: str) -> bool:
    """Return whether a text is none: blank, or a word such as TODO where a text is to come.

    Args:
        text: What a license file holds.
    """
    return not text.strip() or _PLACEHOLDER.fullmatch(text.strip()[:200]) is not None


def is_web_page(text: str) -> bool:
    """Return whether a text is HTML, as a browser saves a page.

    Args:
        text: What a license file holds.
    """
    return _WEB_PAGE.match(text) is not None


def _is_known(name: str) -> bool:
    found = parse_known(name) or parse_known(f"{name} license")
    return found is not None and not any(is_family(key) for key in found.ids())


def _license_in(folder: Path, path: str) -> LicenseId | None:
    """The license that a file is a true copy of, or whose title it bears."""
    from generator.licenses.identify import find_named_only, true_copy

    text = _read(folder, path)
    return (true_copy(text) or find_named_only(text)) if text else None


def _read(folder: Path, path: str) -> str | None:
    try:
        return read_text(folder, path, TEXT_LIMIT, any_encoding=True)
    except CharterError:
        return None
