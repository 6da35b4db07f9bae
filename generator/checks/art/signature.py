"""ART, the signature: does model.sig still cover the files?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.artifacts.folder import matching, read_inside
from generator.checks.art.files import format_paths
from generator.checks.registry import Problem, Subject, rule
from generator.errors import CharterError
from generator.translations import gettext as _
from generator.translations import mark_text

_SIGN = mark_text("Run `charter sign` again, or remove model.sig.")


@rule("ART121", "signature-outdated", "warning")
def signature_outdated(subject: Subject) -> Iterator[Problem]:
    """model.sig no longer covers the files: one was changed, added or removed after it was signed.

    Verifying the published repo then fails. A build changes files, so sign after it. The rule compares small
    files and known digests; it does not verify who signed. `charter verify` does both.

    Bad: `charter sign`, then `charter build` with another release file

    Good: `charter build`, then `charter sign`
    """
    survey = subject.survey
    if "model.sig" not in survey.files:
        return
    from generator.artifacts.signature import SIGNATURE, SIGNATURE_LIMIT, read_signed_files  # few folders have one

    at = survey.at(SIGNATURE)
    try:
        signed = read_signed_files(read_inside(survey.folder, SIGNATURE, SIGNATURE_LIMIT) or b"")
    except CharterError:
        signed = None
    if signed is None:
        yield Problem(
            _("{signature} is not a signature of model_signing.").format(signature=SIGNATURE),
            _(_SIGN),
            at=at,
            kind="unreadable",
        )
        return
    gone = sorted(path for path in signed.sha256 if path not in survey.files)
    other = []
    for path in sorted(signed.sha256.keys() & {*survey.files}):
        found = survey.digests.get(path)
        if found and found.source != "signature" and found.sha256 != signed.sha256[path]:
            other.append(path)
    globs = tuple(glob for item in subject.assessment.items if item.is_available for glob in item.item.files)
    new = [path for path in matching(survey.files, globs) if path not in signed.digests] if signed.sha256 else []
    for paths, text in (
        (other, _("{files}: changed after {signature} was made.")),
        (gone, _("{files}: removed after {signature} was made.")),
        (new, _("{files}: added after {signature} was made.")),
    ):
        if paths:
            said = text.format(files=format_paths(paths), signature=SIGNATURE)
            yield Problem(said, _(_SIGN), at=at, kind=text)
