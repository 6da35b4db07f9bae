"""release.spdx3.json: a bill of materials in SPDX 3.0.1 with its AI and Dataset profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.documents.exports.facts import Edge, Facts, Root
from generator.documents.exports.needs import require
from generator.documents.exports.spdx_bill import Bill, fill
from generator.documents.exports.values import address, format_measured, mail
from generator.documents.training import training_facts
from generator.licenses.assess import ItemAssessment
from generator.release.model import ResultDataset

if TYPE_CHECKING:
    from spdx_python_model import v3_0_1

    Package = v3_0_1.software_Package

PURPOSES = {"model": "model", "data": "data", "code": "source", "configuration": "configuration"}
RELATIONS = {
    "trained_on": "trainedOn",
    "includes": "contains",
    "finetune": "descendantOf",
    "adapter": "descendantOf",
    "diff": "descendantOf",
    "quantized": "descendantOf",
    "merge": "descendantOf",
}
"""Our relations and the nearest of SPDX; the others have none and are `other`. Each says ours in its comment."""
MANDATORY = {
    "model": ("suppliedBy", "releaseTime", "software_downloadLocation", "software_packageVersion"),
    "data": ("builtTime", "originatedBy", "releaseTime", "software_downloadLocation"),
}
"""What the AI and Dataset profiles want of a package beside its purpose (SPDX 3.0.1)."""


def write(facts: Facts) -> str:
    """Return the bill of materials as SPDX 3.0.1 JSON-LD.

    Args:
        facts: What it is filled from.

    Raises:
        CharterError: The release has no date, or a file cannot be read.
    """
    require("spdx", facts.coverage)
    author = _Author(facts)
    parts = {id(item): author.part(item) for item in facts.items}
    roots = {root: author.upstream(root, number) for number, root in enumerate(facts.roots, 1)}
    for edge in facts.edges:
        other = roots[edge.root] if isinstance(edge.root, Root) else parts[id(edge.root)]
        author.relate(parts[id(edge.item)], edge, other)
    author.around(parts)
    return author.bill.text([parts[id(item)] for item in facts.coverage.subject] or list(parts.values()))


class _Author:
    """Fills the elements of a bill from the facts of a release."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.bill = Bill(facts)
        self.model = self.bill.model
        self.agents: dict[str, v3_0_1.Agent] = {}
        stated = facts.info.publisher
        self.publisher = self._agent(stated.name) if stated else None
        if stated and self.publisher:
            self._set_contact(self.publisher, stated.url, stated.contact)
            self.bill.creation.createdBy = [self.publisher]

    def part(self, item: ItemAssessment) -> Package:
        """An item of the release, with its files, its license and what SPDX has no field for."""
        facts, stated, given = self.facts, item.item, item.is_available
        kind, name = facts.kind(item), f"{item.layer}-{item.number + 1}"
        subject, new = facts.is_subject(item), facts.is_new(item)
        package = self._package(kind, facts.title(item), name)
        owner = facts.owner(item)
        fill(
            package,
            description=stated.description,
            summary=facts.info.summary if subject else None,
            software_copyrightText=facts.holder(item),
            software_downloadLocation=facts.where(item),
            software_packageUrl=facts.purl(item),
            software_packageVersion=facts.info.version if new else None,
            releaseTime=self.bill.day if new else None,
            suppliedBy=self.publisher if given else None,
            originatedBy=[self._agent(owner)] if owner else None,
            verifiedUsing=[self.bill.sha256(stated.digest)] if stated.digest else None,
        )
        if kind == "data":
            self._describe_data(package, item)
        if kind == "model" and subject:
            self._describe_model(package)
        self._list_open_fields(package, kind)
        self.bill.declare_licenses(package, (item.license,) if item.license else ())
        self.bill.files(package, facts.files(item), name)
        about = {f"release.{key}": value for key, value in facts.about().items()}
        about |= facts.sections("intended_use", "limitations", "training")
        self.bill.note(package, facts.beyond(item) | (about if subject else {}), name)
        return package

    def upstream(self, root: Root, number: int) -> Package:
        """What something here was made from: named, never described beyond what the release file says."""
        name = f"upstream-{number}"
        package = self._package(root.kind, root.ref, name)
        fill(
            package,
            software_packageVersion=root.revision,
            software_downloadLocation=root.url,
            software_packageUrl=root.purl,
            software_copyrightText="\n".join(root.copyright) or None,
        )
        self._list_open_fields(package, root.kind)
        self.bill.declare_licenses(package, root.licenses, f"known as of {root.as_of}" if root.as_of else None)
        return package

    def relate(self, part: Package, edge: Edge, other: Package) -> None:
        """The relationship of an item to what it was made from."""
        self.bill.relate(part, RELATIONS.get(edge.relation, "other"), [other], comment=f"relation: {edge.relation}")

    def around(self, parts: dict[int, Package]) -> None:
        """What goes with the models of the release: documents, architecture, and what they were measured on."""
        facts = self.facts
        papers = [parts[id(i)] for i in facts.items if facts.kind(i) == "document"]
        machine = [
            parts[id(i)]
            for i in facts.items
            if i.layer == "architecture" and i.item.component in (None, "model-architecture")
        ]
        tests = [parts[id(i)] for i in facts.items if i.item.component == "evaluation-data"]
        named: dict[str, ResultDataset] = {repr(r.dataset): r.dataset for r in facts.release.results}
        tests += [self._add_data_set(dataset, number) for number, dataset in enumerate(named.values(), 1)]
        for item in facts.coverage.subject:
            package, is_model = parts[id(item)], facts.kind(item) == "model"
            self.bill.relate(package, "hasDocumentation", papers)
            self.bill.relate(package, "dependsOn", machine if is_model else [])
            self.bill.relate(package, "testedOn", tests if is_model else [])

    def _package(self, kind: str, title: str, name: str) -> Package:
        model = self.model
        purpose = getattr(model.software_SoftwarePurpose, PURPOSES.get(kind, "documentation"))
        made: Package
        if kind == "data":
            made = model.dataset_DatasetPackage(dataset_datasetType=[model.dataset_DatasetType.noAssertion])
        else:
            made = model.ai_AIPackage() if kind == "model" else model.software_Package()
        fill(made, name=title, software_primaryPurpose=purpose)
        return self.bill.add(made, name)

    def _agent(self, name: str) -> v3_0_1.Agent:
        """Somebody, once; the release file does not say whether that is a person or an organization."""
        if name not in self.agents:
            self.agents[name] = self.bill.add(self.model.Agent(name=name), f"agent-{len(self.agents) + 1}")
        return self.agents[name]

    def _set_contact(self, agent: v3_0_1.Agent, url: str | None, contact: str | None) -> None:
        model, letters = self.model, mail(contact)
        if url:
            agent.externalRef.append(self.bill.reference("altWebPage", url))
        if letters:
            kind = model.ExternalIdentifierType.email
            agent.externalIdentifier.append(model.ExternalIdentifier(externalIdentifierType=kind, identifier=letters))
        elif contact:
            agent.externalRef.append(self.bill.reference("support", contact))

    def _describe_data(self, package: Package, item: ItemAssessment) -> None:
        available = self.model.dataset_DatasetAvailabilityType
        direct = item.item.availability == "released" and self.facts.where(item)
        learned = item.item.component in (None, "datasets")
        fill(
            package,
            dataset_datasetAvailability=available.directDownload
            if direct
            else available.registration
            if item.item.availability == "gated"
            else None,
            dataset_dataPreprocessing=list(self.facts.preprocessing()) if learned else None,
        )

    def _describe_model(self, package: Package) -> None:
        release, card = self.facts.release, self.facts.release.card
        entry, about = self.model.DictionaryEntry, self.facts.about()
        sources = dict.fromkeys(address(result.source) for result in release.results)
        sizes = [key for key in ("parameters", "context_length") if key in about]
        fill(
            package,
            ai_typeOfModel=[release.model.architecture] if release.model and release.model.architecture else None,
            ai_informationAboutApplication=card.intended_use,
            ai_informationAboutTraining=self._training_text(),
            ai_energyConsumption=self._energy(),
            ai_limitation=card.limitations,
            ai_modelDataPreprocessing=list(self.facts.preprocessing()),
            ai_hyperparameter=[entry(key=key, value=about[key]) for key in sizes],
            externalRef=[self.bill.reference("qualityAssessmentReport", source) for source in sources if source],
            ai_metric=[
                entry(key=f"{r.dataset.name}: {r.name or r.metric}", value=format_measured(r.value))
                for r in release.results
            ],
        )

    def _training_text(self) -> str | None:
        """How it was trained, in the publisher's words, and what training took."""
        parts = (self.facts.release.card.training or "", training_facts(self.facts.release))
        return "\n\n".join(part.strip("\n") for part in parts if part.strip()) or None

    def _energy(self) -> v3_0_1.ai_EnergyConsumption | None:
        """The energy that training took; SPDX tells the training of a base from fine-tuning."""
        training, model = self.facts.release.training, self.model
        if training is None or training.energy_kwh is None:
            return None
        unit = model.ai_EnergyUnitType.kilowattHour
        stated = model.ai_EnergyConsumptionDescription(ai_energyQuantity=float(training.energy_kwh), ai_energyUnit=unit)
        used: v3_0_1.ai_EnergyConsumption = model.ai_EnergyConsumption()
        field = "ai_finetuningEnergyConsumption" if self.facts.is_tuned else "ai_trainingEnergyConsumption"
        fill(used, **{field: [stated]})
        return used

    def _add_data_set(self, dataset: ResultDataset, number: int) -> Package:
        package = self._package("data", dataset.name, f"test-{number}")
        part = [f"{key}: {value}" for key, value in (("config", dataset.config), ("split", dataset.split)) if value]
        root = Root(dataset.id or "", dataset.revision, "data", (), ())
        fill(
            package,
            software_packageVersion=dataset.revision,
            software_downloadLocation=root.url,
            description=", ".join(part) or None,
        )
        self._list_open_fields(package, "data")
        return package

    def _list_open_fields(self, package: Package, kind: str) -> None:
        """Say which of a profile's fields the release file leaves open, instead of filling them with a guess."""
        missing = [name.rpartition("_")[2] for name in MANDATORY.get(kind, ()) if not getattr(package, name)]
        fill(package, comment=f"Not stated in the release file: {', '.join(missing)}." if missing else None)
