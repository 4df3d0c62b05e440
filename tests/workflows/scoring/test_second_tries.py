"""A bundle that was refused is tried again when that may help, and ever less often."""

from dataclasses import dataclass

import pytest

from gradewise.workflows.scoring.refusals import RefusalReason
from gradewise.workflows.scoring.second_tries import FIRST_PAUSE_S, LONGEST_PAUSE_S, SecondTries


@dataclass
class Clock:
    """A clock that a test turns."""

    now: float = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def paused(tries: SecondTries, clock: Clock, token: str) -> float:
    """Seconds, doubled from half a minute on, for which what is wanted by a token stays refused."""
    began, pause = clock.now, FIRST_PAUSE_S
    while True:
        clock.now = began + pause - 1
        assert tries.is_refused(token)
        clock.now = began + pause
        if not tries.is_refused(token):
            return pause
        pause = min(2 * pause, LONGEST_PAUSE_S)


def test_what_had_no_time_is_tried_again_after_pauses_that_grow() -> None:
    """Twice as long each time, up to a longest one; what else is wanted begins anew."""
    clock = Clock()
    tries, pauses = SecondTries(clock), list[float]()
    for _ in range(9):
        tries.refuse("a", "timeout")
        pauses.append(paused(tries, clock, "a"))
    assert [FIRST_PAUSE_S * 2**n for n in range(7)] + [LONGEST_PAUSE_S] * 2 == pauses
    assert not tries.is_refused("b")
    tries.refuse("b", "memory")
    assert FIRST_PAUSE_S == paused(tries, clock, "b")


@pytest.mark.parametrize(("reason", "stays"), [("parity", True), ("crashed", True), ("unavailable", False)])
def test_others_are_tried_once_or_at_each_look(reason: RefusalReason, *, stays: bool) -> None:
    """What is wrong with a bundle stays so; what may pass by itself is never waited for."""
    clock = Clock()
    tries = SecondTries(clock)
    tries.refuse("a", reason)
    clock.now = 1e9
    assert stays is tries.is_refused("a")
    tries.forget()
    assert not tries.is_refused("a")
