"""What many answers come to is spelled out while others are answered."""

import asyncio
import inspect
import threading
from dataclasses import replace

import pytest

from gradewise.cli.service.serve import serve
from gradewise.essays.records import Essay
from gradewise.serving.http.bodies import MOST_ESSAYS
from gradewise.testing.grading_models import MadeUpModel
from gradewise.workflows.reasons import Reason
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.scoring import MOST_WAITING
from gradewise.workflows.scoring.spelling import AT_ONCE, spelled

REASON = Reason(feature="words", construct="length", value=1.0, average=2.0, effect=0.1)


def prediction(n_reasons: int) -> Prediction:
    """One with so many reasons."""
    model = MadeUpModel()
    (said,) = model.grade(["a"], model.read([Essay(id="a", text="A text.")]))
    return replace(said, reasons=(REASON,) * n_reasons)


@pytest.mark.parametrize(
    ("n", "n_reasons", "beside"),
    [(1, 6, False), (50, 6, False), (AT_ONCE, 0, False), (AT_ONCE, 1, True), (20, 50, True)],
    ids=["one", "a_class", "many", "many_with_reasons", "reasons"],
)
def test_only_much_goes_beside_the_loop(n: int, n_reasons: int, *, beside: bool) -> None:
    """Handing a little over would take longer than doing it."""
    where = asyncio.run(spelled([prediction(n_reasons)] * n, threading.get_ident))
    assert beside is (where != threading.get_ident())


def test_the_largest_batch_may_wait() -> None:
    """What is described as possible is not refused where nobody else asks for anything."""
    assert MOST_ESSAYS <= MOST_WAITING
    assert MOST_WAITING == inspect.signature(serve).parameters["max_waiting"].default
