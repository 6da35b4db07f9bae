"""Which terms cover which files: the facts that the card, LICENSE, LICENSES/ and REUSE.toml share."""

from __future__ import annotations

import re
from functools import cached_property

from generator.documents.licenses.publisher_files import PublisherFiles, find_publisher_files
from generator.licenses.assess import Assessment, ItemAssessment
from generator.licenses.catalog import Expression, LicenseId, hub_id, is_family, is_shared_name
from generator.licenses.lineage import Flow

SUBJECTS = ("weights", "deltas", "data", "architecture", "curation", "documents")
LAYERED = "layered"


class Coverage:
    """The counted items of a release and what follows for the bundle (contract, section 6).

    One is made for each build or check: what it says of the folder is looked up once.

    Args:
        assessment: The assessed release.
        counted: Released or gated items with files in this repo.
        subject: The items that the card is about: the weights, else deltas, data, code, curation or documents.
        single: The license of all counted items, if only notices or the same license must be passed on; else None.
        card_license: The license of a `model-card` item; it covers what the build writes.
    """

    def __init__(
        self,
        assessment: Assessment,
        counted: tuple[ItemAssessment, ...],
        subject: tuple[ItemAssessment, ...],
        single: Expression | None,
        card_license: Expression | None,
    ) -> None:
        self.assessment = assessment
        self.counted = counted
        self.subject = subject
        self.card_license = card_license
        self.single = None if single and single.license in {*self.linked, *self.textless} else single

    @cached_property
    def publisher_files(self) -> PublisherFiles:
        """The names of the publisher's own license files and notice."""
        return find_publisher_files(self.assessment.release.folder)

    @property
    def bundle_license(self) -> Expression | None:
        """The license of the bundle's own files: the model card's, else the single one of all counted items."""
        if self.card_license:
            return self.card_license
        licenses = {item.license for item in self.counted}
        return next(iter(licenses)) if len(licenses) == 1 else None

    @cached_property
    def card_label(self) -> tuple[str, str | None]:
        """The Hub's `license` and, for `other`, the `license_name`."""
        one = _one_license(self.subject)
        if one and (known := hub_id(one)) and known != "other":
            return known, None
        if one:
            return "other", re.sub(r"-{2,}", "-", one.removeprefix("LicenseRef-").lower())
        return "other", f"{self.repo_name}-{LAYERED}"

    @cached_property
    def has_license(self) -> bool:
        """Whether any part has a license."""
        return any(item.license for item in (*self.subject, *self.counted))

    @cached_property
    def repo_name(self) -> str:
        """The last part of the Hub repo id, or a slug of the release's name."""
        info = self.assessment.release.release
        if info.repo:
            return info.repo.rpartition("/")[2]
        slug = "".join(c if c.isascii() and (c.isalnum() or c in "-._") else "-" for c in info.name.lower())
        return re.sub(r"-{2,}", "-", slug).strip("-._") or "release"

    @cached_property
    def repo_kind(self) -> str:
        """The kind of Hub repo that this is: `dataset` where what is counted is about data, else `model`."""
        return "dataset" if self.counted and self.subject and self.subject[0].layer == "data" else "model"

    @cached_property
    def linked(self) -> dict[LicenseId, str]:
        """Custom licenses of the release's own parts whose text is only linked, each with its address."""
        release, folder = self.assessment.release, self.assessment.release.folder
        if "reuse" in release.outputs:
            return {}  # REUSE asks for every text
        own = {key for item in self.counted if item.license for key in item.license.ids()}
        supplied = {key for i in self.counted if i.item.license_text and i.license for key in i.license.ids()}
        supplied |= {key for item in self.counted for f in item.travelling if f.license for key in f.license.ids()}
        return {
            LicenseId(key): terms.url
            for key, terms in release.licenses.items()
            if terms.url and not terms.license_text and key in own - supplied
            if folder is None or not (folder / "LICENSES" / f"{key}.txt").is_file()
        }

    @cached_property
    def textless(self) -> frozenset[LicenseId]:
        """Ids here that name a family of licenses, or several licenses: they have no text. The checks report them."""
        release, folder = self.assessment.release, self.assessment.release.folder
        if "reuse" in release.outputs:
            return frozenset()  # REUSE asks for every text
        stated = [(item.license, item.item.license_text) for item in self.counted]
        supplied = {key for license_, path in stated if license_ and path for key in license_.ids()}
        flows = [flow.license for item in self.counted for flow in item.travelling]
        keys = {key for one in (*(one for one, _ in stated), *flows, self.card_license) if one for key in one.ids()}
        return frozenset(
            key
            for key in keys - supplied
            if is_family(key) or is_shared_name(key)
            if folder is None or not (folder / "LICENSES" / f"{key}.txt").is_file()
        )

    def card_link(self, path: str) -> str:
        """Return what the card links as its license: an index or a text, else the address of a custom license.

        Args:
            path: Where the index or the text is. The Hub takes the path LICENSE or LICENSE.md; others need an address.
        """
        one = _one_license(self.subject)
        if one in self.linked:
            return self.linked[one]
        repo = self.assessment.release.release.repo
        if path in ("LICENSE", "LICENSE.md") or repo is None:
            return path
        kind = "datasets/" if self.repo_kind == "dataset" else ""
        return f"https://huggingface.co/{kind}{repo}/blob/main/{path}"

    @cached_property
    def texts(self) -> dict[LicenseId, tuple[ItemAssessment | Flow, ...]]:
        """The licenses whose text must be here, each with the items and upstreams it covers."""
        found: dict[LicenseId, list[ItemAssessment | Flow]] = {}
        for item in self.counted:
            for key in item.license.ids() if item.license else ():
                found.setdefault(key, []).append(item)
            for flow in item.travelling:
                for key in flow.license.ids() if flow.license else ():
                    found.setdefault(key, []).append(flow)
        for key in self.card_license.ids() if self.card_license else ():
            found.setdefault(key, [])
        without = {*self.linked, *self.textless}
        return {key: tuple(found[key]) for key in sorted(found) if key not in without}

    def exceptions(self) -> tuple[str, ...]:
        """Return the SPDX exceptions whose text must be here, sorted."""
        covering = [item.license for item in self.counted]
        covering += [flow.license for item in self.counted for flow in item.travelling]
        covering.append(self.card_license)
        return tuple(sorted({name for expression in covering if expression for name in expression.exceptions()}))


def cover(assessment: Assessment) -> Coverage:
    """Work out the coverage of a release.

    Args:
        assessment: The assessed release.
    """
    repo = assessment.release.release.repo
    here = [item for item in assessment.items if item.is_available and item.item.repo in (None, repo)]
    counted = tuple(item for item in here if item.item.files)
    cards = [item.license for item in here if item.item.component == "model-card" and item.license]
    subject = _subject(counted) or _subject(tuple(here))
    return Coverage(assessment, counted, subject, _single(counted), cards[0] if cards else None)


def only_notices(flow: Flow, item: ItemAssessment) -> bool:
    """Return whether a source allows any license for what is made from it (`any`)."""
    return flow.license is not None and _free(flow.license, flow.relation, item)


def _free(expression: Expression, relation: str, item: ItemAssessment) -> bool:
    if not expression.parts:
        return item.license_set.terms(expression.license).derivative.get(relation) == "any"
    judge = all if expression.operator == "AND" else any
    return judge(_free(part, relation, item) for part in expression.parts)


def is_unencumbered(item: ItemAssessment) -> bool:
    """Return whether nothing but notices, or the item's own license, must be passed on with it.

    An upstream whose license is not known changes nothing here: it is a finding (LIN204).
    """
    known = (flow for flow in item.travelling if flow.license is not None)
    return all(flow.license == item.license or only_notices(flow, item) for flow in known)


def _subject(items: tuple[ItemAssessment, ...]) -> tuple[ItemAssessment, ...]:
    for layer in SUBJECTS:
        if found := tuple(item for item in items if item.layer == layer):
            return found
    return ()


def _single(counted: tuple[ItemAssessment, ...]) -> Expression | None:
    licenses = {item.license for item in counted}
    if len(licenses) != 1 or not all(is_unencumbered(item) for item in counted):
        return None
    one = next(iter(licenses))
    return one if one and not one.parts and not one.exception else None


def _one_license(items: tuple[ItemAssessment, ...]) -> LicenseId | None:
    one = _single(items)
    return one.license if one else None
