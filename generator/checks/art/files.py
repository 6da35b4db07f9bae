"""ART: are the files that the release file names in the folder, and do they match what it states?"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

from generator.artifacts.folder import FILES_LIMIT, matching
from generator.artifacts.scan import ending
from generator.artifacts.survey import Survey, hidden
from generator.artifacts.weights import CODE, WEIGHTS, is_weights, without_checkpoints
from generator.checks.edges import and_more
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.documents.storage.record import CARD, RECORD
from generator.licenses.assess import ItemAssessment
from generator.translations import format_number, mark_text, ngettext
from generator.translations import gettext as _

_BESIDE = (
    CARD,
    RECORD,
    "LICENSES/x",
    "NOTICE",
    "LICENSE",
    "USE_POLICY.md",
    "REUSE.toml",
    "release.yaml",
    ".gitattributes",
)
"""Files that a build writes or that are beside every model: they do not show that the model itself is here."""
_WHOLE = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})
"""Types with one parameter in each element; others pack several."""
_LINES = 20
"""Most lines of a card that are searched for a number or a type."""
_NEAR = 0.1
"""Allowed difference of a stated number of parameters: shared matrices are counted once or twice."""


@rule("ART101", "file-missing", "error")
def file_missing(subject: Subject) -> Iterator[Problem]:
    """A part is released, but its files are not in the folder.

    Users would not get what the release claims. Parts with a `url` or a `repo` of their own are not searched for, and
    neither are files that a build writes. Where no model file is in the folder, one info says so.

    Bad: where no file of this name is in the folder

        weights: {availability: released, license: MIT, files: [model.safetensors]}

    Good:

        weights: {availability: released, license: MIT, url: https://example.org/model.safetensors}
    """
    survey, own = subject.survey, subject.release.release.repo
    paths = tuple(sorted((*survey.files, *survey.listing.links)))
    here = _model_is_here(subject)
    for item in subject.assessment.items if subject.stated and not survey.listing.full else ():
        if not item.is_available or item.item.url or item.item.repo not in (None, own):
            continue
        files = item.item.files
        unmet = [n for n, glob in enumerate(files) if not matching(paths, (glob,)) and not _names_built_file(glob)]
        if unmet and not here:
            said = _("No model files found here (for example {value}). File checks were skipped.").format(
                value=files[unmet[0]]
            )
            yield Problem(said, _("Run charter in the model's own folder."), ("layers",), severity="info")
            return
        for number in unmet:
            gap = len(unmet) == len(files) or not set("*?") & set(files[number])
            same = _in_another_form(paths, files[number])
            yield Problem(
                _("{part}: marked as {availability}, but no file here matches {value}.").format(
                    part=label_of(item), availability=item.item.availability, value=files[number]
                )
                + (" " + _("A file has this name in another Unicode form.") if same else ""),
                _("Rename the file, or write its name with escapes: {same}.").format(same=same)
                if same
                else _("Add the file, correct its name, or write the `url` or `repo` it is in."),
                place(item, "files", number),
                item,
                severity="error" if gap else "warning",
            )


@rule("ART102", "file-not-covered", "warning")
def file_not_covered(subject: Subject) -> Iterator[Problem]:
    """Weights, an adapter or code are in the folder, and no item of the release file covers them.

    They would be published without a license. Folders whose name begins with a dot are ignored, and beside other
    weights so are a trainer's checkpoints, such as checkpoint-500/.

    Bad: where the folder holds draft.gguf too

        weights: {availability: released, license: MIT, files: ["*.safetensors"]}

    Good:

        weights: {availability: released, license: MIT, files: ["*.safetensors", "*.gguf"]}
    """
    if not subject.stated:
        return
    globs = tuple(glob for item in subject.assessment.items for glob in item.item.files)
    kinds: dict[tuple[str, str], list[str]] = {}
    paths = tuple(path for path in subject.survey.files if not hidden(path))
    covered = frozenset(matching(paths, globs))
    for path in paths:
        if (stands := _kind(path)) and path not in covered:
            kinds.setdefault(stands, []).append(path)
    run = _find_checkpoints(paths)
    kinds = {
        key: left for key, found in kinds.items() if (left := [path for path in found if _folder(path) not in run])
    }
    for (layer, kind), found in kinds.items():
        yield Problem(
            _("{files}: {kind} that no item of the release file covers.").format(
                files=format_paths(found), kind=_(kind)
            ),
            ngettext(
                "Add it to the `files` of an item, such as `{layer}: {{files: [{file}]}}`, or remove it from the"
                " folder.",
                "Add them to the `files` of an item, such as `{layer}: {{files: [{file}]}}`, or remove them from the "
                "folder.",
                len(found),
            ).format(layer=layer, file=found[0]),
            at=subject.survey.at(found[0]),
            kind=kind,
        )


def _find_checkpoints(paths: tuple[str, ...]) -> frozenset[str]:
    """The folders of a trainer's checkpoints, beside which the result is here too: `charter init` leaves them out."""
    weights = [path for path in paths if is_weights(path)]
    return frozenset(map(_folder, frozenset(weights) - frozenset(without_checkpoints(weights))))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


@rule("ART103", "withheld-but-here", "warning")
def withheld_but_here(subject: Subject) -> Iterator[Problem]:
    """A part is marked as withheld, but its files are in the folder that is published.

    Bad: where train.py is in the folder

        architecture: {component: training-code, availability: withheld, files: [train.py]}

    Good: the same, once train.py is in another folder
    """
    for item in subject.assessment.items:
        found = matching(subject.survey.files, item.item.files) if item.item.files else ()
        if item.item.availability in ("withheld", "none") and found:
            yield Problem(
                _("{part}: marked as {availability}, but {files} is here.").format(
                    part=label_of(item), availability=item.item.availability, files=format_paths(found)
                ),
                _("Remove it from the folder, or write `availability: released` and a license."),
                place(item, "files"),
                item,
            )


@rule("ART111", "parameters-differ", "warning")
def parameters_differ(subject: Subject) -> Iterator[Problem]:
    """The stated number of parameters differs from the number in the headers of the weights.

    A difference of a tenth is ignored, for shared matrices. Weights of packed types, as after quantization, are not
    counted. In a card, the rule checks a line such as `Parameters: 7B`.

    Bad: where the headers add up to 6.7 billion

        model: {parameters: 13000000000}

    Good:

        model: {parameters: 6738415616}
    """
    dtypes = _dtypes(subject.survey)
    total = sum(number for dtype, number in dtypes.items() if dtype in _WHOLE)
    if not total or total < 0.95 * sum(dtypes.values()):
        return
    model, survey = subject.release.model, subject.survey
    remedy = _("Write {total}: the sum of the headers of {files}.").format(
        total=format_number(total), files=format_paths(survey.model_files)
    )
    if model and model.parameters and abs(model.parameters - total) > _NEAR * total:
        said = _("The release file states {parameters} parameters, but the weights have {total}.").format(
            parameters=format_number(model.parameters), total=format_number(total)
        )
        yield Problem(said, remedy, ("model", "parameters"))
    for line, found in _card_lines(subject, _COUNT):
        number = float(found["number"].replace(",", "")) * _SCALES[(found["scale"] or "").lower()[:1]]
        if abs(number - total) > 1.5 * _NEAR * total:
            said = _("The card states {number}{value} parameters, but the weights have {total}.").format(
                number=found["number"], value=found["scale"] or "", total=format_number(total)
            )
            yield Problem(said, remedy, at=survey.at(CARD)._replace(line=line))


@rule("ART112", "type-differs", "warning")
def type_differs(subject: Subject) -> Iterator[Problem]:
    """The card names a tensor type that no tensor of the weights has.

    Bad: where every tensor is F32

        - **Tensor type:** BF16

    Good:

        - **Tensor type:** F32
    """
    dtypes = _dtypes(subject.survey)
    for line, found in _card_lines(subject, _DTYPE) if dtypes else ():
        stated = _DTYPES[found["dtype"].lower()]
        if stated not in dtypes:
            yield Problem(
                _("The card states {dtype}, but the tensors are {names}.").format(
                    dtype=found["dtype"], names=", ".join(dtypes)
                ),
                _("Write {max}.").format(max=max(dtypes, key=lambda dtype: dtypes[dtype])),
                at=subject.survey.at(CARD)._replace(line=line),
            )


@rule("ART118", "folder-not-read", "warning")
def folder_not_read(subject: Subject) -> Iterator[Problem]:
    """The folder has more files than the Hub accepts, or a folder in it cannot be listed, so files were not checked.

    Bad: a data set of 200,000 images beside release.yaml

    Good: the data in archives, or in its own repo
    """
    found = subject.survey.listing
    if found.full:
        said = _("The folder has more than {FILES_LIMIT} files, so none of them was checked.").format(
            FILES_LIMIT=format_number(FILES_LIMIT)
        )
        yield Problem(said, _("Run charter in the model's own folder."))
    for path in found.unread:
        yield Problem(
            _("{value} cannot be listed.").format(value=path or "the folder"),
            _("Make it readable."),
            at=subject.survey.at(path),
        )


@rule("ART119", "file-not-read", "warning")
def file_not_read(subject: Subject) -> Iterator[Problem]:
    """A configuration or the header of a weights file cannot be read, so what it states was not checked.

    Configurations name the base model, a quantization, or code that runs on the user's machine. charter reads
    adapter_config.json, config.json, the configurations of tokenizers and processors, and mergekit_config.yml.

    Bad: adapter_config.json with a comma after the last entry

    Good: valid JSON
    """
    survey = subject.survey
    for found in survey.unread:
        yield Problem(
            _("{path}: {reason}. charter could not check what it states.").format(path=found.path, reason=found.reason),
            _("Correct the file, or save it again with the program that wrote it."),
            at=survey.at(found.path)._replace(line=found.line, column=found.column),
        )
    for path, gguf in survey.ggufs.items():
        for fault in gguf.faults:
            if fault.kind == "unread":
                yield Problem(
                    f"{path}: {fault.message}.", _("Check its license and base yourself."), at=survey.at(path)
                )
    if left := survey.left_out:
        yield Problem(
            _("Too many files to read them all. Not read: {files}.").format(files=format_paths(left)),
            _("Run charter in the folder of each model."),
            at=survey.at(left[0]),
        )


_COUNT = (
    r"^[ \t|*>#-]{0,20}(?:number of |total |model )?param(?:eter)?s?(?: count)?[ \t*:|]{1,20}~?"
    r"(?P<number>\d{1,3}(?:,\d{3}){1,6}|\d{1,15}(?:\.\d{1,6})?) ?(?P<scale>[KMBT]|thousand|million|billion|trillion)?\b"
)
_SCALES = {"": 1.0, "k": 1e3, "t": 1e12, "m": 1e6, "b": 1e9}
_DTYPES = {
    **dict.fromkeys(("bf16", "bfloat16"), "BF16"),
    **dict.fromkeys(("f16", "fp16", "float16"), "F16"),
    **dict.fromkeys(("f32", "fp32", "float32"), "F32"),
}
_DTYPE = r"^[ \t|*>#-]{0,20}(?:tensor type|(?:torch_)?dtype)[ \t*:|`]{1,20}(?P<dtype>" + "|".join(_DTYPES) + r")\b"


def format_paths(paths: Iterable[str]) -> str:
    """Return names in words: the first three, and the number of the rest."""
    held = list(paths)
    return and_more(", ".join(held[:3]), max(0, len(held) - 3))


def _model_is_here(subject: Subject) -> bool:
    """Whether any file of the model itself is in the folder, by its kind or because an item names it."""
    globs = tuple(
        g for i in subject.assessment.items for g in i.item.files if i.is_available and not _names_built_file(g)
    )
    survey = subject.survey
    if survey.ending_in(*WEIGHTS) or survey.files_named("adapter_config.json") or "config.json" in survey.files:
        return True
    left = tuple(path for path in survey.files if path not in _BESIDE and not hidden(path))
    return bool(matching(left, globs))


def _in_another_form(paths: tuple[str, ...], glob: str) -> str:
    """The first path that a pattern names but for its Unicode form, as an escaped YAML text; nothing where none is."""
    if glob.isascii() and all(map(str.isascii, paths)):
        return ""
    folded = {unicodedata.normalize("NFC", path): path for path in paths}
    found = matching(tuple(folded), (unicodedata.normalize("NFC", glob),))
    return json.dumps(folded[found[0]]) if found else ""


def _names_built_file(glob: str) -> bool:
    """Whether a pattern of the release file names a file that a build writes."""
    return glob.startswith("LICENSES/") or bool(matching(_BESIDE, (glob,)))


_MODEL = (("deltas", mark_text("part of an adapter")), ("weights", mark_text("weights")))


def _kind(path: str) -> tuple[str, str] | None:
    """The layer that a file belongs to by its name, and its kind in words; None where no item has to cover it."""
    name, end = path.rpartition("/")[2], ending(path)
    if name == "adapter_config.json" or name.startswith("adapter_model."):
        return _MODEL[0]
    return _MODEL[1] if is_weights(path) else ("architecture", mark_text("code")) if end in CODE else None


def _dtypes(survey: Survey) -> dict[str, int]:
    """Elements by type of the model at the top of the folder; empty where a header has faults."""
    headers = [survey.headers[path] for path in survey.model_files]
    found: dict[str, int] = {}
    for header in headers if not any(header.faults for header in headers) else ():
        for dtype, number in header.dtypes.items():
            found[dtype] = found.get(dtype, 0) + number
    return found


def _card_lines(subject: Subject, pattern: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The first line of the card that matches; the generated part is skipped."""
    text = subject.survey.card_text
    for found in islice(re.finditer(pattern, text, re.I | re.M), _LINES) if text else ():
        before = text[: found.start("dtype" if pattern == _DTYPE else "number")]
        fenced = len(re.findall(r"^ {0,3}(?:```|~~~)", before, re.M)) % 2
        written = before.rfind("<!-- charter:begin") > before.rfind("<!-- charter:end")
        if not fenced and not written:
            yield before.count("\n") + 1, found
            return


def items_of(subject: Subject, path: str) -> list[ItemAssessment]:
    """Return the released items that cover a file."""
    return [item for item in subject.assessment.items if item.is_available and matching((path,), item.item.files)]
