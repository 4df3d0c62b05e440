"""What is reported, to whom, and under which id."""

import pytest

from gradewise.errors import GateError, RegistryError, UnavailableError
from gradewise.telemetry import (
    Event,
    Notice,
    acting,
    all_hear,
    correlated,
    correlation_id,
    outcome_of,
    silent,
    stack_of,
)
from gradewise.work_events import ActEnded, Outcome


def test_a_block_has_one_correlation_id() -> None:
    """A given one or a new one, within another's and back."""
    assert "" == correlation_id()
    with correlated("outer"), correlated() as inner:
        assert inner == correlation_id() != "outer"
    assert "" == correlation_id()


def test_several_listeners_hear_the_same() -> None:
    """In order; who hears nothing is not asked."""
    heard: list[Event] = []
    assert silent is all_hear(silent, silent)
    assert heard.append == all_hear(heard.append, silent)
    all_hear(heard.append, heard.append)(Notice("a"))
    assert [Notice("a")] * 2 == heard


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (None, "done", None),
        (GateError("short"), "not passed", "short"),
        (RegistryError("no"), "refused", "no"),
        (UnavailableError("down"), "unavailable", "down"),
        (OSError(28, "No space left", "essay.txt"), "failed", "No space left"),
        (KeyError("an essay about the sea"), "failed", None),
        (KeyboardInterrupt(), "stopped", None),
    ],
    ids=["done", "gates", "refused", "unavailable", "disk", "foreign", "interrupt"],
)
def test_an_act_says_what_became_of_it(
    error: BaseException | None, outcome: Outcome, reason: str | None
) -> None:
    """Words of errors that are not gradewise's own are not passed on: they may quote an essay."""
    heard: list[Event] = []

    def act() -> None:
        with acting(heard.append, "promote", "essays 1"):
            if error is not None:
                raise error

    if error is None:
        act()
    else:
        with pytest.raises(type(error)):
            act()
    (event,) = heard
    assert isinstance(event, ActEnded)
    assert ("promote", "essays 1", outcome, reason) == (event.act, event.subject, event.outcome, event.reason)
    assert outcome_of(error) == outcome


def test_a_stack_has_places_and_no_words() -> None:
    """File, line and function; neither the message nor a value."""
    try:
        int("an essay about the sea")
    except ValueError as error:
        (frame,) = stack_of(error)
    assert frame.startswith(__file__)
    assert frame.endswith("test_a_stack_has_places_and_no_words")
