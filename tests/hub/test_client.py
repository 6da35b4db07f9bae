"""The client's limits: a whole answer has a time, and what is no answer becomes an error in our words."""

from __future__ import annotations

import threading

import pytest

from generator.errors import HubError
from generator.hub import client
from generator.hub.client import call_hub, open_connection

PLACE = "http://127.0.0.1:9"


def test_an_answer_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "WHOLE", 0.05)
    ended = threading.Event()
    with open_connection(PLACE) as connection, pytest.raises(HubError, match="did not answer in time"):
        call_hub(connection, "a/m", lambda: ended.wait(60))
    ended.set()


def test_an_answer_that_is_nested_too_deep_is_told() -> None:
    def nested() -> None:
        raise RecursionError

    with open_connection(PLACE) as connection, pytest.raises(HubError, match="not the Hub's protocol"):
        call_hub(connection, "a/m", nested)


def test_an_interrupt_in_a_call_reaches_the_caller() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with open_connection(PLACE) as connection, pytest.raises(KeyboardInterrupt):
        call_hub(connection, "a/m", interrupted)
