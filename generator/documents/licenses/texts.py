"""The license texts of a bundle: taken verbatim from where they are kept, holders' lines filled in."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from generator.artifacts.folder import is_file, read_text
from generator.documents.licenses.coverage import Coverage
from generator.documents.licenses.publisher_files import publisher_text
from generator.documents.storage.record import Record, digest, read_record
from generator.errors import LicenseTextError
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.catalog import LicenseId, get_known_name, index, is_family, is_shared_name, licenses_of, only_of
from generator.licenses.copyrights import copyright_line_of, copyright_lines_in, holder_of
from generator.licenses.license_files import OTHER, find_license_files, is_placeholder, is_web_page
from generator.licenses.lineage import Flow
from generator.licenses.terms import Terms
from generator.patterns import lazy_pattern
from generator.release.model import Release
from generator.translations import error_text as _

# A form line for the holder, as SPDX prints it near the top: `Copyright (c) <year> <owner>`, `[xxxx]`.
_FORM = lazy_pattern(r"(?:Copyright|Developed by:)[^\n]*(?:<(?!https?:)[^>@\n]+>|\[[^\]\n]+\])[^\n]*(?:\n|\Z)")
_HEAD_LINES = 12
_STATED = lazy_pattern(r"\s*(?:copyright\b|\(c\)|©|portions copyright\b)", re.I)


class LicenseTextStore:
    """The available license texts for one release.

    Args:
        assessment: The assessed release.
        files: The files in its folder; by default they are listed.
        record: What an earlier build recorded there; by default it is read.
    """

    def __init__(
        self, assessment: Assessment, files: tuple[str, ...] | None = None, record: Record | None = None
    ) -> None:
        self.assessment = assessment
        self.release = assessment.release
        self.license_set = assessment.license_set
        self.taken: dict[str, LicenseId] = {}
        """Files of the folder that were taken as the text of a license."""
        self._texts: dict[LicenseId, str | None] = {}
        self._supplied = _get_supplied_texts(assessment)
        folder = self.release.folder
        self._record = record or (read_record(folder) if folder else Record())
        self._found = _find_publisher_texts(folder, files, self._record)

    def text(self, key: LicenseId) -> str | None:
        """Return a license's text as it is kept, or None where it is not available.

        Args:
            key: A canonical id.

        Raises:
            LicenseTextError: The publisher's `license_text` is not there.
        """
        if key not in self._texts:
            self._texts[key] = self._find_text(key)
        return self._texts[key]

    def _find_text(self, key: LicenseId) -> str | None:
        """A license's text, from the first place that has it."""
        from generator.licenses.quotes import get_verified_text

        if path := self._supplied.get(key):
            return self._read(path, key)
        if key in self._found:
            name, text = self._found[key]
            self.taken[name] = key
            return text
        beside = self._beside(key) if key in self._record.adopted or not self._is_built(key) else None
        return beside or get_verified_text(self.license_set.terms(key)) or self._beside(key)

    def is_supplied(self, path: str) -> bool:
        """Return whether the release file names a file as `license_text`.

        Args:
            path: A path in the folder of the release.
        """
        return path in self._supplied.values()

    def own_lines(self, key: LicenseId) -> tuple[str, ...]:
        """Return the copyright lines of the publisher's own copy of a license text, in this folder or as recorded.

        Args:
            key: A canonical id.

        Raises:
            LicenseTextError: The publisher's `license_text` is not there.
        """
        from generator.licenses.quotes import get_verified_text

        recorded = tuple(line for line in self._record.adopted.get(key, ()) if copyright_line_of(line))
        text = self.text(key)
        path = next((name for name, license_ in self.taken.items() if license_ == key), None)
        supplied = path in self._supplied.values()
        if text is None or path is None or (not supplied and self._is_recorded(path, text)):
            return recorded
        return _distinct((*recorded, *copyright_lines_in(text, get_verified_text(self.license_set.terms(key)))))

    def get_adopted(self) -> dict[str, tuple[str, ...]]:
        """Return the licenses whose text is the publisher's own copy, each with its copyright lines."""
        keys = {key for path, key in self.taken.items() if path not in self._supplied.values()}
        return {key: self.own_lines(key) for key in sorted(keys)}

    def get_filled(self, key: LicenseId, stated: tuple[str, ...]) -> str:
        """Return a license's text with the lines of its copyright holders: the publisher's own first, then others.

        Args:
            key: A canonical id.
            stated: The copyright lines that the release file states.

        Raises:
            LicenseTextError: The text is not available.
        """
        text = self.require(key)
        if not has_form_line(text) and (key not in self.taken.values() or not self.asks_holder(key)):
            return _end_line(text)  # it has no place for a line
        lines = _distinct((*self.own_lines(key), *stated))
        if has_form_line(text):
            there = {holder_of(line) for line in map(copyright_line_of, text.splitlines()[:_HEAD_LINES]) if line}
            return with_holders(text, tuple(line for line in lines if holder_of(line) not in there))
        return with_lines(text, lines)

    def wrote(self, path: str) -> bool:
        """Return whether an earlier build wrote a file of the folder, as its record says.

        Args:
            path: A path in the folder of the release.
        """
        return path in self._record.files

    def _is_built(self, key: LicenseId) -> bool:
        return f"LICENSES/{key}.txt" in self._record.files

    def _is_recorded(self, path: str, text: str) -> bool:
        return self._record.files.get(path) == digest(text.encode())

    def at_hand(self, key: LicenseId) -> bool:
        """Return whether `require` would find a text, without reading those that the SPDX list has.

        Args:
            key: A canonical id.

        Raises:
            LicenseTextError: The publisher's `license_text` is not there.
        """
        source = self.license_set.terms(key).text_source
        listed = key not in self._supplied and key not in self._found and source and source.origin == "spdx"
        return bool(listed) or self.text(key) is not None

    def asks_holder(self, key: LicenseId) -> bool:
        """Return whether a license's text leaves a line for the copyright holder.

        Args:
            key: A canonical id.
        """
        known = index()["known"].get(key)
        if known is not None and known["text"]:
            return bool(known["form"])
        text = self.text(key)
        return text is not None and has_form_line(text)

    def exception(self, name: str) -> str:
        """Return the text of an SPDX exception, which the publisher has to supply: no package carries them.

        Args:
            name: Its SPDX id.

        Raises:
            LicenseTextError: It is not in the folder.
        """
        text = self._beside(name)
        if text is None:
            remedy = _("Put it into the folder as LICENSES/{name}.txt, for example with: reuse download {name}").format(
                name=name
            )
            raise LicenseTextError(_("The text of the exception {name} is not available.").format(name=name), remedy)
        return text

    def require(self, key: LicenseId) -> str:
        """Return a license's text.

        Args:
            key: A canonical id.

        Raises:
            LicenseTextError: It is not available; the remedy names the ways to supply it.
        """
        text = self.text(key)
        if text is None:
            error = self.missing(key)
            raise LicenseTextError(f"{self._format_place(key)}{error.message}", error.remedy)
        return text

    def missing(self, key: LicenseId) -> LicenseTextError:
        """Return the error that a license's text is not available, with the ways to supply it."""
        message = _("The text of {name} ({key}) is not available.").format(name=get_known_name(key), key=key)
        return LicenseTextError(message, _ways(key, self.license_set.terms(key)))

    def _format_place(self, key: LicenseId) -> str:
        """The first place of the release file that needs the text of a license, as a message begins; else nothing."""
        for item in self.assessment.items:
            path = ("documents",) if item.layer == "documents" else ("layers", item.layer)
            places = [(item.license, (*path, item.number, "license"))]
            for flow in item.flows:
                upstreams = [n for n, up in enumerate(item.item.derived_from) if up is flow.upstream]
                places += [(flow.license, (*path, item.number, "derived_from", n)) for n in upstreams]
            for license_, place in places:
                if license_ and key in license_.ids() and self.release.origin:
                    at = self.release.locate(place)
                    return f"{at.file}:{at.line}:{at.column}: "
        return ""

    def _beside(self, name: str) -> str | None:
        """A text that somebody put into LICENSES/, as `reuse download` does."""
        folder, path = self.release.folder, f"LICENSES/{name}.txt"
        if folder is None or not is_file(f"{folder}/{path}"):
            return None
        text = read_text(folder, path, any_encoding=True)
        if text is not None and not self._is_recorded(path, text):
            _require_text_of(LicenseId(name), text, path)
        self.taken[path] = LicenseId(name)
        return text

    def _elsewhere(self, key: LicenseId) -> tuple[Path, str] | None:
        """The folder and the path of the text of a license that settings or a plugin define."""
        settings = self.release.settings
        if settings and (held := settings.license_texts().get(key)):
            return held
        from generator.release.plugin_licenses import plugin_licenses  # here, as few licenses are custom ones

        one = plugin_licenses().get(key)
        return one.text if one else None

    def _read(self, path: str, key: LicenseId) -> str:
        held = self._elsewhere(key)
        if held and key in self.release.licenses and self.release.licenses[key].license_text == held[1]:
            text = read_text(*held, any_encoding=True)
            if text is not None:
                _require_text_of(key, text, path)
                return text
        folder = self.release.folder
        text = read_text(folder, path, any_encoding=True) if folder else None
        if text is None:
            raise LicenseTextError(
                _("license_text: {path} is not in the folder.").format(path=path),
                _("Put the text of {key} there, or correct the path.").format(key=key),
            )
        _require_text_of(key, text, path)
        self.taken[path] = key
        return text


def _require_text_of(key: LicenseId, text: str, path: str) -> None:
    """Refuse a file that is not what it is named: nothing, a placeholder, a web page, or the text of another license.

    Raises:
        LicenseTextError: It is none that can be published as the text of this license.
    """
    if is_placeholder(text):
        raise LicenseTextError(
            _("{path} holds no license text.").format(path=path), _("Put the text of {key} there.").format(key=key)
        )
    if is_web_page(text):
        raise LicenseTextError(
            _("{path} is a web page, not a text.").format(path=path),
            _("Save the text of {key} without HTML.").format(key=key),
        )
    known = key in index()["known"] or key in index()["spdx"]
    if not known or is_shared_name(key):
        return  # custom terms are what their text says
    from generator.licenses.identify import find_named_only, near

    found = near(text, (key,))
    same = found.license is not None and only_of(found.license) == only_of(key)
    if (same and found.exact) or find_named_only(text) == key:
        return
    if same:
        text = _("{path} is a changed copy of {name}, not the text of {key}.")
    elif found.name:
        text = _("{path} is the text of {name}, not the text of {key}.")
    else:
        text = _("{path} is another text, not the text of {key}.")
    remedy = _(
        "Put the unchanged text of {key} there. For other terms, write `license: LicenseRef-NAME` with this text."
    ).format(key=key)
    raise LicenseTextError(text.format(path=path, name=found.name, key=key), remedy)


def license_files(coverage: Coverage, text_store: LicenseTextStore) -> dict[str, bytes]:
    """Return `LICENSES/<id>.txt` for every license and exception that covers a file here or must be passed on with one.

    Args:
        coverage: Which terms cover which files.
        text_store: Where texts are taken from.

    Raises:
        LicenseTextError: A text is not available.
    """
    files: dict[str, bytes] = {}
    for key, covered in coverage.texts.items():
        lines = copyright_lines(coverage.assessment.release, covered)
        files[f"LICENSES/{key}.txt"] = text_store.get_filled(key, lines).encode()
    for name in coverage.exceptions():
        files[f"LICENSES/{name}.txt"] = _end_line(text_store.exception(name)).encode()
    return files


def copyright_lines(release: Release, covered: tuple[ItemAssessment | Flow, ...]) -> tuple[str, ...]:
    """Return the copyright lines of what a license covers, each once, in order.

    Args:
        release: The release; its own line stands for items that name none.
        covered: Items and upstreams.
    """
    lines: dict[str, None] = {}
    for entry in covered:
        if isinstance(entry, Flow):
            stated = entry.upstream.copyright if entry.upstream else None
        else:
            stated = entry.item.copyright or entry.item.owner or release.release.copyright
        if stated:
            lines |= dict.fromkeys(split_copyright(stated))
    return tuple(lines)


def split_copyright(stated: str) -> tuple[str, ...]:
    """Return the copyright lines of a `copyright` field, which may name several holders: `2020 A; 2021 B`."""
    parts = [part.strip() for part in stated.split(";")]
    several = all(re.match(r"(?:copyright\b|\(c\)|©|\d{4})", part, re.I) for part in parts)
    return tuple(map(copyright_line, parts if several else [stated]))


def copyright_line(stated: str) -> str:
    """Return a holder as a copyright line: `2026 Borealis Lab` becomes `Copyright (c) 2026 Borealis Lab`."""
    text = " ".join(stated.split())
    return text if _STATED.match(text) else f"Copyright (c) {text}"


@lru_cache(maxsize=64)
def has_form_line(text: str) -> bool:
    """Return whether a license text leaves a line for the copyright holder to be filled in."""
    return any(_FORM.match(line) for line in text.splitlines()[:_HEAD_LINES])


def with_holders(text: str, lines: tuple[str, ...]) -> str:
    """Return a text whose form lines are the holders' lines; without holders they are left out.

    Args:
        text: A license text as it is kept.
        lines: Copyright lines; may be empty.
    """
    if not has_form_line(text):
        return _end_line(text)
    out: list[str] = []
    placed = False
    for number, line in enumerate(text.splitlines()):
        if number < _HEAD_LINES and _FORM.match(line):
            out += () if placed else lines
            placed = True
            continue
        if not line.strip() and (not out or not out[-1].strip()):
            continue
        out.append(line)
    return _ended_as(out, text)


def with_lines(text: str, lines: tuple[str, ...]) -> str:
    """Return a text that has holders' lines already with these lines and no others; what it has stays in its place.

    Args:
        text: A publisher's copy of a license text.
        lines: Copyright lines.
    """
    out: list[str] = []
    last = -1
    missing = list(lines)
    for number, line in enumerate(text.splitlines()):
        stated = copyright_line_of(line) if number < _HEAD_LINES else None
        if stated:
            if not any(holder_of(stated) in holder_of(wanted) for wanted in lines):
                continue
            missing = [wanted for wanted in missing if holder_of(stated) not in holder_of(wanted)]
            last = len(out)
        out.append(line)
    if missing and last < 0:  # the publisher left the line out: it comes above the first paragraph that is no title
        start = next((n + 1 for n, line in enumerate(out[:_HEAD_LINES]) if not line.strip()), 0)
        out[start:start] = [*missing, ""]
    else:
        out[last + 1 : last + 1] = missing
    return _ended_as(out, text)


def _distinct(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Lines that name other years or holders, each once; two spellings of one line are one."""
    return tuple({holder_of(line): line for line in reversed(lines)}.values())[::-1]


def _end_line(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


def _ended_as(lines: list[str], text: str) -> str:
    """Lines as a text that ends as another one does, so that a build leaves blank lines at the end as they are."""
    return "\n".join(lines).rstrip("\n") + (text[len(text.rstrip("\n")) :] or "\n")


def _get_supplied_texts(assessment: Assessment) -> dict[LicenseId, str]:
    """The `license_text` of items and of own terms, by license."""
    found: dict[LicenseId, str] = {}
    for item in assessment.items:
        if item.item.license_text and item.license and not item.license.parts:
            found.setdefault(item.license.license, item.item.license_text)
    for name, terms in assessment.release.licenses.items():
        if terms.license_text:
            found.setdefault(LicenseId(name), terms.license_text)
    return found


def _find_publisher_texts(
    folder: Path | None, files: tuple[str, ...] | None, record: Record
) -> dict[LicenseId, tuple[str, str]]:
    """The publisher's license files that are true copies of a known license, or bear the title of one known by name.

    One that an earlier build wrote counts where that build adopted it.
    """
    present = [file.path for file in find_license_files(folder, files) if file.covers != OTHER] if folder else []
    if folder is None or not present:
        return {}
    from generator.licenses.identify import find_named_only, true_copy

    found: dict[LicenseId, tuple[str, str]] = {}
    for name in present:
        text = publisher_text(folder, name, {} if record.adopted else record.files)
        key = (true_copy(text) or find_named_only(text)) if text else None
        if text and key and (key in record.adopted or record.files.get(name) != digest(text.encode())):
            found.setdefault(key, (name, text))
    return found


def _ways(key: LicenseId, terms: Terms) -> str:
    if is_family(key):
        return _("This id names no license. Write the license itself, or `LicenseRef-NAME` with `license_text: PATH`.")
    if is_shared_name(key):
        if names := licenses_of(key):
            text = _("This name stands for several licenses. Write the one that you mean: {names}.")
            return text.format(names=", ".join(names))
        return _(
            "This name stands for several licenses. Write the one that you mean: LicenseRef-NAME with "
            "`license_text: PATH`."
        )
    if terms.text_source is None:
        return _("Give `license_text: PATH` on the item, or put the license's own LICENSE file into the folder.")
    way = _(
        "Give `license_text: PATH` on the item, or put the license's own LICENSE file into the folder, "
        "or run: charter licenses {key} --fetch-texts"
    ).format(key=key)
    if not terms.text_source.is_published:
        return way
    copy = _("The publisher's copy is at {address}").format(address=terms.text_source.address)
    return f"{way}. {copy}"
