"""REL: is the release file complete, and can a bundle be built from it?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.artifacts.folder import read_text
from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.documents.exports.needs import lacking
from generator.documents.licenses.publisher_files import USE_POLICY, own_words
from generator.documents.licenses.texts import copyright_lines
from generator.documents.licenses.use_policy import policies
from generator.documents.words import all_of
from generator.errors import CharterError
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import LicenseId, is_family
from generator.licenses.license_files import GENERAL, NAMED, OTHER
from generator.licenses.lineage import Flow
from generator.licenses.rights import ClauseRef
from generator.release.vocabulary import LAYERS
from generator.translations import gettext as _

_WITHOUT_LICENSE = {"data": "info", "curation": "info", "architecture": "warning", "documents": "warning"}

_FILES_NAMED = 6
"""License files that a message names."""


@rule("REL101", "license-missing", "error")
def license_missing(subject: Subject) -> Iterator[Problem]:
    """A part is released, and no license is stated for it.

    Without a license, nobody may copy, change or share it. It is an error for weights and deltas,
    and where no part has a license. Else it is a warning for architecture and documents, and an info for data and
    curation: data may be beyond copyright.

    Bad:

        weights: {availability: released, files: ["*.safetensors"]}

    Good:

        weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}
    """
    released = [item for item in subject.assessment.items if item.is_available]
    # Where weights or deltas are released, theirs is the error.
    none_has_one = all(i.license is None and i.layer not in ("weights", "deltas") for i in released)
    for item in released:
        if item.license is None:
            beside = _license_files(subject, item.layer)
            message = _("{part}: released without a license.").format(part=label_of(item))
            remedy = _("Write `license:` with an SPDX id, a Hub id, or `LicenseRef-NAME` with `license_text`.")
            if beside:
                listed = _("License files: {names}.").format(names=", ".join(map("".join, beside.items())))
                message = " ".join((message, listed))
                read = _("Read {names}.").format(names=all_of(beside))
                remedy = f"{read} {remedy}"
            yield Problem(
                message,
                remedy,
                place(item),
                item,
                severity="error" if none_has_one else _WITHOUT_LICENSE.get(item.layer),
                kind=message if beside else "",
            )


def _license_files(subject: Subject, layer: str) -> dict[str, str]:
    """The license files in the folder that can cover a layer, with the license in each."""
    layer = "weights" if layer == "deltas" else layer
    found = subject.license_files
    written = subject.record.files
    paths = [file.path for file in found if file.covers in (layer, GENERAL, NAMED) and file.path not in written]
    paths = paths[:_FILES_NAMED]
    return {path: _format_license_of(subject, path) for path in paths}


def _format_license_of(subject: Subject, path: str) -> str:
    """The license in a file, in brackets; an empty text where it is unknown."""
    from generator.licenses.identify import identify

    try:
        text = read_text(subject.survey.folder, path, any_encoding=True)
    except CharterError:
        return ""
    found = identify(text or "")
    names = [found.name] if found.name else list(dict.fromkeys(part.name for part in found.parts))
    return f" ({', '.join(names)})" if names else ""


@rule("REL102", "names-no-license", "error")
def names_no_license(subject: Subject) -> Iterator[Problem]:
    """The license id names a family of licenses, or none: cc, gpl, other.

    It does not say which terms apply. So every answer is unclear, and no text can be written.

    Bad:

        weights: {availability: released, license: cc}

    Good:

        weights: {availability: released, license: CC-BY-4.0}
    """
    for item in subject.assessment.items:
        for key in item.license.ids() if item.license and item.is_available else ():
            if is_family(key):
                yield Problem(
                    _("{part}: `{id}` names no single license.").format(
                        part=label_of(item), id=key.removeprefix("LicenseRef-")
                    ),
                    _("Write the id of the license itself, or `LicenseRef-NAME` with `license_text` for a custom one."),
                    place(item, "license"),
                    item,
                )


@rule("REL103", "copyright-missing", "warning")
def copyright_missing(subject: Subject) -> Iterator[Problem]:
    """No copyright holder is named for a released part.

    NOTICE and REUSE.toml name the holder. Licenses such as MIT need a copyright line with the name.

    Bad:

        release: {name: Borealis 7B}

    Good:

        release: {name: Borealis 7B, copyright: 2026 Borealis Lab}
    """
    if subject.release.release.copyright or not _publisher_is_known(subject):
        return  # REL118 reports where nobody is named at all
    bare = [i for i in subject.coverage.counted if not i.item.copyright and not i.item.owner]
    bare = [i for i in bare if not (i.license and _is_named_in_license_file(subject, i.license.ids()))]
    if bare:
        yield Problem(
            _("No copyright holder is named for {names}.").format(names=", ".join(dict.fromkeys(map(label_of, bare)))),
            _("Write `copyright: YEAR NAME` under `release:`, or on the item."),
            ("release",),
        )


@rule("REL104", "layer-not-stated", "info")
def layer_not_stated(subject: Subject) -> Iterator[Problem]:
    """The release file does not mention one of the five layers.

    Readers cannot see whether it does not exist or was forgotten. `availability: withheld` or `none` answers that.

    Bad:

        layers: {weights: {availability: released, license: MIT, files: ["*.safetensors"]}}

    Good:

        layers:
          data: {availability: withheld}
          curation: {availability: withheld}
          architecture: {availability: released, license: MIT, files: [config.json]}
          weights: {availability: released, license: MIT, files: ["*.safetensors"]}
          deltas: {availability: none}
    """
    present = {item.layer for item in subject.assessment.items}
    # Deltas are published beside or instead of weights, so a release without them need not mention them.
    # A data set is not made of an architecture and weights.
    expected = ("data", "curation") if subject.coverage.repo_kind == "dataset" else LAYERS
    silent = [layer for layer in expected if layer not in present and layer != "deltas"]
    if silent:
        yield Problem(
            _("The release file does not mention {names}.").format(names=", ".join(silent)),
            _("Say whether it is released, for example `{value}: {{availability: withheld}}`.").format(value=silent[0]),
            ("layers",),
        )


@rule("REL105", "place-missing", "warning")
def place_missing(subject: Subject) -> Iterator[Problem]:
    """A part is released, but no files, URL or repo are named.

    Bad:

        data: {availability: released, license: CC-BY-4.0}

    Good:

        data: {availability: released, license: CC-BY-4.0, url: https://huggingface.co/datasets/borealis-lab/corpus}
    """
    for item in subject.assessment.items:
        if (
            item.is_available
            and not (item.item.files or item.item.url or item.item.repo)
            and item.item.component != "model-card"
        ):
            yield Problem(
                _("{part}: marked as {availability}, but no files, URL or repo are named.").format(
                    part=label_of(item), availability=item.item.availability
                ),
                _("Write its `files`, its `url`, or the `repo` it is in."),
                place(item),
                item,
                kind="",
            )


@rule("REL106", "described-without-description", "warning")
def described_without_description(subject: Subject) -> Iterator[Problem]:
    """A part is marked as described, but there is no description.

    `described` means that it is documented well enough to rebuild it.

    Bad:

        curation: {availability: described}

    Good:

        curation: {availability: described, description: Language filter and deduplication; thresholds in the report.}
    """
    for item in subject.assessment.items:
        if item.item.availability == "described" and not item.item.description and not item.item.url:
            yield Problem(
                _("{part}: marked as described, but there is no description.").format(part=label_of(item)),
                _("Write `description:`, or the `url` of the document that has it, or `availability: withheld`."),
                place(item),
                item,
                kind="",
            )


@rule("REL107", "license-text-missing", "error")
def license_text_missing(subject: Subject) -> Iterator[Problem]:
    """The text of a license that the bundle needs is not available, so no bundle can be built.

    Recipients need the terms, not only the name. charter never writes a license text itself.

    Bad:

        weights: {availability: released, license: LicenseRef-our-terms, files: ["*.safetensors"]}

    Good:

        weights: {availability: released, license: LicenseRef-our-terms, license_text: TERMS.txt, files: ["*.bin"]}
    """
    for key, covered in subject.coverage.texts.items():
        try:
            error: CharterError | None = None if subject.text_store.at_hand(key) else subject.text_store.missing(key)
        except CharterError as unread:
            error = unread
        if error:
            yield Problem(error.message, error.remedy, *_spot(subject, covered))
    for key, url in subject.coverage.linked.items():
        items = tuple(i for i in subject.coverage.counted if i.license and key in i.license.ids())
        yield Problem(
            _("The text of {key} is not in the folder. The release only links to {url}.").format(key=key, url=url),
            _("Save the text in the folder and write `license_text: PATH`, so that every copy has it."),
            *_spot(subject, items),
            severity="warning",
        )


@rule("REL117", "nothing-released", "error")
def nothing_released(subject: Subject) -> Iterator[Problem]:
    """The release file marks no part as released, so there is nothing to publish.

    Bad:

        release: {name: Borealis 7B}

    Good: the same, with

        layers:
          weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}
    """
    if subject.stated and not any(item.is_available for item in subject.assessment.items):
        yield Problem(
            _("Nothing is released: no layer and no document has `availability: released` or `gated`."),
            _("Add what you release under `layers:`, with its license and files."),
            ("release",),
        )


@rule("REL118", "publisher-missing", "error")
def publisher_missing(subject: Subject) -> Iterator[Problem]:
    """The release names nobody who publishes it: no publisher, no copyright holder, no owner, and no Hub repo.

    A license is a permission of a person or an organization. Without one, nobody knows who grants it.

    Bad:

        release: {name: Borealis 7B}

    Good: one of these

        release: {name: Borealis 7B, publisher: {name: Borealis Lab}}
        release: {name: Borealis 7B, copyright: 2026 Borealis Lab}
        release: {name: Borealis 7B, repo: borealis-lab/borealis-7b}
    """
    if subject.stated and not _publisher_is_known(subject):
        yield Problem(
            _("Nobody is named as publisher."),
            _(
                "Write `publisher: {name: NAME}`, `copyright: YEAR NAME` or `repo: ORG/NAME` under `release:`. "
                "NAME can be yours from `git config user.name`, ORG your Hub login from `hf auth whoami`; "
                "`charter init` offers both."
            ),
            ("release",),
        )


def _publisher_is_known(subject: Subject) -> bool:
    """Whether the release names a publisher, or a holder, owner or repo that stands for one."""
    info = subject.release.release
    if info.publisher or info.copyright or (info.repo and "/" in info.repo):
        return True
    released = [item for item in subject.assessment.items if item.is_available]
    return not released or any(
        item.item.owner
        or item.item.copyright
        or (item.item.repo and "/" in item.item.repo)
        or (item.license and _is_named_in_license_file(subject, item.license.ids()))
        for item in released
    )


@rule("REL116", "license-text-not-here", "warning")
def license_text_not_here(subject: Subject) -> Iterator[Problem]:
    """A folder without a release file states a license, but has no license text.

    Most licenses require their text in every copy. `charter build` writes it.

    Bad: a card with `license: mit`, and no LICENSE

    Good: the same, with the text of the MIT License and its copyright line in LICENSE
    """
    files = () if subject.stated else subject.license_files
    if subject.stated or any(file.covers != OTHER for file in files):
        return
    here = set(subject.survey.files)
    for item in subject.assessment.items:
        keys = [key for key in item.license.ids() if not is_family(key)] if item.license and item.is_available else []
        missing = [key for key in keys if f"LICENSES/{key}.txt" not in here and key not in subject.coverage.linked]
        if missing:
            yield Problem(
                _("{part}: the license is {value}, but its text is not in the folder.").format(
                    part=label_of(item), value=missing[0]
                ),
                _("Run `charter init` and `charter build`, or `charter licenses {value} --text > LICENSE`.").format(
                    value=missing[0]
                ),
                place(item, "license"),
                item,
            )


@rule("REL115", "notice-file-missing", "error")
def notice_file_missing(subject: Subject) -> Iterator[Problem]:
    """A file that `notice:` names is missing or is not text, so no bundle can be built.

    Bad:

        derived_from: [{ref: lab/base, license: Apache-2.0, relation: finetune, notice: terms/NOTICE}]

    Good: the same, with the base's NOTICE saved as terms/NOTICE
    """
    folder = subject.release.folder
    for item in subject.assessment.items:
        for number, upstream in enumerate(item.item.derived_from):
            if not upstream.notice or folder is None:
                continue
            try:
                found = read_text(folder, upstream.notice, any_encoding=True) is not None
            except CharterError:
                found = False
            if not found:
                yield Problem(
                    _("notice: {notice} is not a text file in the folder.").format(notice=upstream.notice),
                    _("Save the NOTICE of {ref} there, or correct the path.").format(ref=upstream.ref),
                    place(item, "derived_from", number, "notice"),
                    item,
                )


@rule("REL108", "copyright-line-missing", "warning")
def copyright_line_missing(subject: Subject) -> Iterator[Problem]:
    """A license requires the copyright line of its holder, and none is stated.

    MIT, BSD and ISC texts begin with that line. Without it, the notice that must be passed on is incomplete. The build
    writes the text without the line, and NOTICE says whose line is missing.

    Bad:

        derived_from: [{ref: nreimers/MiniLM-L6-H384-uncased, license: MIT, relation: finetune}]

    Good:

        derived_from: [{ref: nreimers/MiniLM-L6-H384-uncased, license: MIT, relation: finetune, copyright: N. Reimers}]
    """
    for key, covered in subject.coverage.texts.items():
        try:
            asked = subject.text_store.asks_holder(key)
        except CharterError:
            continue  # REL107 reports that the text is not there
        if not asked:
            continue
        for entry in covered:
            if copyright_lines(subject.release, (entry,)):
                continue
            if not isinstance(entry, ItemAssessment) or not subject.text_store.own_lines(key):
                path, item = _spot(subject, (entry,))
                whose = entry.via[-1] if isinstance(entry, Flow) else label_of(entry)
                yield Problem(
                    _("{key} requires the copyright line of {whose}, and none is stated.").format(key=key, whose=whose),
                    _("Write `copyright: YEAR NAME` beside its license."),
                    path,
                    item,
                    kind=str(key),
                )


@rule("REL109", "policy-text-missing", "warning")
def policy_text_missing(subject: Subject) -> Iterator[Problem]:
    """A license links to a use policy, and the bundle does not include that text.

    USE_POLICY.md names the policy, quotes the clause and links to it. The page behind the link can change.

    Bad:

        weights: {availability: released, license: llama2, files: ["*.safetensors"]}

    Good: the same, accepted once somebody has read the policy

        accept: [{rule: REL109, reason: Read on 2026-05-02.}]
    """
    for key, (covers, _sources) in policies(subject.coverage).items():
        policy = subject.assessment.license_set.terms(key).use_policy
        if policy and not policy.attachment and not _has_own_policy(subject):
            yield Problem(
                _("{key} links to {name}, which your release does not include.").format(key=key, name=policy.name),
                _("Read it where the license links to it. Then add `accept: [{rule: REL109, reason: Read on DATE.}]`."),
                place(covers[0], "license"),
                covers[0],
                (ClauseRef(key, policy.clause),),
            )


@rule("REL110", "card-license-missing", "error")
def card_license_missing(subject: Subject) -> Iterator[Problem]:
    """`outputs` includes `reuse`, but no license is stated for the card and the other files that a build writes.

    Bad: two parts under two licenses, and no license for the card

        outputs: [card, licenses, reuse]

    Good:

        documents:
          - {component: model-card, availability: released, license: CC-BY-4.0}
        outputs: [card, licenses, reuse]
    """
    if "reuse" in subject.release.outputs and subject.coverage.bundle_license is None:
        yield Problem(
            _("`outputs` includes `reuse`, but the card and the other files that a build writes have no license."),
            _(
                "Write it under `documents:`, as in `{component: model-card, availability: released, license: "
                "CC-BY-4.0}`."
            ),
            ("outputs",),
        )


@rule("REL120", "export-lacks-a-fact", "error")
def export_lacks_a_fact(subject: Subject) -> Iterator[Problem]:
    """An export needs a field that the release file does not set.

    SPDX and Croissant need a date, a citation needs an author, and Croissant needs released data. A build stops there:
    charter makes nothing up, and does not take the date from the clock.

    Bad:

        release: {name: Borealis 7B}
        outputs: [card, licenses, spdx]

    Good:

        release: {name: Borealis 7B, date: 2026-05-02}
        outputs: [card, licenses, spdx]
    """
    for number, output in enumerate(subject.release.outputs):
        if error := lacking(output, subject.coverage):
            yield Problem(error.message, error.remedy, ("outputs", number))


def _has_own_policy(subject: Subject) -> bool:
    """Whether the publisher put the text of a use policy into USE_POLICY.md."""
    try:
        return bool(own_words(subject.release.folder, USE_POLICY))
    except CharterError:
        return False


def _is_named_in_license_file(subject: Subject, keys: tuple[LicenseId, ...]) -> bool:
    """Whether the publisher's own license file names a copyright holder."""
    try:
        return any(subject.text_store.own_lines(key) for key in keys)
    except CharterError:
        return False  # REL107 reports that the text is not there


def _spot(
    subject: Subject, covered: tuple[ItemAssessment | Flow, ...]
) -> tuple[tuple[str | int, ...], ItemAssessment | None]:
    """The place in the release file of the first item or upstream that a text covers."""
    entry = covered[0] if covered else None
    if entry is None:
        cards = [i for i in subject.assessment.items if i.item.component == "model-card"]
        return (place(cards[0], "license"), cards[0]) if cards else ((), None)
    if isinstance(entry, ItemAssessment):
        return place(entry, "license"), entry
    for item in subject.assessment.items:
        for number, upstream in enumerate(item.item.derived_from):
            if upstream is entry.upstream:
                return place(item, "derived_from", number), item
    return (), None
