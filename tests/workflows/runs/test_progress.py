"""How far a run is, with stages within stages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.workflows.runs.progress import Stages

UNKNOWN = {"percent": None, "rate_per_s": None, "eta_seconds": None}


def test_a_stage_tells_share_rate_and_time_left() -> None:
    """From what is done, what there is, and how long it took."""
    stages = Stages()
    stages.start("features", 8, "essays", now=10.0)
    stages.advance("features", 2)
    assert {
        "stage": "features",
        "substage": None,
        "state": "running",
        "processed": 2,
        "total": 8,
        "unit": "essays",
        "percent": 25.0,
        "rate_per_s": 0.5,
        "eta_seconds": 12.0,
        "details": {},
    } == stages.record(14.0)


def test_what_is_not_known_is_not_made_up() -> None:
    """Before the first stage, without a total, and at the first instant."""
    stages = Stages()
    assert {"stage": "starting", "processed": 0, **UNKNOWN}.items() <= stages.record(0.0).items()
    stages.start("training", None, "", now=0.0)
    stages.advance("training", 3)
    assert {"total": None, **UNKNOWN}.items() <= stages.record(0.0).items()


def test_a_stage_within_another_is_told_with_the_one_around_it() -> None:
    """The inner one's figures are those of the record; the outer one's lie under its name."""
    stages = Stages()
    stages.start("sweep", 4, "settings", now=0.0)
    stages.advance("sweep", 1)
    stages.start("training", 5, "folds", now=1.0)
    stages.advance("training", 5)
    record = stages.record(2.0)
    assert ("sweep", "training", 100.0) == (record["stage"], record["substage"], record["percent"])
    assert (25.0, 6.0) == (record["details"]["sweep"]["percent"], record["details"]["sweep"]["eta_seconds"])
    stages.finish("training")
    assert ("sweep", None, 1) == tuple(stages.record(2.0)[key] for key in ("stage", "substage", "processed"))


def test_a_finished_stage_is_whole() -> None:
    """However many steps it reported, and it stays the last one until the next begins."""
    stages = Stages()
    stages.start("folds", 5, "folds", now=0.0)
    stages.finish("folds")
    assert {"stage": "folds", "state": "completed", "processed": 5}.items() <= stages.record(1.0).items()


def test_a_stage_that_broke_off_does_not_stay_open() -> None:
    """One that an error ended is closed with the one around it, or by the next of its name."""
    stages = Stages()
    stages.start("search", 3, "trials", now=0.0)
    for _ in range(2):
        stages.start("trial", None, "", now=0.0)
        stages.start("fold", None, "", now=0.0)
    assert ["search", "trial"] == list(stages.record(1.0)["details"])
    stages.finish("search")
    assert {"stage": "search", "substage": None, "details": {}}.items() <= stages.record(1.0).items()
    stages.finish("never begun")
    stages.advance("never begun", 1)
    assert "search" == stages.outermost


@given(
    st.integers(1, 10_000), st.integers(0, 10_000), st.floats(0, 1e6, allow_nan=False, allow_infinity=False)
)
def test_figures_are_never_negative(total: int, done: int, seconds: float) -> None:
    """Whatever a use case reports, more than there is included."""
    stages = Stages()
    stages.start("features", total, "essays", now=0.0)
    stages.advance("features", done)
    record = stages.record(seconds)
    for name in UNKNOWN:
        assert record[name] is None or record[name] >= 0


@pytest.mark.parametrize("done", [0, 1])
def test_a_stage_of_nothing_has_no_share(done: int) -> None:
    """No division by nothing."""
    stages = Stages()
    stages.start("features", 0, "essays", now=0.0)
    stages.advance("features", done)
    assert stages.record(1.0)["percent"] is None
