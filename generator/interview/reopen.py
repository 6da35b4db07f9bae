"""The answers of a release file that is there already."""

from __future__ import annotations

from generator.interview.answers import Answers, flattened
from generator.release.model import Release
from generator.release.writer import own_values

SOURCE = "release.yaml"
_FORMAT = "charter"


def answers_of(release: Release) -> Answers:
    """Return the values of a release as answers, so that writing them gives the same release.

    A layer with several items is one answer; the interview shows it and doesn't change it.

    Args:
        release: What `load_release` returned.
    """
    answers = Answers()
    for field, value in flattened(own_values(release)):
        if field != _FORMAT:
            answers.give(field, value, SOURCE, firm=True)
    return answers
