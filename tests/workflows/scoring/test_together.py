"""Grading together: one step for all that comes at once, to the letter what each is told alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import BundleError
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.verified import Bundle
from gradewise.testing.grading_models import MadeUpModel
from gradewise.workflows.score import Prediction, graded
from gradewise.workflows.scoring.models import Reading
from gradewise.workflows.scoring.prediction_json import prediction_to_json
from gradewise.workflows.scoring.together import Together

READING = Reading(np.array([7], np.float32), ())


@dataclass(slots=True)
class Counting(MadeUpModel):
    """Remembers who was graded with whom."""

    groups: list[tuple[str, ...]] = field(default_factory=list)
    """Essays of each step."""

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Remember, and grade; one of these essays cannot be graded by anybody."""
        self.groups.append(tuple(essay_ids))
        if "broken" in essay_ids:
            raise BundleError("a reading is another model's")
        return MadeUpModel.grade(self, essay_ids, readings, n_reasons=n_reasons)


def asked_at_once(*asked: tuple[MadeUpModel, str]) -> list[Prediction | BaseException]:
    """What becomes of essays that are asked for in one turn, where several were in the turn before."""

    async def _all() -> list[Prediction | BaseException]:
        together = Together()
        await asyncio.gather(*(together.grade(MadeUpModel(), name, READING) for name in "xy"))
        grading = (together.grade(model, name, READING) for model, name in asked)
        return await asyncio.gather(*grading, return_exceptions=True)

    return asyncio.run(_all())


def names(said: Sequence[Prediction | BaseException]) -> list[str]:
    """Essays that were graded, and kinds of errors."""
    return [each.essay_id if isinstance(each, Prediction) else type(each).__name__ for each in said]


def test_what_comes_at_once_is_graded_in_one_step_of_each_model() -> None:
    """Each is told its own, by the model that it asked."""
    one, other = Counting("one"), Counting("other")
    said = asked_at_once((one, "a"), (other, "b"), (one, "c"))
    assert ["a", "b", "c"] == names(said)
    assert ([("a", "c")], [("b",)]) == (one.groups, other.groups)
    assert "other 20260131_120000" == getattr(said[1], "model", None)


def test_an_essay_that_cannot_be_graded_harms_no_other() -> None:
    """The others of its turn are graded; it is told why it is not."""
    model = Counting()
    assert ["a", "BundleError", "c"] == names(asked_at_once((model, "a"), (model, "broken"), (model, "c")))


@pytest.mark.parametrize("n", [1, 3], ids=["alone", "in company"])
def test_a_model_that_answers_for_too_few_is_an_error_and_no_silence(n: int) -> None:
    """Nobody waits for an answer that never comes."""
    model = MadeUpModel(behaves="talks nonsense")
    assert ["ValueError"] * n == names(asked_at_once(*((model, str(each)) for each in range(n))))


def test_whoever_asks_alone_waits_for_no_other() -> None:
    """The answer is there in the same step; of several, all but the first are one step, then all of them."""
    model = Counting()

    async def _turns() -> None:
        together = Together()
        for name in "ab":
            with pytest.raises(StopIteration):
                together.grade(model, name, READING).send(None)
            await asyncio.sleep(0)
        for names in ("cde", "fgh", "i", "j"):
            await asyncio.gather(*(together.grade(model, name, READING) for name in names))

    asyncio.run(_turns())
    one_by_one, company = [("a",), ("b",), ("c",)], [("d", "e"), ("f", "g", "h")]
    assert [*one_by_one, *company, ("i",), ("j",)] == model.groups


def test_what_nobody_waits_for_any_more_is_not_graded() -> None:
    """Whoever gave up costs nothing, and the next turn begins anew."""
    model = Counting()

    async def _given_up() -> str:
        together = Together()
        first, late = (asyncio.create_task(together.grade(model, name, READING)) for name in ("1", "late"))
        await asyncio.sleep(0)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
        return (await first).essay_id + (await together.grade(model, "next", READING)).essay_id

    assert "1next" == asyncio.run(_given_up())
    assert [("1",), ("next",)] == model.groups


@pytest.fixture(scope="module")
def bundle(bundle_pair: tuple[dict[str, bytes], dict[str, bytes]]) -> Bundle:
    """A made-up model."""
    return bundle_from_files(bundle_pair[0])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(2, 20))
def test_company_changes_no_letter_of_an_answer(bundle: Bundle, seed: int, n: int) -> None:
    """Whatever is graded beside an essay, its answer is written as if it were alone."""
    rows = np.random.default_rng(seed).normal(size=(n, len(bundle.schema))).astype(np.float32)
    essays = [str(each) for each in range(n)]
    together = graded(bundle, essays, rows, [()] * n, n_reasons=0)
    alone = [graded(bundle, [essays[i]], rows[i : i + 1], [()], n_reasons=0)[0] for i in range(n)]
    assert [prediction_to_json(each) for each in alone] == [prediction_to_json(each) for each in together]
