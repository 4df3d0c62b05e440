"""What a model says of the essays of a request: from the cache where it has read them, else read in turn."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from gradewise.errors import BusyError, DeadlineError, InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.admission import SHORTEST_WAIT_S, Admission, Lane
from gradewise.workflows.scoring.arms import Arms, Chosen
from gradewise.workflows.scoring.models import GradingModel, Reading, recalled, recalled_near
from gradewise.workflows.scoring.requests import ScoreRequest
from gradewise.workflows.scoring.threads import Threads
from gradewise.workflows.scoring.together import Together

LOOKS_PER_PLACE = 4
"""Requests that are looked up in the cache at once, for each essay that may be read or wait."""
TRIAL_SHARE = 0.5
"""Of the time for an answer that a challenger gets; the champion has the rest, where it does not answer."""
HANGS_S = 10.0
"""Seconds of one piece of work after which a challenger is left alone: they take milliseconds."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """Where a challenger works."""

    digest: str
    """Which model it is."""
    threads: Threads
    """Of its own: one that hangs takes nobody else's."""
    lane: Lane
    """The same threads, so many at once."""


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
        self._arms, self._readers, self._together = arms, readers, Together()
        self._admission = Admission(readers=readers, most_waiting=most_waiting)
        self._usual = self._admission.lane(threads)
        self._trial: _Trial | None = None
        self._most_looking = LOOKS_PER_PLACE * (readers + most_waiting)
        self._looking = 0

    @property
    def waiting(self) -> int:
        """Essays that are being read or wait for it."""
        return self._admission.admitted

    def close(self) -> None:
        """Begin nothing more where the challenger works; may be called twice."""
        if self._trial is not None:
            self._trial.threads.close()

    async def answer(self, chosen: Chosen, requests: Sequence[ScoreRequest], deadline: float) -> ModelAnswer:
        """What the chosen model says, or the champion where a challenger fails, is late or refuses an essay.

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
            if chosen.arm == "champion":
                return await self._asked(self._usual, chosen, requests, deadline)
            answer = await self._tried(chosen, requests, deadline)
        except BusyError:
            raise
        except Exception as error:
            # What the challenger alone cannot read, such as a text without its task, is no failure of it; nor
            # is it that somebody has little time. One that hangs fails with the next question.
            no_fault = isinstance(error, InputError | DeadlineError | TimeoutError)
            other = self._arms.instead_of(chosen, has_failed=not no_fault)
            if other is None:
                raise
            return await self._asked(self._usual, other, requests, deadline)
        self._arms.worked(chosen)
        return answer

    async def _tried(self, chosen: Chosen, requests: Sequence[ScoreRequest], deadline: float) -> ModelAnswer:
        """What a challenger says, in threads of its own and in part of the time."""
        trial = self._trial_of(chosen.model)
        if trial.threads.hang(after_s=HANGS_S):
            raise UnavailableError("the challenger hangs")
        now = asyncio.get_running_loop().time()
        until = now + TRIAL_SHARE * (deadline - now)
        async with asyncio.timeout_at(until):
            return await self._asked(trial.lane, chosen, requests, until)

    def _trial_of(self, model: GradingModel) -> "_Trial":
        """Where a challenger works; another one has other threads, whatever the last one did to its own."""
        digest = model.identity.digest
        if self._trial is None or self._trial.digest != digest:
            self.close()
            threads = Threads(self._readers)
            self._trial = _Trial(digest, threads, self._admission.lane(threads))
        return self._trial

    async def _asked(
        self, lane: Lane, chosen: Chosen, requests: Sequence[ScoreRequest], deadline: float
    ) -> ModelAnswer:
        essays = [each.essay for each in requests]
        n_reasons, model = max(each.n_reasons for each in requests), chosen.model
        began = time.perf_counter()
        known, predictions = await self._looked_up(lane, model, essays, n_reasons)
        readings = [each for each in known if each is not None]
        if predictions is None:
            unread = [essay for essay, each in zip(essays, known, strict=True) if each is None]
            fresh = iter(await self._admission.read(lane, model, unread, deadline=deadline))
            readings = [each if each is not None else next(fresh) for each in known]
        read_seconds = time.perf_counter() - began
        if predictions is None:
            predictions = await lane.threads.answer(partial(_graded, model, essays, readings, n_reasons))
        asked = tuple(
            each
            if len(each.reasons) <= request.n_reasons
            else replace(each, reasons=each.reasons[: request.n_reasons])
            for request, each in zip(requests, predictions, strict=True)
        )
        return ModelAnswer(chosen, tuple(readings), asked, read_seconds)

    async def _looked_up(
        self, lane: Lane, model: GradingModel, essays: Sequence[Essay], n_reasons: int
    ) -> tuple[tuple[Reading | None, ...], tuple[Prediction, ...] | None]:
        """What is in the cache; and if that is all, what the model says of it, in the same step."""
        if len(essays) == 1 and not n_reasons and lane is self._usual:
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
            return await lane.threads.answer(partial(_look_up, model, essays, n_reasons))
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
