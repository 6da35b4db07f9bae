"""ART, the licenses: do license files, weights and cards state the license of the release?"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache

from generator.artifacts.card import read_card
from generator.artifacts.folder import read_inside, read_text
from generator.artifacts.weights import is_weights
from generator.checks.art.files import items_of
from generator.checks.registry import Problem, Subject, rule
from generator.documents.storage.record import CARD, digest
from generator.errors import CharterError, UnknownLicenseError
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import (
    LicenseId,
    get_known_name,
    hub_id,
    is_family,
    is_same_or_shared,
    licenses_of,
    only_of,
    parse,
)
from generator.licenses.license_files import (
    GENERAL,
    OTHER,
    LicenseFile,
    find_in_code,
    find_in_json,
    license_file,
)
from generator.named_tuple import NamedTuple
from generator.translations import gettext as _
from generator.translations import mark_text

_CODE_LIMIT = 200
"""Most code files whose heads are read."""
_HEAD = 4096
_TEXT_LIMIT = 256 * 1024
"""Most characters of a license text that are compared; the longest known one has a seventh of that."""
_NAME_LIMIT = 100


_LAYERS = {
    "weights": ("weights", "deltas"),
    "architecture": ("architecture",),
    "data": ("data", "curation"),
    "documents": ("documents",),
}


_PARTS = {
    "weights": mark_text("weights"),
    "architecture": mark_text("code"),
    "data": mark_text("data"),
    "documents": mark_text("documents"),
}
"""The layers of a license file, in words."""


class Text(NamedTuple):
    """A license text that was identified.

    Attributes:
        path: The file.
        license: What it is, or is most like.
        exact: Whether it is a true copy.
        differences: Where it is none, as lines of a diff.
        claimed: The licenses that it should be.
        version: The version that it is, where the catalog has facts of another one; else empty.
    """

    path: str
    license: LicenseId
    exact: bool
    differences: tuple[str, ...]
    claimed: tuple[LicenseId, ...]
    version: str = ""


@rule("ART108", "license-file-differs", "error")
def license_file_differs(subject: Subject) -> Iterator[Problem]:
    """A license file has the text of another license than the stated one.

    Users cannot know which of the two applies. The rule checks LICENSE and COPYING at the top, files in LICENSES/ by
    their names, each `license_text`, and license files in the folders of weights. It ignores files that a build wrote.
    The text of a base model's license, a changed copy of another license, and a text in a folder are warnings.

    Bad: where LICENSE has the MIT text

        weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}

    Good:

        weights: {availability: released, license: MIT, files: ["*.safetensors"]}
    """
    for text in _license_files(subject):
        if text.license not in text.claimed and not _completes(text):
            lesser = not text.exact or text.license in _travelling(subject) or "/" in text.path
            # A release file has canonical ids, the front matter of a card those of the Hub.
            spelled = str if subject.stated else _short
            stated = " AND ".join(map(spelled, text.claimed))
            if text.exact:
                message = _("{path} has the text of {license}, but the stated license is {stated}.")
            else:
                message = _("{path} has a changed copy of the text of {license}, but the stated license is {stated}.")
            yield Problem(
                message.format(path=text.path, license=get_known_name(text.license), stated=stated),
                _("Write `license: {spelled}`, or replace the text with that of {stated}.").format(
                    spelled=spelled(text.license), stated=stated
                ),
                at=subject.survey.at(text.path),
                severity="warning" if lesser else None,
            )


def _completes(text: Text) -> bool:
    """Whether a text is that of GPL-3.0, which LGPL-3.0 supplements and has to be passed on with."""
    return only_of(text.license) == "GPL-3.0-only" and any(only_of(key) == "LGPL-3.0-only" for key in text.claimed)


@rule("ART109", "license-file-altered", "warning")
def license_file_altered(subject: Subject) -> Iterator[Problem]:
    """A license file has a changed text of the stated license.

    Changed terms are other terms under a known name. Copyright lines do not count. Another version of the license, by
    the date in its text, is an info.

    Bad: an Apache-2.0 text without its section on patents

    Good: `charter licenses Apache-2.0 --text > LICENSE`
    """
    for text in _license_files(subject):
        if text.version and text.license in text.claimed:
            yield Problem(
                _("{path} is another version of {license}, of {version}.").format(
                    path=text.path, license=get_known_name(text.license), version=text.version
                ),
                _("charter has the facts of another version. Read this text before you rely on them."),
                at=subject.survey.at(text.path),
                severity="info",
            )
        elif not text.exact and text.license in text.claimed:
            changed = [line for line in text.differences if line[:1] in "+-" and line[:3] not in ("+++", "---")]
            yield Problem(
                _("{path} is a changed copy of {license}").format(path=text.path, license=get_known_name(text.license))
                + (f": {_shorten(changed[0])}" if changed else "."),
                _("Restore the exact text: charter licenses {short} --text > {path}").format(
                    short=_short(text.license), path=text.path
                ),
                at=subject.survey.at(text.path),
            )


@rule("ART110", "stated-license-differs", "error")
def stated_license_differs(subject: Subject) -> Iterator[Problem]:
    """A file states another license for itself than the release file: GGUF, safetensors, a card, config or code.

    The rule reads `general.license` of GGUF files and `modelspec.license` of safetensors. It reads `license` in
    config.json, meta.json and the front matter of README.md, also of one beside an adapter_config.json. It also reads
    the SPDX line or the sentence `Licensed under ...` at the head of Python files, as a warning. It compares licenses,
    not spellings. An unknown license name is an info. A card that `charter build` will rewrite, and the license of a
    base model, are warnings. Without a release file, the rule compares with the card.

    Bad: where `general.license` is llama2

        weights: {availability: released, license: Apache-2.0, files: ["*.gguf"]}

    Good:

        weights: {availability: released, license: llama2, files: ["*.gguf"]}
    """
    for path, word, stated in _find_stated_licenses(subject):
        claimed = _get_stated_for(subject, path)
        at = subject.survey.at(path, *([word] if word else []))
        found = _parse_license_names(stated)
        if found is None:
            yield Problem(
                _("{path} states the license {shorten}, which is not a known license.").format(
                    path=path, shorten=repr(_shorten(stated))
                ),
                _("Write an SPDX id or a Hub id there."),
                at=at,
                severity="info",
            )
        elif claimed and (other := [key for key in found if not any(is_same_or_shared(key, one) for one in claimed)]):
            lesser = path.endswith(".py") or all(key in _travelling(subject) for key in other)
            named = _shorten(stated) if path.endswith(".py") else _short(other[0])
            anew = path == CARD and subject.stated and "card" in subject.release.outputs
            yield Problem(
                (
                    _("{path} states {named}, but the release file states {names}.")
                    if subject.stated
                    else _("{path} states {named}, but the card states {names}.")
                ).format(path=path, named=named, names=" AND ".join(map(_short, claimed))),
                _("`charter build` rewrites it.") if anew else _("Correct the one that is wrong."),
                at=at,
                severity="warning" if lesser or anew else None,
            )


@rule("ART122", "license-file-unused", "warning")
def license_file_unused(subject: Subject) -> Iterator[Problem]:
    """A license file for a model, for data or for code is in the folder, and the release has no such part.

    Readers take the license of the release for that of the whole project. The rule reads names such as LICENSE-MODEL,
    DATA_LICENSE and LICENSE-CODE, where charter recognizes the text.

    Bad: LICENSE-MODEL beside a release of code alone

        architecture: {availability: released, license: MIT, files: ["**/*.py"]}

    Good: with the weights, where they are

        weights: {availability: released, license: deepseek, repo: deepseek-ai/DeepSeek-V3}
    """
    if not subject.stated:
        return
    written = subject.record.files
    for path in subject.survey.files:
        file = license_file(path)
        if file is None or "/" in path or file.covers not in _LAYERS or path in written:
            continue
        if any(item.is_available and item.layer in _LAYERS[file.covers] for item in subject.assessment.items):
            continue
        try:
            text = read_text(subject.survey.folder, path, any_encoding=True)
        except CharterError:
            continue
        key = _identify_once(text, ())[0] if text and len(text) <= _TEXT_LIMIT else None
        if key and key not in {one for item in subject.assessment.items for one in _ids(item)}:
            layer = file.covers
            yield Problem(
                _("{path} has the text of {license}, but the release has no {part}.").format(
                    path=path, license=get_known_name(key), part=_(_PARTS[layer])
                ),
                _(
                    "State the part that it covers, as in `{layer}: {{availability: released, license: {short}, "
                    "url: ADDRESS}}`, or take the file out of the folder."
                ).format(layer=layer, short=_short(key)),
                at=subject.survey.at(path),
            )


def _license_files(subject: Subject) -> Iterator[Text]:
    """The license texts of the folder that were identified."""
    survey = subject.survey
    single = [i for i in subject.assessment.items if i.item.license_text and not (i.license and i.license.parts)]
    own = {i.item.license_text: i for i in single if i.item.license_text}
    known = {path: _ids(i) for path, i in own.items()} | {
        terms.license_text: (LicenseId(key),) for key, terms in subject.release.licenses.items() if terms.license_text
    }
    written = subject.record.files
    below = {file.path for file in subject.license_files if "/" in file.path}
    for path in survey.files:
        name = path.removeprefix("LICENSES/").removesuffix(".txt") if path.startswith("LICENSES/") else ""
        if not (_is_license(path) or name or path in known or path in below):
            continue
        try:
            text = read_text(survey.folder, path, any_encoding=True)
        except CharterError:
            continue
        if not text or len(text) > _TEXT_LIMIT or written.get(path) == digest(text.encode()):
            continue
        named_ = _parse_license_names(name) if name else None
        claimed = known.get(path) or (named_ if name else _get_stated_for(subject, path)) or ()
        claimed = tuple(key for key in claimed if not is_family(key))
        # A custom license is what its own text says, even if it is close to a known one.
        if not claimed or any(key in subject.assessment.license_set.own for key in claimed):
            continue
        key, exact, differences, version = _identify_once(text, claimed)
        if key:
            claimed = (key,) if any(key in licenses_of(one) for one in claimed) else claimed
            yield Text(path, key, exact, differences, claimed, version)


@lru_cache(maxsize=64)
def _identify_once(text: str, claimed: tuple[LicenseId, ...]) -> tuple[LicenseId | None, bool, tuple[str, ...], str]:
    """As `near`, once for the rules that ask; `-only` and `-or-later` have one text.

    A notice holds no text, and of several licenses in one file none is the file's license.
    """
    from generator.licenses.identify import NOTICE_ONLY, near

    found = near(text, claimed)
    if found.license is None or found.result == NOTICE_ONLY:
        return None, False, (), ""
    key = next((one for one in claimed if only_of(one) == only_of(found.license)), found.license)
    return key, found.exact, found.differences, found.version


def _is_license(path: str) -> bool:
    """Whether a file at the top has the name of a license text; a data sheet on licenses has not."""
    file = license_file(path)
    return file is not None and file.covers != OTHER and "/" not in path


def _find_stated_licenses(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """The licenses that files state: path, the word to point at, and the stated license."""
    survey = subject.survey
    for path, gguf in survey.ggufs.items():
        stated = gguf.general.get("license", "")
        stated = gguf.general.get("license.name", "") if stated.lower() in ("", "other") else stated
        if stated.strip():
            yield path, "", stated.strip()
    for path, header in survey.headers.items():
        if stated := header.metadata.get("modelspec.license", "").strip():
            yield path, "", stated
    yield from _find_in_configs(subject)
    yield from _find_in_code(subject)
    beside = {path.rpartition("/")[0] for path in survey.files_named("adapter_config.json")}
    for path in survey.files_named(CARD):
        folder = path.rpartition("/")[0]
        if (folder or subject.stated) and (not folder or folder in beside):
            try:
                card = read_card(survey.folder / folder)
            except CharterError:
                continue
            for name in card.license if card else ():
                stated = (card.license_name or "") if card and name == "other" else name
                if stated and (name != "other" or _parse_license_names(stated)):
                    yield path, "\nlicense:", stated


def _find_in_configs(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """The licenses that configurations at the top state; unknown names are left out."""
    for path in subject.survey.files_named("config.json", "meta.json"):
        for stated in find_in_json(subject.survey.table(path)) if "/" not in path else ():
            if _parse_license_names(stated):
                yield path, stated, stated


def _find_in_code(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """The licenses at the heads of code files; a card is about the weights, so only a release file is compared."""
    survey = subject.survey
    for path in survey.ending_in("py")[:_CODE_LIMIT] if subject.stated else ():
        if items_of(subject, path):
            with contextlib.suppress(CharterError):
                head = (read_inside(survey.folder, path) or b"")[:_HEAD].decode("utf-8", "replace")
                yield from ((path, stated, stated) for stated in find_in_code(head))


def _get_stated_for(subject: Subject, path: str) -> tuple[LicenseId, ...]:
    """The stated licenses for a file: those of the items that cover it, else of all released items.

    Without a release file they come from the card, since the release was read from LICENSE too.
    """
    file = license_file(path)
    covers = _get_covered_layer(subject, file) if file else ""
    if not subject.stated:
        if covers in ("architecture", "data", "documents"):
            return ()  # a card states the license of the weights
        card = subject.survey.card
        names = [*(card.license if card else ()), *([card.license_name] if card and card.license_name else [])]
        found = tuple(dict.fromkeys(key for name in names for key in _parse_license_names(name) or ()))
        return tuple(key for key in found if not is_family(key))
    given = [item for item in subject.assessment.items if item.is_available]
    if path == CARD:
        chosen = list(subject.coverage.subject)
    elif "/" in path and file:
        beside = [other for other in subject.survey.files if is_weights(other) and _folder(other) == _folder(path)]
        chosen = [item for other in beside[:1] for item in items_of(subject, other)] or given
    elif _is_license(path):
        layers = _LAYERS.get(covers, ())
        chosen = [item for item in given if item.layer in layers] if layers else given
    else:
        chosen = items_of(subject, path) or given
    return tuple(dict.fromkeys(key for item in chosen for key in _ids(item)))


def _get_covered_layer(subject: Subject, file: LicenseFile) -> str:
    """The layer that a license file covers; a plain one covers the code where the weights have their own file."""
    if file.covers != GENERAL:
        return file.covers
    others = subject.license_files
    return "architecture" if any(other.covers == "weights" for other in others) else GENERAL


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _ids(item: ItemAssessment) -> tuple[LicenseId, ...]:
    return item.license.ids() if item.license else ()


def _travelling(subject: Subject) -> frozenset[LicenseId]:
    """The licenses of all upstreams."""
    flows = [flow for item in subject.assessment.items for flow in item.flows[1:]]
    return frozenset(key for flow in flows if flow.license for key in flow.license.ids())


def _parse_license_names(text: str) -> tuple[LicenseId, ...] | None:
    """The licenses that a text names; empty where it names a family, None where it names no known license."""
    if len(text) > _NAME_LIMIT:
        return None
    try:
        found = parse(text).ids()
    except UnknownLicenseError:
        return None
    return () if any(is_family(key) for key in found) else found


def _short(key: LicenseId) -> str:
    return hub_id(key) or key


def _shorten(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:117]}..."
