"""A circuit breaker: closed, open, half-open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.scores.circuit import Circuit


def _opened() -> Circuit:
    return Circuit(after=2, pause_s=10).failed(0).failed(1)


def test_failures_in_a_row_open_it() -> None:
    """One success between them begins the count anew."""
    once = Circuit(after=2).failed(0)
    assert "closed" == once.state == once.succeeded().failed(1).state
    assert "open" == once.failed(1).state


def test_while_it_is_open_nothing_is_tried() -> None:
    """Until the pause is over; then one attempt is let through and no second."""
    opened = _opened()
    assert not opened.allows(10.9)
    assert opened.allows(11)
    attempt = opened.asked(11)
    assert "half_open" == attempt.state
    assert not attempt.allows(11.1)


def test_the_one_attempt_decides() -> None:
    """A success closes it, a failure begins another pause."""
    attempt = _opened().asked(11)
    assert Circuit(after=2, pause_s=10) == attempt.succeeded()
    again = attempt.failed(12)
    assert "open" == again.state
    assert not again.allows(21)
    assert again.allows(22)


def test_an_attempt_that_never_reports_back_is_not_waited_for() -> None:
    """After another pause the next one is let through."""
    assert _opened().asked(11).allows(21)


def test_while_it_is_closed_asking_changes_nothing() -> None:
    """As many at once as there are."""
    assert Circuit() == Circuit().asked(5)
    assert Circuit().allows(5)


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 5))
def test_it_is_open_exactly_after_so_many_failures_in_a_row(went_well: list[bool], after: int) -> None:
    """Whatever came before, as long as nothing is let through meanwhile."""
    circuit, row = Circuit(after=after, pause_s=1000), 0
    for now, well in enumerate(went_well):
        if not circuit.allows(now):
            break
        circuit = circuit.succeeded() if well else circuit.failed(now)
        row = 0 if well else row + 1
        assert (row >= after) == (circuit.state == "open")


@pytest.mark.parametrize(("after", "pause_s"), [(0, 1.0), (1, 0.0)], ids=["no failure", "no pause"])
def test_what_makes_no_breaker_is_refused(after: int, pause_s: float) -> None:
    """The message says what is asked."""
    with pytest.raises(InputError, match="give at least 1"):
        Circuit(after=after, pause_s=pause_s)
