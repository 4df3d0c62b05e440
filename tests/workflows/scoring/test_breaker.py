"""A breaker opens after failures in a row, lets one through after a pause, and closes when that works."""

from gradewise.workflows.scoring.breaker import Breaker


class Clock:
    """Shows what it is told."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def test_it_opens_and_closes() -> None:
    """Failures in a row open it; one attempt a pause; a success closes it."""
    clock = Clock()
    breaker = Breaker(failures=2, pause_s=10, clock=clock)
    breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert breaker.is_open
    assert not breaker.lets_through()
    clock.now = 10
    assert [True, False] == [breaker.lets_through(), breaker.lets_through()]
    breaker.failed()
    clock.now = 19
    assert not breaker.lets_through()
    clock.now = 20
    assert breaker.lets_through()
    breaker.worked()
    assert not breaker.is_open
    assert [True, True] == [breaker.lets_through(), breaker.lets_through()]


def test_only_failures_in_a_row_count() -> None:
    """A success in between forgets what was before."""
    breaker = Breaker(failures=2)
    breaker.failed()
    breaker.worked()
    breaker.failed()
    assert not breaker.is_open
