"""A model is asked about the essays of a batch; whatever goes wrong becomes a reason, never an error."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gradewise.errors import BusyError, DeadlineError, InputError, UnavailableError
from gradewise.judgement.outcomes import FallbackReason, ModelGrade, ModelWord
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.failures import NoModelError
from gradewise.workflows.scoring.models import ModelIdentity
from gradewise.workflows.scoring.requests import Scored, ScoreRequest

MOST_ATTEMPTS = 200
"""Questions at the most, while those essays are looked for that no model can read."""
MOST_BREAKDOWNS = 12
"""Breakdowns of the model at the most, likewise; then the rest counts as not graded."""
_SUM_WITHIN = 1e-6


class BatchScoring(Protocol):
    """What grades a batch: the scoring service, or a bundle alone. See `Scoring.score_many`."""

    async def score_many(
        self, requests: Sequence[ScoreRequest], *, batch_id: str = "", deadline_s: float | None = None
    ) -> tuple[Scored, ...]:
        """Answers in order, all by one model.

        Raises:
            InputError: an essay cannot be read; nothing is answered then.
            BusyError: there is too much to do.
            DeadlineError: it would take too long.
            UnavailableError: there is no model, or what it needs does not answer.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking."""

    word: ModelWord
    """What the model says, and why it says nothing."""
    model: ModelIdentity | None = None
    """The model; ``None`` where none spoke."""
    reads_judgement: bool = False
    """Whether it has read what judgement found, so that both err together."""


async def ask_model(
    requests: Sequence[ScoreRequest],
    scoring: BatchScoring,
    *,
    batch_id: str,
    deadline_s: float,
    breaker: Breaker | None = None,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Asked:
    """Ask about essays, all of one model; that it fails raises nothing.

    Essays that cannot be read, and those on which the model breaks down, are found by halving, so that they
    take no other with them. A service that has too much to do is asked again as long as there is time.

    Args:
        requests: The essays.
        scoring: Grades them.
        batch_id: Of which batch.
        deadline_s: For all of it together.
        breaker: Says whether to ask at all, and hears how it went.
        pause: Waits so many seconds.

    Raises:
        InputError: the model tells classes apart, which have no order that judgement could agree with.
    """
    if not requests:
        return Asked(word=ModelWord())
    if breaker is not None and not breaker.lets_through():
        return Asked(word=ModelWord(reasons=_each(requests, "circuit_open")))
    asking = _Asking(scoring, batch_id, time.monotonic() + deadline_s, pause)
    await asking.about(tuple(requests))
    if breaker is not None:
        breaker.worked() if asking.answers or not asking.fell_ill else breaker.failed()
    _require_grades(asking.answers.values())
    return asking.settled()


def _require_grades(answers: Iterable[Scored]) -> None:
    teller = next((answer.model for answer in answers if answer.prediction.of_classes), None)
    if teller is not None:
        raise InputError(
            f"model {teller.name} {teller.version} tells classes apart, which have no order, and cannot be "
            "merged with judgement; serve a model of grades, or let judgement alone grade: gradewise "
            "finalize BATCH --no-model"
        )


@dataclass(slots=True)
class _Asking:
    """Questions about one batch."""

    scoring: BatchScoring
    batch_id: str
    until: float
    pause: Callable[[float], Awaitable[None]]
    answers: dict[str, Scored] = field(default_factory=dict)
    reasons: dict[str, FallbackReason] = field(default_factory=dict)
    attempts: int = 0
    breakdowns: int = 0

    @property
    def fell_ill(self) -> bool:
        """Whether it is the model's or its service's fault that something was not answered."""
        return bool({"model_error", "unavailable", "deadline"} & set(self.reasons.values()))

    async def about(self, requests: tuple[ScoreRequest, ...]) -> None:
        """Ask; where one of several cannot be answered, ask about each half."""
        reason = await self._once(requests)
        if reason is None:
            return
        may_halve = reason in ("not_readable", "model_error") and len(requests) > 1
        if may_halve and self.attempts < MOST_ATTEMPTS and self.breakdowns < MOST_BREAKDOWNS:
            middle = len(requests) // 2
            await self.about(requests[:middle])
            await self.about(requests[middle:])
        else:
            self.reasons |= _each(requests, "model_error" if may_halve else reason)

    async def _once(self, requests: tuple[ScoreRequest, ...]) -> FallbackReason | None:
        """Keep what is answered; why nothing was."""
        self.attempts += 1
        while (left := self.until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    answers = await self.scoring.score_many(requests, batch_id=self.batch_id, deadline_s=left)
                self._take(requests, answers)
            except BusyError as error:
                if time.monotonic() + error.retry_after_s >= self.until:
                    return "busy"
                await self.pause(error.retry_after_s)
            except Exception as error:  # noqa: BLE001 - whatever a model does, judgement has the last word
                return self._reason(error)
            else:
                return None
        return "deadline"

    def _reason(self, error: Exception) -> FallbackReason:
        match error:
            case DeadlineError() | TimeoutError():
                return "deadline"
            case NoModelError():
                return "no_model"
            case UnavailableError():
                return "unavailable"
            case InputError():
                return "not_readable"
            case _:
                self.breakdowns += 1
                return "model_error"

    def _take(self, requests: tuple[ScoreRequest, ...], answers: Sequence[Scored]) -> None:
        """Keep answers by essay; one that is missing or makes no sense is a breakdown of the model."""
        found = {answer.prediction.essay_id: answer for answer in answers}
        for request in requests:
            answer = found.get(request.essay.id)
            if answer is None or not _is_sound(answer):
                self.reasons[request.essay.id] = "model_error"
            else:
                self.answers[request.essay.id] = answer

    def settled(self) -> Asked:
        """One model's word: where models changed midway, that which graded most essays."""
        if not self.answers:
            return Asked(word=ModelWord(reasons=self.reasons))
        counts = Counter(answer.model for answer in self.answers.values())
        model = counts.most_common(1)[0][0]
        grades = {name: _grade(answer) for name, answer in self.answers.items() if answer.model == model}
        left: dict[str, FallbackReason] = dict.fromkeys(self.answers.keys() - grades.keys(), "model_changed")
        return Asked(
            word=ModelWord(grades=grades, reasons=self.reasons | left),
            model=model,
            reads_judgement=any(answer.reads_judgement for answer in self.answers.values()),
        )


def _each(requests: Sequence[ScoreRequest], reason: FallbackReason) -> dict[str, FallbackReason]:
    return {request.essay.id: reason for request in requests}


def _is_sound(answer: Scored) -> bool:
    """Whether there is a distribution, and a grade of it."""
    said = answer.prediction
    values = said.probabilities.values()
    return (
        said.grade in said.probabilities
        and all(math.isfinite(value) and value >= 0 for value in values)
        and abs(sum(values) - 1) <= _SUM_WITHIN
    )


def _grade(answer: Scored) -> ModelGrade:
    said = answer.prediction
    return ModelGrade(
        grade=said.grade,
        confidence=said.confidence,
        probabilities=dict(said.probabilities),
        score_id=answer.score_id or None,
    )
