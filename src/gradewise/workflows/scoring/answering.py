"""What a model says of the essays of a request: from the cache where it has read them, else read in turn."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from gradewise.errors import BusyError, DeadlineError, InputError
from gradewise.essays.records import Essay
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.admission import SHORTEST_WAIT_S, Admission
from gradewise.workflows.scoring.arms import Arms, Chosen
from gradewise.workflows.scoring.models import GradingModel, Reading, recalled, recalled_near
from gradewise.workflows.scoring.requests import ScoreRequest
from gradewise.workflows.scoring.threads import Threads
from gradewise.workflows.scoring.together import Together

LOOKS_PER_PLACE = 4
"""Requests that are looked up in the cache at once, for each essay that may be read or wait."""


@dataclass(frozen=True, slots=True, eq=False)
class ModelAnswer:
    """What one model says of all essays of a request."""

    chosen: Chosen
    """Which model, in which role."""
    readings: tuple[Reading, ...]
    """What it read."""
    predictions: tuple[Prediction, ...]
    """What it says."""
    read_seconds: float
    """Wall-clock time that reading took."""


class Answering:
    """Reads what was not read before, and asks a model; of one event loop.

    Texts that were read before do not wait for others.
    """

    def __init__(self, arms: Arms, threads: Threads, *, readers: int, most_waiting: int) -> None:
        """Begin with nobody waiting.

        Args:
            arms: who answers where a challenger fails.
            threads: read and answer.
            readers: texts that are read at once.
            most_waiting: essays that may wait beside those.
        """
        self._arms, self._threads, self._together = arms, threads, Together()
        self._admission = Admission(threads, readers=readers, most_waiting=most_waiting)
        self._most_looking = LOOKS_PER_PLACE * (readers + most_waiting)
        self._looking = 0

    @property
    def waiting(self) -> int:
        """Essays that are being read or wait for it."""
        return self._admission.admitted

    async def answer(self, chosen: Chosen, requests: Sequence[ScoreRequest], deadline: float) -> ModelAnswer:
        """What the chosen model says, or the champion where a challenger fails or refuses an essay.

        Args:
            chosen: the model.
            requests: one or more.
            deadline: on the clock of the event loop.

        Raises:
            InputError: an essay cannot be graded; the message names it.
            BusyError: more is asked than can be answered; nothing was begun.
            DeadlineError: not all of them could be read in time.
            BundleError: the model failed.
        """
        try:
            answer = await self._asked(chosen, requests, deadline)
        except (BusyError, DeadlineError, TimeoutError):
            raise
        except Exception as error:
            # What the challenger alone cannot read, such as a text without its task, is no failure of it.
            other = self._arms.instead_of(chosen, has_failed=not isinstance(error, InputError))
            if other is None:
                raise
            return await self._asked(other, requests, deadline)
        self._arms.worked(chosen)
        return answer

    async def _asked(self, chosen: Chosen, requests: Sequence[ScoreRequest], deadline: float) -> ModelAnswer:
        essays = [each.essay for each in requests]
        n_reasons, model = max(each.n_reasons for each in requests), chosen.model
        began = time.perf_counter()
        known, predictions = await self._looked_up(model, essays, n_reasons)
        readings = [each for each in known if each is not None]
        if predictions is None:
            unread = [essay for essay, each in zip(essays, known, strict=True) if each is None]
            fresh = iter(await self._admission.read(model, unread, deadline=deadline))
            readings = [each if each is not None else next(fresh) for each in known]
        read_seconds = time.perf_counter() - began
        if predictions is None:
            predictions = await self._threads.answer(partial(_graded, model, essays, readings, n_reasons))
        asked = tuple(
            each
            if len(each.reasons) <= request.n_reasons
            else replace(each, reasons=each.reasons[: request.n_reasons])
            for request, each in zip(requests, predictions, strict=True)
        )
        return ModelAnswer(chosen, tuple(readings), asked, read_seconds)

    async def _looked_up(
        self, model: GradingModel, essays: Sequence[Essay], n_reasons: int
    ) -> tuple[tuple[Reading | None, ...], tuple[Prediction, ...] | None]:
        """What is in the cache; and if that is all, what the model says of it, in the same step."""
        if len(essays) == 1 and not n_reasons:
            # Less work than to hand it over to a thread and to wake up again.
            near = recalled_near(model, essays)
            if near[0] is not None:
                return near, (await self._together.grade(model, essays[0].id, near[0]),)
        if self._looking >= self._most_looking:
            raise BusyError(
                f"{self._looking} requests are looked up already; ask again in {SHORTEST_WAIT_S} s",
                retry_after_s=SHORTEST_WAIT_S,
            )
        self._looking += 1
        try:
            return await self._threads.answer(partial(_look_up, model, essays, n_reasons))
        finally:
            self._looking -= 1


def _look_up(
    model: GradingModel, essays: Sequence[Essay], n_reasons: int
) -> tuple[tuple[Reading | None, ...], tuple[Prediction, ...] | None]:
    known = recalled(model, essays)
    readings = [each for each in known if each is not None]
    return known, _graded(model, essays, readings, n_reasons) if len(readings) == len(essays) else None


def _graded(
    model: GradingModel, essays: Sequence[Essay], readings: Sequence[Reading], n_reasons: int
) -> tuple[Prediction, ...]:
    return model.grade([essay.id for essay in essays], readings, n_reasons=n_reasons)
