"""The rules of Acme."""

from collections.abc import Iterator

from modelcharter.plugins import Problem, Subject, rule


@rule("ACME101", "no-ticket", "warning")
def no_ticket(subject: Subject) -> Iterator[Problem]:
    """The release has no tag with the number of its review.

    Bad: no tag

    Good: tags: [review-123]
    """
    if not any(tag.startswith("review-") for tag in subject.release.release.tags):
        yield Problem("No tag names the review.", "Add a tag such as review-123.", ("release", "tags"))
