"""SEC: secrets and private paths in the folder, and files that run code on the user's machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from generator.artifacts.folder import open_regular
from generator.artifacts.scan import ending
from generator.artifacts.survey import AUTO_MAPS
from generator.checks.art.files import format_paths
from generator.checks.registry import Problem, Subject, rule
from generator.translations import gettext as _
from generator.translations import ngettext, pgettext

_REPORTED = 20
"""Most secrets of one file that are reported."""
_PICKLES = frozenset(
    ("bin", "pt", "pth", "ckpt", "pkl", "pickle", "joblib", "npy", "jit", "ptl", "torchscript", "dill", "p")
)
_ALWAYS = frozenset(("pkl", "pickle", "joblib", "dill"))
"""Endings that always mean a pickle: it can be compressed, or of the oldest protocol."""
_CUSTOM = ("modeling_", "configuration_", "tokenization_", "processing_", "image_processing_", "pipeline_")
_UNSAFE = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


@rule("SEC101", "secret-in-file", "error")
def secret_in_file(subject: Subject) -> Iterator[Problem]:
    """A file that would be published has a token, a private key or a password in it.

    charter searches texts, notebooks and the metadata of weights: for tokens of Hugging Face, GitHub, GitLab, AWS,
    Google, Slack, OpenAI and others by their documented form, for private keys, and for passwords in URLs. Obvious
    example values are ignored. At most the first four characters are shown. It searches the first 16 KB of a
    vocabulary or an index, the first 4 MB of other texts, and 16 MB of the folder in all. An info lists the rest.

    Bad: in train.py

        login(token="hf_" + "…")

    Good:

        login(token=os.environ["HF_TOKEN"])
    """
    spots = [spot for spot in subject.survey.scan.spots if not spot.leak.personal]
    for file, found in groupby(spots, lambda spot: spot.file):
        for number, spot in enumerate(found):
            shown = f" ({spot.leak.shown}…)" if spot.leak.shown else ""
            if number < _REPORTED:
                name = pgettext("secret", spot.leak.kind)
                yield Problem(
                    _has(spot.leak.kind).format(file=file, kind=f"{name}{shown}"),
                    _("Remove it and revoke it. It stays readable in every commit that had it."),
                    at=spot.at,
                    kind=spot.leak.kind,
                )
    left = subject.survey.scan.left
    for path in left:
        yield Problem(
            ngettext(
                "{number} file was not searched for secrets, or only in part: {files}.",
                "{number} files were not searched for secrets, or only in part: {files}.",
                len(left),
            ).format(number=len(left), files=format_paths(left)),
            _(
                "Look into archives and long files yourself. Leave out training_args.bin: it can hold a token of"
                " the Hub."
            ),
            severity="info",
            at=subject.survey.at(path),
            kind="not searched",
        )


@rule("SEC102", "user-in-path", "warning")
def user_in_path(subject: Subject) -> Iterator[Problem]:
    r"""A file that would be published has a path of your machine in it, with a user name.

    The path shows who trained where, and works on no other machine. Generic names such as `user` or `ubuntu` and paths
    in data files are ignored. The first place in each file is reported.

    Bad:

        {"_name_or_path": "/home/alice/runs/checkpoint-500"}

    Good:

        {"_name_or_path": "borealis-lab/borealis-7b"}
    """
    spots = [spot for spot in subject.survey.scan.spots if spot.leak.personal]
    for file, found in groupby(spots, lambda spot: spot.file):
        first, *more = found
        if more:
            message = ngettext(
                "{file} has a path with a user name in it: {shown}, and {number} more.",
                "{file} has a path with a user name in it: {shown}, and {number} more.",
                len(more),
            ).format(file=file, shown=first.leak.shown, number=len(more))
        else:
            message = _("{file} has a path with a user name in it: {shown}.").format(file=file, shown=first.leak.shown)
        yield Problem(
            message,
            _("Write a path within the repo or a repo id, or remove it."),
            at=first.at,
        )


@rule("SEC103", "pickled-weights", "warning")
def pickled_weights(subject: Subject) -> Iterator[Problem]:
    """Weights or other objects are pickled: loading them can run any code on the user's machine.

    charter recognizes them by their first bytes or their ending, and never loads them. Safetensors files have the same
    numbers and no code.

    Bad:

        pytorch_model.bin

    Good:

        model.safetensors
    """
    survey = subject.survey
    found = survey.ending_in(*_PICKLES)
    pickled = [path for path in found[:4096] if _is_pickled(survey.folder / path)]
    for _key, group in groupby(pickled, lambda path: (path.rpartition("/")[0], path.rpartition(".")[2])):
        paths = list(group)
        yield Problem(
            ngettext(
                "{files}: loading a pickled file can run any code.",
                "{files}: loading pickled files can run any code.",
                len(paths),
            ).format(files=format_paths(paths)),
            _("Save weights with `safetensors.torch.save_file`. Leave out training_args.bin."),
            at=survey.at(paths[0]),
        )


@rule("SEC104", "link-leaves-folder", "warning")
def link_leaves_folder(subject: Subject) -> Iterator[Problem]:
    """A symbolic link points outside the folder, or to nothing.

    An upload can follow it and publish a file by mistake. Links within the folder are fine. In the Hub's cache, links
    to the blobs of the same repo are files.

    Bad:

        model.safetensors -> /data/runs/42/model.safetensors

    Good: the file itself
    """
    survey = subject.survey
    top = os.path.realpath(survey.folder)
    out, nowhere = [], []
    for path in survey.listing.links:
        end = os.path.realpath(survey.folder / path)
        if not Path(end).is_relative_to(top):
            out.append(path)
        elif not os.path.exists(end):  # noqa: PTH110 - Path.exists raises on a loop of links
            nowhere.append(path)
    for paths, text in (
        (out, _("{files}: a symbolic link that points outside the folder.")),
        (nowhere, _("{files}: a symbolic link that points to nothing.")),
    ):
        if paths:
            said = text.format(files=format_paths(paths))
            yield Problem(said, _("Replace the link with the file, or remove it."), at=survey.at(paths[0]), kind=text)


@rule("SEC105", "custom-code", "info")
def custom_code(subject: Subject) -> Iterator[Problem]:
    """The model has its own code, which `trust_remote_code=True` runs on the user's machine.

    It is reported so that you can mention it in the card. An `auto_map` that names another repo runs code that is not
    part of this release and that can change.

    Bad: nothing is wrong with it

        {"auto_map": {"AutoModel": "modeling_borealis.BorealisModel"}}

    Good: the same, and a card that says what the code does
    """
    survey, reported = subject.survey, False
    for path in survey.files_named(*AUTO_MAPS):
        stated = survey.table(path).get("auto_map")
        if not stated:
            continue
        reported = True
        texts = [text for text in _leaves(stated) if "--" in text]
        if texts:
            message = _("{path}: with `trust_remote_code`, `auto_map` runs code of {repo}.")
        else:
            message = _("{path}: with `trust_remote_code`, `auto_map` runs code.")
        yield Problem(
            message.format(path=path, repo=texts[0].partition("--")[0] if texts else ""),
            _("Mention it in the card, and pin a `revision` in its example."),
            at=survey.at(path, '"auto_map"'),
        )
    code = [path for path in survey.ending_in("py") if path.startswith(_CUSTOM)]
    if code and not reported:
        said = _("{files}: the model's own code, which `trust_remote_code` runs.").format(files=format_paths(code))
        yield Problem(said, _("Mention it in the card."), at=survey.at(code[0]))


@rule("SEC106", "not-a-file", "warning")
def not_a_file(subject: Subject) -> Iterator[Problem]:
    """The folder has a FIFO, a socket or a device. Opening it could hang, so it was skipped.

    Bad: a FIFO called model.safetensors

    Good: a file
    """
    for path in subject.survey.listing.special:
        yield Problem(
            _("{path} is neither a file nor a folder.").format(path=path), _("Remove it."), at=subject.survey.at(path)
        )


@rule("SEC107", "name-unsafe", "warning")
def name_unsafe(subject: Subject) -> Iterator[Problem]:
    r"""A file name has control characters or is not UTF-8: it can garble a terminal, and some programs cannot fetch it.

    Bad:

        model\x1b[2J.bin

    Good:

        model.bin
    """
    found = subject.survey.listing
    for path in (*found.files, *found.links, *found.special):
        if not path.isprintable() and re.search(_UNSAFE, path):
            said = _("{visible}: the file name has control characters or is not UTF-8.").format(visible=_visible(path))
            yield Problem(said, _("Rename the file."), at=subject.survey.at(path))


def _has(kind: str) -> str:
    """The message for a kind of secret, with the article that English needs."""
    return _("{file} has an {kind} in it.") if kind[0] in "AaEeIiOo" else _("{file} has a {kind} in it.")


def _visible(path: str) -> str:
    return re.sub(_UNSAFE, lambda found: f"\\x{ord(found.group()):02x}", path)


def _is_pickled(path: Path) -> bool:
    """Whether a file is a pickle, by its first bytes; it is not loaded."""
    try:
        with open_regular(path) as stream:
            head = stream.read(1024)
    except OSError:
        return False
    if head.startswith(b"\x93NUMPY"):
        return re.search(rb"'descr': *(?:'[|<>=]?O|\[.*'[|<>=]?O\d*')", head, re.S) is not None
    zipped = head.startswith(b"PK\x03\x04") and path.suffix.lower() != ".npy"
    return zipped or re.match(rb"\x80[\x01-\x05]", head) is not None or ending(path.name) in _ALWAYS


def _leaves(value: object) -> Iterator[str]:
    """The texts in an `auto_map`: values, or lists of them."""
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    for entry in held:
        yield from (text for text in (entry if isinstance(entry, list) else [entry]) if isinstance(text, str))
