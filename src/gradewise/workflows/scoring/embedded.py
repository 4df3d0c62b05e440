"""Scoring within another program: one model, a few lines, no service."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.texts import repair_text
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import GradingModel, ModelIdentity, Reading

TOGETHER = 256
"""Texts that are read at one go by a model for which that is faster."""


class EmbeddedScorer:
    """Grades essays with one model in this process; may be used by several threads at once."""

    def __init__(self, model: GradingModel, *, readers: int, close: Callable[[], None]) -> None:
        """Take a warm model.

        Args:
            model: grades.
            readers: texts that are read at once.
            close: releases what the model reads with.
        """
        self._model, self._close = model, close
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="reading")

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is."""
        return self._model.identity

    def score(self, essay: Essay | str, *, n_reasons: int = 6) -> Prediction:
        """Grade one essay.

        Args:
            essay: the essay, or its text alone.
            n_reasons: how many of the strongest reasons are given.

        Raises:
            InputError: the text holds no word, or the model needs the task's text and there is none.
        """
        asked = _essay(essay, "essay")
        return self._model.grade((asked.id,), self._model.read((asked,)), n_reasons=n_reasons)[0]

    def score_many(self, essays: Iterable[Essay | str], *, n_reasons: int = 0) -> tuple[Prediction, ...]:
        """Grade essays on all cores, in order.

        Args:
            essays: essays, or their texts alone, which are called by their numbers from 1.
            n_reasons: how many of the strongest reasons are given for each.

        Raises:
            InputError: an essay cannot be graded; the message names it.
        """
        asked = [_essay(each, str(number)) for number, each in enumerate(essays, 1)]
        readings = self._readings(asked)
        return self._model.grade([each.id for each in asked], readings, n_reasons=n_reasons)

    def close(self) -> None:
        """Release threads and files; may be called twice."""
        self._threads.shutdown(cancel_futures=True)
        self._model.close()
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _readings(self, asked: Sequence[Essay]) -> list[Reading]:
        size = TOGETHER if getattr(self._model, "reads_together", False) else 1
        parts = [asked[start : start + size] for start in range(0, len(asked), size)]
        return [reading for part in self._threads.map(self._model.read, parts) for reading in part]


def _essay(given: Essay | str, name: str) -> Essay:
    if isinstance(given, Essay):
        return given
    repaired = repair_text(given).text
    if not repaired.strip():
        raise InputError(f"essay {name!r} is empty; leave it out")
    return Essay(id=name, text=repaired)
