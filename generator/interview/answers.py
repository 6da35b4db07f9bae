"""Answers by field of the release file, each with where it came from; files first, flags and people above them."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import yaml

from generator.artifacts.card import BLOCK, CardFacts, front_matter_of, read_card, read_card_text
from generator.artifacts.card_sections import read_sections
from generator.artifacts.folder import list_files, read_text
from generator.artifacts.inspect import FOLDER_NAME, inspect, main_layer
from generator.artifacts.lineage import NamedUpstream, lineage_of
from generator.artifacts.observation import Observation
from generator.artifacts.results import results_of
from generator.artifacts.runs.emissions import emissions_notes
from generator.artifacts.scan import ending
from generator.artifacts.survey import hidden
from generator.artifacts.weights import is_weights, patterns_of
from generator.errors import CharterError, Complaint, ReleaseFileError
from generator.licenses.card_licenses import license_in_text
from generator.licenses.catalog import LicenseId, find_license_of_address, index, resolver
from generator.licenses.copyrights import copyright_lines_in
from generator.licenses.folder_terms import FolderTerms, find_contrary_terms, folder_terms
from generator.licenses.license_files import GENERAL, OTHER, find_license_files, layer_license, weights_license
from generator.release.fields import Kind
from generator.release.model import Release
from generator.release.part import Many, Shape, Table, fields_of
from generator.release.reader import find_and_read, parse_release
from generator.release.source import dotted
from generator.release.vocabulary import LAYERS
from generator.release.yaml_text import block
from generator.translations import gettext as _
from generator.translations import ngettext

_DOCUMENTS = frozenset(("md", "rst", "adoc", "tex", "pdf"))
_HALVES = re.compile(r"[\ud800-\udfff]")
_HELD = frozenset(
    (
        *("license", "license_name", "license_link", "language", "library_name", "pipeline_tag", "tags", "datasets"),
        *("base_model", "base_model_relation", "model-index", "pretty_name", "co2_eq_emissions"),
    )
)
"""Keys of a card that a release file has a place for."""
BY_HAND = "you"
"""The source of an answer that a person gave."""


class Answer(NamedTuple):
    """A value of a field, and where it came from; a firm one was given by a person, and is never left out silently."""

    value: Any
    source: str
    firm: bool = False


class Answers:
    """What is known of each field.

    Attributes:
        known: The answer of each field that has one.
        others: What other sources say of a field, where they disagree.
        notes: What a person should know about the reading of the files.
    """

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.known: dict[str, Answer] = {}
        self.others: dict[str, list[Answer]] = {}

    def get(self, field: str) -> Any:  # noqa: ANN401 - any field
        """Return the value of a field, or None."""
        answer = self.known.get(field)
        return answer.value if answer else None

    def give(self, field: str, value: Any, source: str = BY_HAND, *, firm: bool = False) -> None:  # noqa: ANN401
        """Set a field; nothing, or an empty text, takes it out.

        Args:
            field: The field of the release file.
            value: Its value.
            source: Where it came from.
            firm: Whether a person gave it; what they give in the interview is.
        """
        if value in (None, "", [], ()):
            self.known.pop(field, None)
        else:
            self.known[field] = Answer(value, source, firm or source == BY_HAND)

    def tree(self) -> dict[str, Any]:
        """Return the answers as the tree of a release file, in the order of the contract."""
        tree: dict[str, Any] = {"charter": 1}
        for field in sorted(self.known, key=_place):
            here = tree
            *path, last = field.split(".")
            for key in path:
                here = here.setdefault(key, {})
            here[last] = self.known[field].value
        layers = tree.get("layers", {})
        for layer in [n for n, held in layers.items() if isinstance(held, dict) and "availability" not in held]:
            del layers[layer]
        if not layers:
            tree.pop("layers", None)
        return tree

    def release(self, folder: Path) -> Release:
        """Return the release that the answers make.

        Args:
            folder: The model's folder.

        Raises:
            ReleaseFileError: They make none; every error is in it.
        """
        tree, file = self.tree(), str(folder / "release.yaml")
        broken = [dotted(path) for path in _not_unicode(tree)]
        if broken:
            said = _("the value is not valid Unicode.")
            raise ReleaseFileError(tuple(Complaint(file, 1, 1, path, said, _("Write it again.")) for path in broken))
        text = "\n".join(block(tree)) + "\n"
        return parse_release(text, file, folder, find_and_read(folder))

    def without_itself(self) -> None:
        """Take the release's own repo out of its lineage: no model is made from itself."""
        own = str(self.get("release.repo") or "").casefold()
        for field in [name for name in self.known if name.endswith(".derived_from") and own]:
            held = self.known[field]
            kept = [entry for entry in held.value if str(entry.get("ref", "")).casefold() != own]
            self.give(field, kept, held.source, firm=held.firm)

    def without_faults(self, folder: Path) -> list[str]:
        """Take out what files say and the release file does not take, and return what was taken out, in words."""
        told: list[str] = []
        for __ in range(len(self.known)):
            try:
                self.release(folder)
            except ReleaseFileError as error:
                faults = {(field, c.message) for c in error.complaints if (field := self._field(c.path))}
                faults = {(field, said) for field, said in faults if not self.known[field].firm}
                if not faults:
                    return told
                for field, said in sorted(faults):
                    if field in self.known:
                        told.append(f"{self.known[field].source}: {field}: {said}")
                        del self.known[field]
            else:
                return told
        return told

    def remarks(self) -> list[str]:
        """Return, in words, what sources say of licenses and lineage beside the answer that was taken."""
        told = [
            f"{other.source}: {field}: {other.value}"
            for field, others in self.others.items()
            for other in others
            if field.endswith((".license", ".derived_from"))
        ]
        told += [str(other.value) for other in self.others.get("card", ())]
        for layer in ("weights", "deltas", "architecture"):
            given = self.known.get(f"layers.{layer}.availability")
            if given and given.source == "README.md, license" and not self.get(f"layers.{layer}.files"):
                note = _("README.md: layers.{layer}.files: it states a license, and no file of the {layer} is here.")
                told.append(note.format(layer=layer))
        return told

    def _field(self, path: str) -> str | None:
        """The field that the path of an error is in."""
        return next(
            (f for f in sorted(self.known, key=len, reverse=True) if path == f or path.startswith((f"{f}[", f"{f}."))),
            None,
        )


def prefilled(folder: Path) -> Answers:
    """Return what the files of a folder say; the most telling source first, the others beside it.

    Args:
        folder: A model folder.

    Raises:
        CharterError: It cannot be listed.
    """
    answers = Answers()
    answers.notes += _notes_on_card(folder)
    upstreams: dict[str, list[NamedUpstream]] = {}
    seen = [*inspect(folder), *_license_files(folder)]
    for observation in seen:
        if observation.field.endswith(".derived_from"):
            named = [NamedUpstream(upstream, observation.source) for upstream in observation.value]
            upstreams.setdefault(observation.field, []).extend(named)
        elif observation.field not in answers.known:
            answers.give(observation.field, _spelled(observation), observation.source)
        elif observation.source == FOLDER_NAME:
            continue  # a folder may be called anything; it names the model only where nothing else does
        elif answers.get(observation.field) != observation.value and not _same_license(answers, observation):
            answers.others.setdefault(observation.field, []).append(Answer(observation.value, observation.source))
    for field, named in upstreams.items():
        lineage = lineage_of(named)
        refs = [{"ref": u.ref, "relation": u.relation} for u, _ in lineage.found]
        answers.give(field, refs, "; ".join(dict.fromkeys(entry.source for entry in lineage.found)))
        if lineage.others:
            answers.others[field] = [Answer(said, source) for said, source in lineage.others]
    _cover_whole_repo(answers, folder)
    _cover_documents(answers, folder)
    _name_holders(answers, folder)
    _drop_contradicted(answers, folder)
    return answers


def _notes_on_card(folder: Path) -> Iterator[str]:
    """What a person should know about the reading of a card: its encoding, and what of it was left out."""
    if note := read_card_text(folder).note:
        yield note
    front = front_matter_of(read_card_text(folder).text)
    for key in ("license", "base_model", "datasets"):
        if any(not isinstance(entry, str) for entry in _entries(front.get(key))):
            yield _("README.md, {key}: an entry is not text and was left out. Write its id.").format(key=key)
    card = read_card(folder)
    if card and (terms := find_contrary_terms(folder, card)):
        yield _(
            "{path} is not the exact text of {license}, which README.md states. Read it. If its terms apply, write "
            "`license: LicenseRef-NAME` with `license_text: {path}`."
        ).format(path=terms.source, license=card.license[0])


def _entries(value: object) -> list[object]:
    """The entries of a value of the front matter that may be one or several; null is none."""
    return [entry for entry in (value if isinstance(value, list) else [value]) if entry is not None]


def _spelled(observation: Observation) -> object:
    """What a file states; of a license that is stated by its address, the id."""
    address = observation.value if observation.field.endswith(".license") else None
    return (find_license_of_address(address) if isinstance(address, str) else None) or observation.value


def from_card(file: Path) -> tuple[Answers, list[str]]:
    """Return what a card says, alone, and what of it a release file does not take, in words.

    Args:
        file: The card.

    Raises:
        CharterError: It cannot be read as text.
    """
    text = read_text(file.absolute().parent, file.name, any_encoding=True)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / (file.absolute().parent.name or "model")
        folder.mkdir()
        (folder / "README.md").write_text(text or "", encoding="utf-8")
        answers = prefilled(folder)
        lost = with_sections(answers, folder)
        for layer in ("weights", "deltas"):
            if answers.get(f"layers.{layer}.license"):
                # What a card gives a license for is published with it.
                answers.give(f"layers.{layer}.availability", "released", "README.md, license")
        told = [*_notes_on_card(folder), *answers.without_faults(folder), *lost]
    for layer in ("weights", "deltas"):
        if answers.get(f"layers.{layer}.derived_from") and not answers.get(f"layers.{layer}.availability"):
            told.append(
                _("README.md: it names no license, so its weights, and what they were made from, were left out.")
            )
    return answers, told


def with_sections(answers: Answers, origin: Path) -> list[str]:
    """Add sections and results of another folder's card, and return what of its front matter was left out, in words.

    That card is not there to be kept where the new one is built.

    Args:
        answers: Where they go.
        origin: The other folder.
    """
    text = read_card_text(origin).text
    block_ = BLOCK.match(text)
    for name, content in read_sections(text[block_.end() :] if block_ else text).items():
        answers.give(f"card.{name}", content, "README.md, its section")
    front = front_matter_of(text)
    results, left = results_of(front)
    answers.give("results", results, "README.md, model-index")
    unplaced = _("README.md: `{key}` has no place in a release file and was left out.")
    told = [unplaced.format(key=key) for key in front if key not in _HELD]
    told += emissions_notes(front.get("co2_eq_emissions"))
    if left:
        note = ngettext(
            "README.md: {number} result without a task, data set, metric or number was left out.",
            "README.md: {number} results without a task, data set, metric or number were left out.",
            left,
        )
        told.append(note.format(number=left))
    return told


def _license_files(folder: Path) -> Iterator[Observation]:
    """What the license files state: for what the card is about, and for the layers that their names say."""
    card = read_card(folder)
    layer = main_layer(list_files(folder), front_matter_of(read_card_text(folder).text), folder)
    facts = card or CardFacts()
    if layer in ("architecture", "data", "documents") and (own := layer_license(folder, layer)):
        # The license of weights that are elsewhere does not cover the code that is here.
        yield Observation(f"layers.{layer}.license", str(own[0]), own[1])
        return
    files = list_files(folder)
    found = weights_license(folder)
    if facts.license != ("other",) and found.license and _covers_weights(found.path, files):
        yield Observation(f"layers.{layer}.license", str(found.license), found.path)
    if (terms := folder_terms(folder, facts)) and (_is_linked(terms, facts) or _covers_weights(terms.source, files)):
        source = "README.md, license_link" if _is_linked(terms, facts) else terms.source
        yield Observation(f"layers.{layer}.license", terms.license, source)
        if terms.text:
            yield Observation(f"layers.{layer}.license_text", terms.text, terms.source)
        if terms.url:
            yield Observation("licenses", {terms.license: {"name": terms.name, "url": terms.url}}, terms.source)
    elif not facts.license and not found.path and (in_text := license_in_text(folder)):
        yield Observation(f"layers.{layer}.license", str(in_text), "README.md, its text")
    for other in ("architecture", "data", "documents"):
        if other != layer and (stated := layer_license(folder, other)):
            yield Observation(f"layers.{other}.license", str(stated[0]), stated[1])


def _is_linked(terms: FolderTerms, card: CardFacts) -> bool:
    """Whether the card itself names the file as its license."""
    return bool(card.license_link) and PurePosixPath(str(card.license_link).strip()) == PurePosixPath(terms.source)


def _covers_weights(path: str, files: tuple[str, ...]) -> bool:
    """Whether a license file can be that of all weights: one in a folder is only that of the files there."""
    folder = path.rpartition("/")[0] if path in files else ""
    return not folder or all(other.startswith(f"{folder}/") for other in files if is_weights(other))


def _cover_whole_repo(answers: Answers, folder: Path) -> None:
    """Give the one license that card or LICENSE states to the parts with files that no other statement covers."""
    files = find_license_files(folder)
    of_layers = {file.covers for file in files} - {GENERAL, OTHER}
    fields = [f"layers.{layer}.license" for layer in ("weights", "deltas", "data", "architecture")]
    main = next((answers.known[field] for field in fields if field in answers.known), None)
    text = next((answers.get(f"{field}_text") for field in fields if field in answers.known), None)
    general = {file.path for file in files if file.covers == GENERAL}
    if main is None or not (main.source.startswith("README.md") or main.source in general):
        return
    for layer in LAYERS:
        if f"layers.{layer}.files" in answers.known and layer not in of_layers:
            field = f"layers.{layer}.license"
            if field not in answers.known:
                source = f"{main.source}, for the whole folder"
                answers.give(field, main.value, source)
                answers.give(f"layers.{layer}.license_text", text, source)


_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/([a-z-]{2,11})/(\d\.\d)", re.I)
_NEAR = 600
"""Characters behind the name of a file in which a NOTICE names its license."""


def _drop_contradicted(answers: Answers, folder: Path) -> None:
    """Take out the license of a LICENSE file for weights or adapters that another file states another license for."""
    files = list_files(folder)
    general = {file.path for file in find_license_files(folder, files)}
    for layer in ("weights", "deltas"):
        field = f"layers.{layer}.license"
        stated = answers.known.get(field)
        if stated is None or stated.source not in general:
            continue
        for source, other in (*_licenses_in_notices(folder, files), ("README.md", license_in_text(folder))):
            if other and str(other) != stated.value:
                del answers.known[field]
                answers.known.pop(f"{field}_text", None)
                note = _("{source} names {other} for {layer}, and {place} is {value}. State the license of {layer}.")
                answers.notes.append(
                    note.format(source=source, other=other, layer=layer, place=stated.source, value=stated.value)
                )
                break


def _licenses_in_notices(folder: Path, files: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The Creative Commons licenses that a NOTICE names right after the name of a file of weights."""
    names = {path.rpartition("/")[2] for path in files if is_weights(path)}
    for path in [name for name in files if re.match(r"notice\b", name, re.I) and "/" not in name]:
        with contextlib.suppress(CharterError):
            text = read_text(folder, path, any_encoding=True) or ""
            places = [place for name in sorted(names) if (place := text.find(name)) >= 0]
            found = [_CREATIVE_COMMONS.search(text, place, place + _NEAR) for place in places]
            yield from ((path, f"CC-{match[1].upper()}-{match[2]}") for match in found if match)


def _cover_documents(answers: Answers, folder: Path) -> None:
    """Give the license that a LICENSE states to the documents, where a folder holds nothing else.

    The license of a model or of data, such as LICENSE_MODEL, says nothing about them.
    """
    if any(field.endswith(".availability") for field in answers.known):
        return
    files = list_files(folder)
    licenses = {file.path: file.covers for file in find_license_files(folder, files)}
    sources = {path for path, covers in licenses.items() if covers in (GENERAL, "documents")}
    stated = [f for f in answers.known if f.endswith(".license") and answers.known[f].source in sources]
    if not stated:
        return
    found, text = answers.known[stated[0]], answers.get(f"{stated[0]}_text")
    papers = [path for path in files if ending(path) in _DOCUMENTS and path not in licenses and not hidden(path)]
    item = {"component": "model-card", "availability": "released", "license": found.value}
    item |= {"license_text": text} if text else {}
    item["files"] = patterns_of(papers, sorted(set(files) - set(papers))) or ["README.md"]
    answers.give("documents", [item], f"{found.source}, for the whole folder")


def _name_holders(answers: Answers, folder: Path) -> None:
    """Take the copyright lines of the license file as the release's, unless a base model's can be among them."""
    from generator.licenses.license_set import CATALOG
    from generator.licenses.quotes import get_verified_text

    bases = [entry for field in answers.known if field.endswith(".derived_from") for entry in answers.get(field)]
    found = weights_license(folder)
    general = {file.path for file in find_license_files(folder) if file.covers == GENERAL and "/" not in file.path}
    if found.license is None or found.path not in general or any(e["relation"] != "trained_on" for e in bases):
        return
    if found.license != "Apache-2.0" and not index()["known"].get(found.license, {}).get("form"):
        return  # the lines of other texts are of those who wrote the license
    printed = get_verified_text(CATALOG.terms(LicenseId(found.license)))
    text = read_text(folder, found.path, any_encoding=True) if printed else None
    lines = copyright_lines_in(text, printed) if text else ()
    if len(lines) == 1:
        line = re.sub(r"\[([^\[\]]+)\]", r"\1", lines[0])  # brackets of the form that a person filled in
        stated = re.sub(r"^(?:copyright|\(c\)|©|\s|:)+", "", line, flags=re.I)
        answers.give("release.copyright", stated if re.match(r"\d{4}", stated) else lines[0], found.path)
    elif all(re.match(r"copyright|\(c\)|©", line, re.I) and ";" not in line for line in lines):
        answers.give("release.copyright", "; ".join(lines), found.path)


def _same_license(answers: Answers, observation: Observation) -> bool:
    """Whether two spellings mean the same license."""
    if not observation.field.endswith(".license"):
        return False
    resolve = resolver(frozenset())
    try:
        return resolve(str(answers.get(observation.field))) == resolve(str(observation.value))
    except CharterError:
        return False


def filled_in(answers: Answers, stated: Iterable[str] | Mapping[str, Any], source: str) -> None:
    """Set answers from `KEY=VALUE` texts, or from a mapping of fields.

    Args:
        answers: Where they go.
        stated: What is set; lists as `a, b`, upstreams as YAML.
        source: Where it came from.

    Raises:
        CharterError: A key is no field of the release file, or its value is no YAML.
    """
    pairs = stated.items() if isinstance(stated, Mapping) else [_pair(text) for text in stated]
    for field, value in pairs:
        shape = _shape_of(field)
        if shape is None:
            raise CharterError(
                _("{field!r} is no field of the release file.").format(field=field),
                _("See docs/fields.md, or `charter schema`."),
            )
        if isinstance(value, str) and _HALVES.search(value):
            raise CharterError(
                _("{source} {field}: the value is not valid Unicode.").format(source=source, field=field),
                _("Write it again, as UTF-8."),
            )
        answers.give(field, _value(field, value, shape), source, firm=True)


def flattened(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the fields of a tree that a file of answers holds, dotted; fields may stand dotted there already.

    Args:
        tree: What the file holds.
        prefix: The field it stands under.
    """
    for key, value in tree.items():
        field = f"{prefix}{key}"
        if isinstance(value, Mapping) and _shape_of(field) is None:
            yield from flattened(value, f"{field}.")
        else:
            yield field, value


def _not_unicode(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:  # noqa: ANN401
    """Where texts hold half a character: bytes of a file name, or an escape in JSON, that are not valid Unicode."""
    if isinstance(value, str) and _HALVES.search(value):
        yield path
    for key, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from _not_unicode(child, (*path, key))


def _pair(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise CharterError(
            _("--set {text}: no `=` in it.").format(text=text),
            _("Write --set FIELD=VALUE, as in release.name=Borealis."),
        )
    return key.strip(), value.strip()


def _value(field: str, value: Any, shape: Shape) -> Any:  # noqa: ANN401 - by the shape
    if isinstance(shape, Kind) and isinstance(value, str):
        return as_number(value) if shape.schema.get("type") in ("number", "integer") else value
    if not isinstance(value, str) or not isinstance(shape, Many):
        return value
    if not value.startswith(("[", "{", "-")):
        return [part.strip() for part in value.split(",") if part.strip()]
    try:
        return yaml.load(value, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError):
        raise CharterError(
            _("{field}: {value!r} is no YAML.").format(field=field, value=value),
            _("Write it as it would stand in release.yaml."),
        ) from None


def as_number(text: str) -> Decimal | int | str:
    """Return a text that is a number as that number; any other text as it is, which the release file then refuses.

    Args:
        text: What a person typed.
    """
    try:
        number = Decimal(text.strip())
    except ArithmeticError:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 300 or len(text) > 40:
        return text
    return int(number) if number == number.to_integral_value() and number.adjusted() < 19 else number


def _shape_of(field: str) -> Shape | None:
    """What a field holds: the leaves of release, model, card, and of one item of each layer."""
    part: Any = Release
    shape: Shape | None = None
    for key in field.split("."):
        known = fields_of(part) if isinstance(part, type) else {}
        if key not in known:
            return None
        shape = known[key].shape
        part = shape.of if isinstance(shape, Many) and shape.or_one else shape
    if isinstance(shape, Table) and shape.or_one:
        shape = shape.value
    return shape if isinstance(shape, (Kind, Many)) and not (isinstance(shape, Many) and shape.or_one) else None


def _place(field: str) -> tuple[Any, ...]:
    """Where a field stands in the release file: the order of the types."""
    part: Any = Release
    place: list[int] = []
    for key in field.split("."):
        names = list(fields_of(part)) if isinstance(part, type) else []
        place.append(names.index(key) if key in names else len(names))
        shape = fields_of(part)[key].shape if key in names else None
        part = shape.of if isinstance(shape, Many) else shape
    return tuple(place)
