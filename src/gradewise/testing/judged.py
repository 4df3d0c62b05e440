"""Made-up batches of judged essays, what they came to, and batches in memory."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
from scipy.special import expit

from gradewise.errors import InputError
from gradewise.judgement.batches import (
    BatchEssay,
    BatchResult,
    EssayResult,
    JudgedBatch,
    OutboxEvent,
)
from gradewise.judgement.decisions import Comparison

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
GRADES = ("F", "E", "D", "D+", "C", "C+", "B", "A")
"""Of the scale ``swedish8``, on which made-up anchors are graded."""


def made_up_batch(
    batch_id: str = "batch-1", *, n_essays: int = 10, n_anchors: int = 8, rounds: int = 12, seed: int = 1
) -> JudgedBatch:
    """Essays ``e00`` … and anchors ``k00`` … whose true worth rises with their number, judged by chance.

    Args:
        batch_id: Its id.
        n_essays: Students' essays.
        n_anchors: Anchors, with grades from the lowest to the highest.
        rounds: In each of which everything is compared once.
        seed: For the dice.
    """
    dice = np.random.default_rng(seed)
    worth = {f"e{n:02d}": 6.0 * n / max(n_essays - 1, 1) - 3 for n in range(n_essays)}
    places = [round(n * (len(GRADES) - 1) / max(n_anchors - 1, 1)) for n in range(n_anchors)]
    worth |= {f"k{n:02d}": 6.0 * place / (len(GRADES) - 1) - 3 for n, place in enumerate(places)}
    grades = {f"k{n:02d}": GRADES[place] for n, place in enumerate(places)}
    comparisons = tuple(each for _ in range(rounds) for each in _round(worth, dice))
    essays = tuple(
        BatchEssay(
            id=name,
            text=f"This is essay {name}. It says something about school, and about friends.",
            known_grade=grades.get(name),
            is_anchor=name in grades,
            prompt="task-1",
            prompt_text="Write about your school.",
        )
        for name in sorted(worth)
    )
    return JudgedBatch(
        id=batch_id,
        essays=essays,
        comparisons=comparisons,
        scale="swedish8",
        status="COMPLETE_STABLE",
    )


def _round(worth: Mapping[str, float], dice: np.random.Generator) -> Iterator[Comparison]:
    """Everybody in one pair, as far as they go in pairs; the worthier wins more often."""
    order = dice.permutation(sorted(worth)).tolist()
    for first, second in zip(order[::2], order[1::2], strict=False):
        won = bool(dice.random() < expit(worth[first] - worth[second]))
        yield Comparison(first, second, first_won=won, judge="j1", confidence=3.0)


def made_up_result(batch_id: str = "batch-1", *, finalized_at: datetime = NOON) -> BatchResult:
    """What a batch of two essays came to."""
    both = EssayResult(
        essay_id="å1", is_anchor=False, rank=1, bt_score=1.25, bt_se=0.1 + 0.2, bt_grade="C",
        bt_probabilities={"D": 0.3, "C": 0.7}, ml_grade="D", ml_confidence=0.6,
        ml_probabilities={"D": 0.6, "C": 0.4}, grade="C", confidence=0.55,
        probabilities={"D": 0.45, "C": 0.55}, scoring_method="hybrid_bt_ml", reason="", disagrees=True,
        score_id="f" * 32,
    )  # fmt: skip
    alone = replace(
        both, essay_id="a2", rank=2, bt_score=-1.25, ml_grade=None, ml_confidence=None, ml_probabilities={},
        probabilities=both.bt_probabilities, scoring_method="bt_only", reason="no_text", disagrees=False,
        score_id=None,
    )  # fmt: skip
    return BatchResult(
        batch_id=batch_id,
        finalized_at=finalized_at,
        scale="swedish8",
        scoring_method="hybrid_bt_ml",
        model_name="essays",
        model_version="20260101_000000",
        model_digest="0" * 64,
        essays=(both, alone),
        correlation_id="c",
    )


def made_up_event(number: int, *, key: str = "batch-1") -> OutboxEvent:
    """An event with an id of its own."""
    payload = {"number": number, "letters": "åäö", "nothing": None, "list": [1, 2.5]}
    return OutboxEvent(id=f"{number:032x}", topic="gradewise.test", key=key, payload=payload, made_at=NOON)


class RememberedBatches:
    """A `Batches` in memory, gone with its process."""

    def __init__(self, *batches: JudgedBatch) -> None:
        self._batches: dict[str, JudgedBatch] = {batch.id: batch for batch in batches}
        self._results: dict[str, BatchResult] = {}
        self._events: dict[str, OutboxEvent] = {}
        self._waiting: dict[str, None] = {}
        self._published: dict[str, datetime] = {}
        self._lock = asyncio.Lock()

    async def batch(self, batch_id: str) -> JudgedBatch:
        """A batch as it was put in."""
        if batch_id not in self._batches:
            raise InputError(
                f"there is no batch {batch_id!r}; there are {', '.join(self._batches) or 'none'}"
            )
        return self._batches[batch_id]

    async def batch_ids(self, *, limit: int = 100) -> tuple[str, ...]:
        """Batches, the last first."""
        return tuple(reversed(self._batches))[:limit]

    async def result(self, batch_id: str) -> BatchResult | None:
        """What a batch came to."""
        return self._results.get(batch_id)

    async def finalize(
        self, batch_id: str, decide: Callable[[], tuple[BatchResult, Sequence[OutboxEvent]]]
    ) -> BatchResult:
        """Keep what a batch came to, once."""
        async with self._lock:
            if batch_id not in self._results:
                result, events = decide()
                self._results[batch_id] = result
                self._events |= {event.id: event for event in events}
                self._waiting |= {event.id: None for event in events}
            return self._results[batch_id]

    async def waiting_events(self, *, limit: int = 100) -> tuple[OutboxEvent, ...]:
        """Events that were not published yet, oldest first."""
        return tuple(self._events[name] for name in self._waiting)[:limit]

    async def published(self, event_ids: Sequence[str]) -> None:
        """Say that events are published."""
        for name in self._waiting.keys() & set(event_ids):
            del self._waiting[name]
            self._published[name] = datetime.now(UTC)

    async def count_published(self, before: datetime) -> int:
        """How many events were published before a moment."""
        return sum(at < before for at in self._published.values())

    async def forget_published(self, before: datetime) -> int:
        """Remove events that were published before a moment."""
        old = [name for name, at in self._published.items() if at < before]
        for name in old:
            del self._events[name], self._published[name]
        return len(old)


def probabilities(grades: Sequence[str], likeliest: str, share: float) -> Mapping[str, float]:
    """A distribution that gives one grade this share and the others what is left, alike."""
    rest = (1 - share) / (len(grades) - 1)
    return {grade: share if grade == likeliest else rest for grade in grades}
