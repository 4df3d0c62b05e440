"""A model in a process of its own answers as it would here; when it dies, only its process does."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradewise.bootstrap import build_apart, reading_tools, serving_cache
from gradewise.errors import BundleError, DeadlineError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.models.bundles.archives import read_bundle
from gradewise.settings import Settings
from gradewise.testing.grading_models import MadeUpModel, build_made_up
from gradewise.testing.synthetic import generate_essays
from gradewise.workflows.scoring.bundle_model import model_builder
from gradewise.workflows.scoring.isolated import IsolatedModel, isolated
from gradewise.workflows.scoring.refusals import RefusedError
from trials import Trained

FILES = {"name": b"away"}
ESSAYS = (
    Essay(id="a", text="one two three", label="A", groups={"gender": "x"}),
    Essay(id="b", text="word " * 30),
)


@pytest.fixture(scope="module")
def away() -> Iterator[IsolatedModel]:
    """A model in a process of its own, which does what the first essay is called after."""
    model = IsolatedModel(FILES, build_made_up, answer_s=2)
    yield model
    model.close()


def test_it_answers_as_it_would_here(away: IsolatedModel) -> None:
    """What it knows, reads and grades is the same, bit for bit."""
    here = MadeUpModel("away")
    assert here.identity == away.identity
    assert (here.scale, here.width, here.reading_fingerprint, here.reads_judgement) == (
        away.scale, away.width, away.reading_fingerprint, away.reads_judgement,
    )  # fmt: skip
    expected, found = here.read(ESSAYS), away.read(ESSAYS)
    assert [each.values.tobytes() for each in expected] == [each.values.tobytes() for each in found]
    assert here.grade(["a", "b"], expected) == away.grade(["a", "b"], found)
    assert away.process_id != os.getpid()


def test_an_error_says_nothing_of_the_essay(away: IsolatedModel) -> None:
    """What a model raises may quote; its kind does not."""
    with pytest.raises(UnavailableError, match="the model failed: RuntimeError$"):
        away.grade(["raises", "b"], away.read(ESSAYS))


def test_a_process_that_dies_is_replaced(away: IsolatedModel) -> None:
    """The question that it dies of fails here as an error; the next is answered by another process."""
    died = away.process_id
    with pytest.raises(UnavailableError, match="exit code -11"):
        away.grade(["dies", "b"], away.read(ESSAYS))
    assert len(ESSAYS) == len(away.read(ESSAYS))
    assert died != away.process_id


def test_a_process_that_takes_nothing_is_killed(away: IsolatedModel) -> None:
    """Also where more is told than fits between: one that was stopped takes no word of it."""
    away.read(ESSAYS)
    stopped = away.process_id
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    with pytest.raises(DeadlineError, match="in 2 s"):
        away.read([Essay(id="long", text="word " * 200_000)])
    assert away.process_id is None


def test_a_process_that_hangs_is_killed(away: IsolatedModel) -> None:
    """After the deadline nothing of it is left; a model that was closed answers no more."""
    readings = away.read(ESSAYS)
    with pytest.raises(DeadlineError, match="in 2 s"):
        away.grade(["sleeps", "b"], readings)
    assert away.process_id is None
    away.close()
    with pytest.raises(UnavailableError, match="was closed"):
        away.read(ESSAYS)


def test_a_model_that_cannot_be_built_is_refused() -> None:
    """What goes wrong over there is said here."""
    with pytest.raises(BundleError, match="process of its own: the model failed: KeyError"):
        isolated(build_made_up)({})


def test_one_that_is_not_ready_in_time_is_refused_for_that() -> None:
    """So that it is tried again; its process is gone."""
    with pytest.raises(RefusedError, match="not ready in a process of its own within 0.01 s") as refused:
        IsolatedModel(FILES, build_made_up, start_s=0.01)
    assert "timeout" == refused.value.reason


def test_a_trained_model_reads_and_grades_over_there_as_here(trained: Trained, cache_directory: Path) -> None:
    """With tools of its own and the same cache: the same numbers, bit for bit, and the same answers."""
    settings, files = Settings(cache_directory=cache_directory, workers=1), read_bundle(trained.bundle)
    essays = generate_essays(2, seed=98)
    tools, cache = reading_tools(settings), serving_cache(settings)
    here, there = model_builder(tools, cache)(files), build_apart(settings)(files)
    try:
        expected, found = here.read(essays), there.read(essays)
        assert [each.values.tobytes() for each in expected] == [each.values.tobytes() for each in found]
        assert [each.advisories for each in expected] == [each.advisories for each in found]
        ids = [essay.id for essay in essays]
        assert here.grade(ids, expected, n_reasons=3) == there.grade(ids, found, n_reasons=3)
        assert here.reading_fingerprint == there.reading_fingerprint
    finally:
        there.close()
        cache.close()
