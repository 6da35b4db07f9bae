"""The document of Acme."""

from modelcharter.plugins import Assessment, Document


def write(assessment: Assessment) -> str:
    """Return the text of ACME.md."""
    lines = [f"- {item.label}: {item.license or 'no license'}" for item in assessment.items]
    return "\n".join([f"# Acme's report about {assessment.release.release.name}", "", *lines, ""])


REPORT = Document("ACME.md", write)
