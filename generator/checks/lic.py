"""LIC: does a layer's own license fit what it covers?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks.registry import Problem, Subject, label_of, place, rule
from generator.licenses.assess import ItemAssessment
from generator.licenses.catalog import is_family, is_shared_name, licenses_of
from generator.licenses.terms import Terms
from generator.translations import gettext as _
from generator.translations import pgettext


@rule("LIC101", "software-license-on-data", "warning")
def software_license_on_data(subject: Subject) -> Iterator[Problem]:
    """Data is released under a license that was written for software or for models.

    Such a license mentions source and object form, not databases. It does not say whether a model may be trained on
    the data. Licenses for data answer that.

    Bad:

        data: {availability: released, license: MIT, files: ["data/*"]}

    Good:

        data: {availability: released, license: CDLA-Permissive-2.0, files: ["data/*"]}
    """
    for item, terms in _find_unsuited(subject, ("data",), "data"):
        yield Problem(
            _("{part}: {id} was written for {kinds}, not for data.").format(
                part=label_of(item), id=terms.id, kinds=_for(terms)
            ),
            _("Choose a license for data, such as CDLA-Permissive-2.0, CC-BY-4.0 or, with share-alike, ODbL-1.0."),
            place(item, "license"),
            item,
        )


@rule("LIC102", "license-not-for-weights", "info")
def license_not_for_weights(subject: Subject) -> Iterator[Problem]:
    """Weights are released under a license that was not written for weights.

    This is common and accepted. The text does not mention weights, so it applies to them by analogy.

    Bad: nothing is wrong with it

        weights: {availability: released, license: MIT, files: ["*.safetensors"]}

    Good:

        weights: {availability: released, license: OpenMDW-1.0, files: ["*.safetensors"]}
    """
    for item, terms in _find_unsuited(subject, ("weights", "deltas"), "weights"):
        yield Problem(
            _("{part}: {id} was written for {kinds} and does not mention weights.").format(
                part=label_of(item), id=terms.id, kinds=_for(terms)
            ),
            _("You don't have to do anything. OpenMDW-1.0 is a license that mentions weights."),
            place(item, "license"),
            item,
        )


@rule("LIC103", "license-not-for-code", "warning")
def license_not_for_code(subject: Subject) -> Iterator[Problem]:
    """Code is released under a license that was not written for code.

    Creative Commons advises against its licenses for software. BigCode OpenRAIL-M excludes source code.

    Bad:

        architecture: {availability: released, license: CC-BY-4.0, files: ["modeling_*.py"]}

    Good:

        architecture: {availability: released, license: Apache-2.0, files: ["modeling_*.py"]}
    """
    for item, terms in _find_unsuited(subject, ("architecture",), "software"):
        yield Problem(
            _("{part}: {id} was written for {kinds}, not for code.").format(
                part=label_of(item), id=terms.id, kinds=_for(terms)
            ),
            _("Choose a license for software, such as Apache-2.0."),
            place(item, "license"),
            item,
        )


@rule("LIC104", "license-not-read", "info")
def license_not_read(subject: Subject) -> Iterator[Problem]:
    """Charter has no facts about this license, so every answer about it is unclear.

    A custom license whose text is in the folder is reported too. It is a warning where no release file states it.

    Bad: nothing is wrong with it

        weights: {availability: released, license: Frameworx-1.0, files: ["*.bin"]}

    Good:

        weights: {availability: released, license: Apache-2.0, files: ["*.bin"]}
    """
    for item in subject.assessment.items:
        for key in item.license.ids() if item.license and item.is_available else ():
            text = item.item.license_text if key in item.license_set.own else None
            if text:
                yield Problem(
                    _("{part}: charter does not know the license in {text} ({key}). Every answer is unclear.").format(
                        part=label_of(item), text=text, key=key
                    ),
                    _("Read {text} before you rely on it.").format(text=text),
                    place(item, "license"),
                    item,
                    severity=None if subject.stated else "warning",
                )
            elif is_shared_name(key):
                yield Problem(
                    _("{part}: {key} is a name that several licenses share, and their terms differ.").format(
                        part=label_of(item), key=key
                    ),
                    _("Write the license that you mean: {value}.").format(
                        value=", ".join(licenses_of(key)) or "LicenseRef-NAME"
                    ),
                    place(item, "license"),
                    item,
                )
            elif not item.license_set.terms(key).read and not is_family(key):
                yield Problem(
                    _("{part}: charter has no facts about {key}. Every answer is unclear.").format(
                        part=label_of(item), key=key
                    ),
                    _("Read its text. CONTRIBUTING.md describes how to add a license."),
                    place(item, "license"),
                    item,
                )


def _find_unsuited(subject: Subject, layers: tuple[str, ...], kind: str) -> Iterator[tuple[ItemAssessment, Terms]]:
    """Released items of some layers, with a license that was written for other kinds of works."""
    for item in subject.assessment.items:
        for key in item.license.ids() if item.license and item.is_available and item.layer in layers else ():
            terms = item.license_set.terms(key)
            if terms.applies_to and kind not in terms.applies_to:
                yield item, terms


def _for(terms: Terms) -> str:
    first, *others = (pgettext("written for", kind) for kind in terms.applies_to)
    return _("{names} and {last}").format(names=", ".join([first, *others[:-1]]), last=others[-1]) if others else first
