"""ART, the weights: is every shard here, complete and loadable?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.artifacts.safetensors import Fault
from generator.artifacts.survey import Survey, beside, hidden, parse_shard_name
from generator.checks.art.files import format_paths
from generator.checks.registry import Problem, Subject, rule
from generator.translations import gettext as _
from generator.translations import mark_text, ngettext

_FETCH = mark_text("Download it again, and compare its SHA-256.")


@rule("ART113", "shard-missing", "error")
def shard_missing(subject: Subject) -> Iterator[Problem]:
    """An index names a weights file that is missing, or a numbered set of files has gaps.

    Nobody can load such a model.

    Bad: model.safetensors.index.json names model-00002-of-00002.safetensors, which is not in the folder

    Good: both shards are there
    """
    survey = subject.survey
    paths = {*survey.files, *survey.listing.links}
    for path, index in survey.indexes.items():
        gone = sorted(shard for shard in index.shards if beside(path, shard) not in paths)
        if index.fault:
            yield Problem(
                f"{path}: {index.fault}.", _("Write it again with the program that wrote it."), at=survey.at(path)
            )
        elif gone:
            said = ngettext(
                "{path} names {files}, which is missing.", "{path} names {files}, which are missing.", len(gone)
            ).format(path=path, files=format_paths(gone))
            yield Problem(said, _(_FETCH), at=survey.at(path, f'"{gone[0]}"'))
    listed = {beside(path, shard) for path, index in survey.indexes.items() for shard in index.shards}
    for numbers in _sets(path for path in paths if path not in listed and not hidden(path)):
        first, number, of = numbers[0], {n for _, n, _ in numbers}, numbers[0][2]
        names = [first[0].format(f"{n:05d}") for n in _get_expected_numbers(number, of) if n not in number]
        if names:
            here = first[0].format(f"{first[1]:05d}")
            yield Problem(
                ngettext(
                    "{here} is one of {of} files, but {files} is missing.",
                    "{here} is one of {of} files, but {files} are missing.",
                    len(names),
                ).format(here=here, of=of, files=format_paths(names)),
                _(_FETCH),
                at=survey.at(here),
            )


@rule("ART114", "index-differs", "warning")
def index_differs(subject: Subject) -> Iterator[Problem]:
    """An index and the shards beside it do not agree.

    A shard that the index does not name is a warning: it is never loaded. A tensor that the index places in a shard,
    but that the shard lacks, is an error: the model cannot be loaded.

    Bad: model-00003-of-00003.safetensors is there, and the index names two files

    Good: the index names all three
    """
    survey = subject.survey
    for path, index in survey.indexes.items():
        folder, ends = path.rpartition("/")[0], {shard.rpartition(".")[2] for shard in index.shards}
        named_here = {beside(path, shard) for shard in index.shards}
        for file in survey.files:
            stray = parse_shard_name(file) and file not in named_here and file.rpartition("/")[0] == folder
            if stray and file.rpartition(".")[2] in ends:
                yield Problem(
                    _("{file}: {path} does not name it.").format(file=file, path=path),
                    _("Remove it, or write the index again."),
                    at=survey.at(file),
                )
        if found := survey.disagreement(path):
            tensor, shard = found
            yield Problem(
                _("{path} and the header of {shard} do not agree: {tensor} is in one of them only.").format(
                    path=path, shard=shard, tensor=tensor
                ),
                _("Write the index again with the program that wrote the shards."),
                at=survey.at(path, f'"{tensor}"', f'"{shard}"'),
                severity="error",
            )


@rule("ART115", "weights-truncated", "error")
def weights_truncated(subject: Subject) -> Iterator[Problem]:
    """A weights file is shorter than its header states: a download or a copy was interrupted.

    A Git LFS pointer in its place is a warning.

    Bad: model.safetensors has 100 bytes less than its header says

    Good: the complete file
    """
    survey = subject.survey
    for path, fault in _faults(survey, "truncated"):
        yield Problem(f"{path}: {fault.message}.", _(_FETCH), at=survey.at(path))
    pointers = [*(path for path, _ in _faults(survey, "pointer")), *survey.pointers]
    if pointers:
        said = (
            _("Git LFS pointers instead of the files")
            if len(pointers) > 1
            else _("a Git LFS pointer instead of the file")
        )
        yield Problem(
            f"{len(pointers)} files, {format_paths(pointers)}: {said}."
            if len(pointers) > 1
            else f"{pointers[0]}: {said}.",
            _("Run: git lfs pull"),
            at=survey.at(pointers[0]),
            severity="warning",
        )


@rule("ART116", "tensor-offsets", "error")
def tensor_offsets(subject: Subject) -> Iterator[Problem]:
    """Tensors overlap, leave a gap, or have another size than their type and shape require.

    No safetensors loader accepts such a file. Bytes outside of all tensors can hide anything.

    Bad: `{"a": {"data_offsets": [0, 8]}, "b": {"data_offsets": [4, 12]}}`

    Good: `{"a": {"data_offsets": [0, 8]}, "b": {"data_offsets": [8, 16]}}`
    """
    for path, fault in _faults(subject.survey, "offsets"):
        yield Problem(f"{path}: {fault.message}.", _("Save the weights again."), at=subject.survey.at(path))


@rule("ART117", "weights-unreadable", "error")
def weights_unreadable(subject: Subject) -> Iterator[Problem]:
    """The header of a weights file cannot be read: an impossible length, no JSON, a name twice, another format.

    Bad: a file called model.safetensors that is a pickle

    Good: the weights, saved as safetensors
    """
    for path, fault in _faults(subject.survey, "unreadable"):
        yield Problem(f"{path}: {fault.message}.", _("Save the weights again."), at=subject.survey.at(path))


def _faults(survey: Survey, *kinds: str) -> Iterator[tuple[str, Fault]]:
    held = [(path, header.faults) for path, header in survey.headers.items()]
    held += [(path, gguf.faults) for path, gguf in survey.ggufs.items()]
    for path, faults in held:
        yield from ((path, fault) for fault in faults if fault.kind in kinds)


def _get_expected_numbers(numbers: set[int], of: int) -> range:
    """The numbers of a complete set; some programs count from 0."""
    return range(of) if 0 in numbers else range(1, of + 1)


def _sets(paths: Iterable[str]) -> Iterator[list[tuple[str, int, int]]]:
    """Numbered files by the set they belong to, each set in order."""
    sets: dict[str, list[tuple[str, int, int]]] = {}
    for path in paths:
        if (found := parse_shard_name(path)) is not None:
            sets.setdefault(found[0], []).append(found)
    yield from (sorted(sets[key]) for key in sorted(sets))
