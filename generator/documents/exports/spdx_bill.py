"""The elements of an SPDX 3 document, made in order; ids follow from what is said, never from clock or chance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from generator.documents.exports.facts import Facts
from generator.documents.exports.files import FileFact
from generator.licenses.catalog import Expression, LicenseId

if TYPE_CHECKING:
    from spdx_python_model import v3_0_1

    Made = TypeVar("Made", bound=v3_0_1.Element)

NAMESPACE = "https://spdx.org/spdxdocs"


class Bill:
    """A document of SPDX 3.0.1 that takes elements in.

    Args:
        facts: What it is filled from.
    """

    def __init__(self, facts: Facts) -> None:
        from spdx_python_model import v3_0_1 as model

        self.facts = facts
        self.model = model
        self.base = f"{NAMESPACE}/{facts.coverage.repo_name}-{facts.identity}"
        self.elements: list[v3_0_1.Element] = []
        self._licenses: dict[Expression, v3_0_1.Element] = {}
        self._texts: dict[LicenseId, str] = {}
        self._relations = 0
        day = facts.info.date
        self.day = datetime.combine(day, time(), UTC) if day else None
        self.creation = model.CreationInfo(specVersion="3.0.1")
        fill(self.creation, created=self.day)
        self.creation.createdBy = [self.add(model.SoftwareAgent(name="modelcharter"), "writer")]
        self.creation.createdUsing = [self.add(model.Tool(name="modelcharter"), "tool")]

    def add(self, element: Made, name: str) -> Made:
        """Take an element in.

        Args:
            element: The element.
            name: What its id ends in; no two may have the same.
        """
        fill(element, _id=f"{self.base}#{name}", creationInfo=self.creation)
        self.elements.append(element)
        return element

    def relate(
        self, element: v3_0_1.Element, kind: str, to: Sequence[v3_0_1.Element], *, comment: str | None = None
    ) -> None:
        """Say how an element stands to others; nothing, where there are none.

        Args:
            element: Where the relationship begins.
            kind: SPDX's word for it.
            to: Where it leads.
            comment: What that word cannot say.
        """
        if not to:
            return
        self._relations += 1
        link = self.model.Relationship(from_=element, to=list(to))
        link.relationshipType = getattr(self.model.RelationshipType, kind)
        fill(link, comment=comment)
        self.add(link, f"relation-{self._relations}")

    def declare_licenses(
        self, element: v3_0_1.Element, stated: Iterable[Expression], comment: str | None = None
    ) -> None:
        """Declare the licenses of an element.

        Args:
            element: The element.
            stated: Its licenses as the release file or the table of known bases has them.
            comment: Since when they are known, where the release file doesn't state them.
        """
        licenses = [self._license(expression) for expression in dict.fromkeys(stated)]
        self.relate(element, "hasDeclaredLicense", licenses, comment=comment)

    def files(self, element: v3_0_1.Element, files: Sequence[FileFact], name: str) -> None:
        """Name the files of an element, with their digests.

        Args:
            element: The element.
            files: Its files.
            name: The end of its id.
        """
        made: list[v3_0_1.Element] = []
        for number, file in enumerate(files, 1):
            entry = self.model.software_File(name=file.path, software_fileKind=self.model.software_FileKindType.file)
            fill(entry, verifiedUsing=[self.sha256(file.sha256)] if file.sha256 else None)
            made.append(self.add(entry, f"{name}-file-{number}"))
        self.relate(element, "contains", made)

    def note(self, element: v3_0_1.Element, said: dict[str, str], name: str) -> None:
        """Write down what SPDX has no field for, as an annotation.

        Args:
            element: What it is about.
            said: The facts.
            name: The end of its id.
        """
        note = self.model.Annotation(subject=element, statement=json.dumps(said, ensure_ascii=False))
        note.annotationType = self.model.AnnotationType.other
        note.contentType = "application/json"
        self.add(note, f"{name}-note")

    def sha256(self, digest: str) -> v3_0_1.Hash:
        """Return a digest as SPDX writes it.

        Args:
            digest: 64 hexadecimal digits.
        """
        return self.model.Hash(algorithm=self.model.HashAlgorithm.sha256, hashValue=digest)

    def reference(self, kind: str, place: str) -> v3_0_1.ExternalRef:
        """Return a reference to something outside.

        Args:
            kind: SPDX's word for what is there.
            place: Its address.
        """
        return self.model.ExternalRef(externalRefType=getattr(self.model.ExternalRefType, kind), locator=[place])

    def text(self, subject: Sequence[v3_0_1.Element]) -> str:
        """Return the document as JSON-LD.

        Args:
            subject: What it is about.
        """
        model = self.model
        elements, name = list(self.elements), self.facts.info.name
        known = model.ProfileIdentifierType
        profiles = [known.core, known.software, known.simpleLicensing]
        profiles += [known.ai] if any(isinstance(e, model.ai_AIPackage) for e in elements) else []
        profiles += [known.dataset] if any(isinstance(e, model.dataset_DatasetPackage) for e in elements) else []
        bill = self.add(model.software_Sbom(name=name, element=elements, rootElement=list(subject)), "bill")
        bill.profileConformance = profiles
        document = self.add(model.SpdxDocument(name=name, element=[*elements, bill], rootElement=[bill]), "document")
        document.profileConformance = profiles
        objects = model.SHACLObjectSet(self.elements)
        data = model.JSONLDSerializer().serialize_data(objects, force_at_graph=True)
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"

    def _license(self, expression: Expression) -> v3_0_1.Element:
        if expression not in self._licenses:
            made = self.model.simplelicensing_LicenseExpression(simplelicensing_licenseExpression=str(expression))
            self._licenses[expression] = self.add(made, f"license-{len(self._licenses) + 1}")
            own = [key for key in expression.ids() if key.startswith("LicenseRef-")]
            places = [(key, self._place_of(key)) for key in own]
            made.simplelicensing_customIdToUri = [
                self.model.DictionaryEntry(key=key, value=place) for key, place in places if place
            ]
            fill(made, comment="\n".join(self._describe_license(key) for key in own) or None)
        return self._licenses[expression]

    def _describe_license(self, key: LicenseId) -> str:
        """Name and limits of terms that SPDX does not list."""
        limits = ", ".join(self.facts.limits(key))
        return f"{key}: {self.facts.license_set.terms(key).name}" + (f"; limits: {limits}" if limits else "")

    def _place_of(self, key: LicenseId) -> str | None:
        """Where terms that SPDX does not list can be read: in this document, where their text is available."""
        terms = self.facts.license_set.terms(key)
        if key not in self._texts and (text := self.facts.text_store.text(key)) is not None:
            made = self.model.simplelicensing_SimpleLicensingText(name=terms.name, simplelicensing_licenseText=text)
            fill(made, externalRef=[self.reference("license", terms.url)] if terms.url else None)
            name = f"text-{len(self._texts) + 1}"
            self.add(made, name)
            self._texts[key] = f"{self.base}#{name}"
        return self._texts.get(key) or terms.url


def fill(element: object, **values: Any) -> None:  # noqa: ANN401 - what the fields of an element hold
    """Set what is known; a field that nothing is known of is left out.

    Args:
        element: An element of the model.
        values: Its fields; None where nothing is known.
    """
    for name, value in values.items():
        if value is not None:
            setattr(element, name, value)
