"""Recording a training run in the release file of its folder: what the run knows is set, what people wrote stays."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from generator.artifacts.runs.trainer import format_length, format_measures
from generator.errors import CharterError, not_empty
from generator.release.fields import one_line
from generator.release.model import (
    Card,
    Item,
    Layers,
    Publisher,
    Release,
    ReleaseInfo,
    Result,
    ResultDataset,
    Training,
    Upstream,
)
from generator.release.part import fields_of
from generator.release.source import FILE_NAME
from generator.release.vocabulary import GIVEN
from generator.translations import gettext as _
from generator.translations import use_document_language

_BEGIN, _END = "<!-- recorded run -->", "<!-- end of recorded run -->"
"""Around the text of a run in a section of the card; the next run replaces it."""
_BLOCK = re.compile(rf"{_BEGIN}.*?{_END}\n?", re.S)
_HYPERPARAMETERS = 60
"""Hyperparameters that the card lists."""


class RunText(NamedTuple):
    """What the text of a run says.

    Attributes:
        duration: In words, as `1 h 23 min`; empty where it is not known.
        hyperparameters: Names and values.
        versions: Libraries and their versions.
    """

    steps: int | None = None
    epochs: float | None = None
    duration: str = ""
    hyperparameters: tuple[tuple[str, str], ...] = ()
    versions: tuple[tuple[str, str], ...] = ()

    @property
    def length(self) -> str:
        """Epochs and steps in words; empty where neither is known."""
        return format_length(self.epochs, self.steps)


def record_training(
    folder: str | Path,
    *,
    base: str | Upstream | Iterable[str | Upstream] = (),
    datasets: str | Upstream | Iterable[str | Upstream] = (),
    metrics: Mapping[str, Any] | None = None,
    evaluated_on: str | ResultDataset | None = None,
    task: str | None = None,
    relation: str | None = None,
    license: str | None = None,
    publisher: str | None = None,
    repo: str | None = None,
    tags: Iterable[str] = (),
    hyperparameters: Mapping[str, Any] | None = None,
    training: Training | Mapping[str, Any] | None = None,
    text: RunText | None = None,
    unsaved: str | None = None,
    fresh: bool = False,
) -> Release:
    """Record a training run in the `release.yaml` of a folder, and return the release.

    The run sets what it measured: `training`, results of the same data set and metric, and the text of the last run in
    the card. It adds base models and data sets that are not named yet. Everything else in the file stays, with its
    comments. Files of trackers in the folder, such as `emissions.csv`, fill what the call leaves out.

    Args:
        folder: The folder that the model was saved in.
        base: What training started from, by Hub id, `ORG/NAME@REVISION`, or as `Upstream`; none for a model made from
            nothing.
        datasets: What it was trained on, in the same forms.
        metrics: Measures by name. They become `results` if `evaluated_on` and a task are known, else a sentence.
        evaluated_on: The data set that `metrics` were measured on.
        task: The Hub's pipeline tag of `metrics`; by default that of the release.
        relation: How the model was made from its base; by default `adapter` where adapter files are in the folder,
            else `finetune`.
        license: The license of the model and the files around it, where the release file states none.
        publisher: Who publishes it, if the release file names nobody.
        repo: The Hub repo, if the release file names none.
        tags: Tags for the Hub, added to those that are there.
        hyperparameters: Names and values for the card.
        training: Hardware, time, compute, energy and emissions, as `Training` or a mapping with its keys.
        text: More words on the run: steps, epochs, duration, versions.
        unsaved: `weights` or `adapter`, if the model may not be in the folder yet.
        fresh: Write the release file from what files and the call say, not from what it has.

    Raises:
        CharterError: There is no such folder, it holds no weights, or a value doesn't fit.
        ReleaseFileError: The release file that is there can't be read.
    """
    from generator.api import load_release
    from generator.api.create import shown_release, write_release_file

    place = Path(not_empty("folder", folder))
    shown = shown_release(place)
    release = _with_facts(
        place,
        shown,
        base=base,
        datasets=datasets,
        relation=relation,
        license=license,
        publisher=publisher,
        repo=repo,
        tags=tags,
        unsaved=unsaved,
        fresh=fresh,
    )
    measured = training if isinstance(training, Training) else Training(**dict(training or {}))
    release = _with_training(release, measured, place)
    with use_document_language(release.language):
        release = _with_metrics(release, metrics or {}, evaluated_on, task, shown.card.evaluation)
        said = (text or RunText())._replace(hyperparameters=_named(hyperparameters or {}))
        release = _with_text(release, "training", _run_text(said), shown.card.training)
    return load_release(write_release_file(place, release))


def draft_release(folder: Path, **facts: Any) -> Release:  # noqa: ANN401 - of `_with_facts`
    """Return the release that a run will make, before there are files; nothing is written.

    Args:
        folder: The folder that the model is to be saved in.
        facts: Arguments of `record_training` that are known before the run.
    """
    from generator.api.create import shown_release
    from generator.release.reader import find_and_read, parse_release
    from generator.release.writer import own_text

    known = {name: value for name, value in facts.items() if name not in ("evaluated_on", "task")}
    release = _with_facts(folder, shown_release(folder) if folder.is_dir() else None, **known)
    layer = "deltas" if known.get("unsaved") == "adapter" else "weights"
    item = getattr(release.layers, layer)[0]
    draft = _with_item(release, layer, item if item.files else replace(item, files=("*.safetensors",)))
    return parse_release(own_text(draft), str(folder / FILE_NAME), folder, find_and_read(folder))


def _with_facts(
    folder: Path,
    shown: Release | None,
    *,
    base: str | Upstream | Iterable[str | Upstream],
    datasets: str | Upstream | Iterable[str | Upstream],
    relation: str | None = None,
    license: str | None,
    publisher: str | None,
    repo: str | None,
    tags: Iterable[str],
    unsaved: str | None,
    fresh: bool = False,
) -> Release:
    """The release of the folder with what the run knows from its beginning."""
    from generator.api import load_release

    file = folder / FILE_NAME
    made = Release(charter=1, release=ReleaseInfo(name=one_line(folder.absolute().name) or "model"))
    release = load_release(file) if file.exists() and not fresh else shown or made
    layer, item = _target(release, shown or made, unsaved)
    how = relation or ("adapter" if layer == "deltas" else "finetune")
    sources = [*_upstreams(base, how), *_upstreams(datasets, "trained_on")]
    release = _with_item(release, layer, _with_sources(item, sources))
    release = _with_license(release, license) if license else release
    info = release.release
    if publisher and not info.publisher:
        info = replace(info, publisher=Publisher(name=publisher))
    if repo and not info.repo:
        info = replace(info, repo=repo)
    new = [tag for tag in dict.fromkeys(map(one_line, tags)) if tag and tag not in info.tags]
    return replace(release, release=replace(info, tags=(*info.tags, *new)))


def _with_training(release: Release, measured: Training, folder: Path) -> Release:
    """Set what was measured; where nothing is stated yet, take what files of trackers show."""
    from generator.artifacts.folder import list_files
    from generator.artifacts.runs.read import read_runs

    before = release.training or Training()
    names = tuple(fields_of(Training))
    values = {name: getattr(before, name) for name in names}
    for found in read_runs(folder, list_files(folder), "weights"):
        group, _, name = found.field.partition(".")
        if group == "training" and values[name] is None:
            values[name] = found.value
    if (measured.start or measured.end) and not (measured.start and measured.end):
        values |= {"start": None, "end": None}  # the other day would be that of an earlier run
    values |= {name: value for name in names if (value := getattr(measured, name)) is not None}
    made = Training(**values)
    return release if made == Training() else replace(release, training=made)


def _with_license(release: Release, license: str) -> Release:
    """Give the license to what is in the folder and has none."""
    groups = {
        name: tuple(
            replace(item, license=license) if not item.license and _is_here(item, release) else item
            for item in getattr(release.layers, name)
        )
        for name in fields_of(Layers)
    }
    return replace(release, layers=Layers(**groups))


def _is_here(item: Item, release: Release) -> bool:
    return item.availability in GIVEN and not item.url and item.repo in (None, release.release.repo)


def _target(release: Release, shown: Release, unsaved: str | None) -> tuple[str, Item]:
    """The layer that was trained, and its item: that of the release file, with what the files of the folder add."""
    is_delta = unsaved == "adapter" or shown.layers.deltas or (release.layers.deltas and not release.layers.weights)
    layer = "deltas" if is_delta and unsaved != "weights" else "weights"
    held, found = getattr(release.layers, layer), getattr(shown.layers, layer)
    here: Item | None = found[0] if found and not (unsaved and _in_checkpoints(found[0])) else None
    if held and held is not found:
        item: Item = held[0]
        return layer, replace(item, files=here.files) if here and not (item.files or item.url or item.repo) else item
    if here is None and not unsaved:
        remedy = _("Save the model there first, or write the item under `layers` yourself.")
        raise CharterError(_("{folder}: there are no weights.").format(folder=shown.folder), remedy)
    return layer, here or Item(availability="released", form="adapter" if layer == "deltas" else None)


def _in_checkpoints(item: Item) -> bool:
    """Whether all files of an item are in folders, as those of checkpoints."""
    return all("/" in pattern for pattern in item.files)


def _with_item(release: Release, layer: str, item: Item) -> Release:
    held: tuple[Item, ...] = getattr(release.layers, layer)
    groups = {name: getattr(release.layers, name) for name in fields_of(Layers)}
    return replace(release, layers=Layers(**(groups | {layer: (item, *held[1:])})))


def _upstreams(named: str | Upstream | Iterable[str | Upstream], relation: Any) -> list[Upstream]:  # noqa: ANN401
    """What was named, as upstreams."""
    listed = [named] if isinstance(named, (str, Upstream)) else list(named)
    found: list[Upstream] = []
    for one in listed:
        if isinstance(one, Upstream):
            found.append(one)
            continue
        ref, at, revision = one.partition("@") if "://" not in one else (one, "", "")
        found.append(Upstream(ref=ref, relation=relation, revision=revision if at else None))
    return found


def _with_sources(item: Item, sources: list[Upstream]) -> Item:
    """Add the sources that are not named yet; a revision that is stated nowhere is added."""
    held = list(item.derived_from)
    for source in sources:
        number = next((n for n, one in enumerate(held) if _is_same(one, source)), None)
        if number is None:
            held.append(source)
        elif source.revision and not held[number].revision:
            held[number] = replace(held[number], revision=source.revision)
    return item if held == list(item.derived_from) else replace(item, derived_from=tuple(held))


def _is_same(one: Upstream, other: Upstream) -> bool:
    data = "trained_on" in (one.relation, other.relation)
    return one.ref.casefold() == other.ref.casefold() and (not data or one.relation == other.relation)


def _with_metrics(
    release: Release,
    metrics: Mapping[str, Any],
    dataset: str | ResultDataset | None,
    task: str | None,
    instead: str | None,
) -> Release:
    """Add results; those of an earlier run with the same data set and metric go."""
    values = {one_line(str(name)): value for name, value in metrics.items() if _is_measure(value)}
    tag: Any = task or release.release.task
    if not values:
        return release
    if dataset is None or tag is None:
        shown = ", ".join(f"{name.replace('_', ' ')} {_measure(value)}" for name, value in values.items())
        return _with_text(release, "evaluation", format_measures(shown), instead)
    measured_on = ResultDataset(name=dataset.rpartition("/")[2], id=dataset) if isinstance(dataset, str) else dataset
    new = {name: Result(task=tag, dataset=measured_on, metric=name, value=_exact(v)) for name, v in values.items()}
    kept: list[Result] = []
    for result in release.results:
        same = new.get(result.metric)
        is_same = same is not None and (result.task, _of(result.dataset)) == (same.task, _of(same.dataset))
        kept.append(replace(result, value=new.pop(result.metric).value) if is_same else result)
    return replace(release, results=(*kept, *new.values()))


def _of(dataset: ResultDataset) -> tuple[str | None, ...]:
    return dataset.id or dataset.name, dataset.config, dataset.split


def _is_measure(value: object) -> bool:
    number = isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)
    return isinstance(value, str) or (number and Decimal(str(value)).is_finite())


def _exact(value: Any) -> Decimal | str:  # noqa: ANN401 - a number or a text
    return value if isinstance(value, str) else Decimal(str(value))


def _measure(value: Any) -> str:  # noqa: ANN401
    return one_line(value) if isinstance(value, str) else f"{Decimal(str(value)):.4g}"


def _named(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pairs = ((one_line(str(name)), one_line(str(value))[:300]) for name, value in values.items() if value is not None)
    return tuple(pair for pair in pairs if all(pair))[:_HYPERPARAMETERS]


def _run_text(said: RunText) -> str:
    from generator.documents.render import render

    return render("training_run.md.jinja", said).strip("\n")


def _with_text(release: Release, section: str, text: str, instead: str | None) -> Release:
    """Put the text of a run into a section of the card, in place of that of the last run, or of its files."""
    before = getattr(release.card, section) or ""
    before = "" if text.strip() and before == instead else before
    rest = _BLOCK.sub("", before).strip("\n")
    run = f"{_BEGIN}\n{text.strip(chr(10))}\n{_END}\n" if text.strip() else ""
    place = _BLOCK.search(before)
    if run and place:
        after = before[: place.start()] + run + before[place.end() :]
    else:
        after = "\n\n".join(part for part in (rest, run) if part) if run else before
    values = {name: getattr(release.card, name) for name in fields_of(Card)}
    return (
        release
        if after == (getattr(release.card, section) or "")
        else replace(release, card=Card(**(values | {section: after or None})))
    )


def days_of(start: float, end: float) -> dict[str, datetime.date]:
    """Return the days of a run.

    Args:
        start: Its beginning, in seconds since 1970.
        end: Its end.
    """
    zone = datetime.UTC
    return {
        "start": datetime.datetime.fromtimestamp(start, zone).date(),
        "end": datetime.datetime.fromtimestamp(end, zone).date(),
    }


def in_words(seconds: float) -> str:
    """Return a duration in words.

    Args:
        seconds: The duration.
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
