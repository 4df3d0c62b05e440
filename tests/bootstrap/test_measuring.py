"""What Prometheus is told of a service while models come and go under it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from gradewise.adapters.layered_cache import LayeredCache
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.adapters.service_metrics import ServiceMetrics
from gradewise.bootstrap.measuring import AskedLog, MeasuredParts, measured, service_metrics
from gradewise.errors import UnavailableError
from gradewise.essays.records import Essay
from gradewise.scores.queue import WaitingCount
from gradewise.scores.records import Route
from gradewise.scores.routing import ReviewRouting
from gradewise.testing.score_logs import MemoryScoreLog, made_up_draft
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.requests import ScoreRequest
from gradewise.workflows.scoring.scoring import Scoring
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.slot import ModelSlot
from served_models import ServedModel, Turning, clock, made_up_files
from small_service import passes

PATIENCE_S = 60.0
REQUEST = ScoreRequest(essay=Essay(id="e1", text="A short text."))


class GoingLog(MemoryScoreLog):
    """A score log that goes away when a test says so."""

    away = False

    async def count_waiting(
        self, *, routes: Sequence[Route] = ("review", "audit"), model_name: str | None = None
    ) -> WaitingCount:
        """Count, or not."""
        if self.away:
            raise UnavailableError("the database does not answer")
        return await super().count_waiting(routes=routes, model_name=model_name)


@dataclass(frozen=True)
class Small:
    """A measured service, and what a test turns over of it."""

    metrics: ServiceMetrics
    slot: ModelSlot
    source: Turning
    scoring: Scoring
    log: GoingLog
    asked: AskedLog

    @property
    def shown(self) -> str:
        """What Prometheus is told."""
        return self.metrics.exposition().decode()

    async def until(self, said: str) -> None:
        """Look until it is said."""
        deadline = time.monotonic() + PATIENCE_S
        while said not in self.shown:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)


def with_service(files: Mapping[str, bytes], work: Callable[[Small], Awaitable[None]]) -> None:
    """Do something with a measured service that begins with a model."""

    async def _with_service() -> None:
        metrics, log, source = service_metrics(), GoingLog(), Turning(files)
        slot = ModelSlot(source, ServedModel, trial=passes, clock=clock, listener=metrics.hear)
        scoring = Scoring(
            Arms(slot), log=log, readers=1, clock=clock, review=ReviewRouting(salt="s"), listener=metrics.hear
        )
        asked = AskedLog(log)
        parts = MeasuredParts(
            scoring=scoring,
            cache=LayeredCache(MemoryCache(), MemoryCache()),
            spool=None,
            breakers={"judgement": Breaker()},
            asked=asked,
        )
        serving = Serving(scoring=scoring, champion=slot, clock=clock, log=log, listener=metrics.hear)
        async with measured(metrics, serving, parts, ask_every_s=0.01):
            await slot.reload(asked_by="start")
            await work(Small(metrics, slot, source, scoring, log, asked))
        assert b"cj_ml_active_model_version{" not in metrics.exposition()
        await scoring.close()
        await slot.close()

    asyncio.run(_with_service())


@pytest.fixture(scope="module")
def versions() -> tuple[Mapping[str, bytes], ...]:
    """Two versions of a model."""
    return made_up_files(2)


def test_a_model_takes_over_and_a_bad_one_does_not(versions: tuple[Mapping[str, bytes], ...]) -> None:
    """One version is active at any time; totals rise; a refusal is counted and shows as stale."""
    first, second = ("20260131_000001", "20260131_000002")
    active = "cj_ml_active_model_version"

    async def _work(small: Small) -> None:
        await small.scoring.score(REQUEST)
        assert f'{active}{{model_version="{first}",training_date="2026-01-31"}} 1.0' in small.shown
        small.source.files = {**versions[1], "metadata.json": b"{}"}
        await small.slot.reload(asked_by="request")
        assert 'cj_ml_model_stale{slot="champion"} 1.0' in small.shown
        told = [line for line in small.shown.splitlines() if line.startswith("cj_ml_model_reload_refused")]
        assert 1 == sum(line.endswith(" 1.0") for line in told)
        small.source.files = versions[1]
        await small.slot.reload(asked_by="request")
        await small.scoring.score_many([REQUEST, REQUEST])
        assert first not in small.shown
        assert f'{active}{{model_version="{second}"' in small.shown
        assert 'cj_ml_model_stale{slot="champion"} 0.0' in small.shown
        assert "cj_ml_model_reload_total 2.0" in small.shown
        assert 'cj_ml_answers_total{arm="champion"} 3.0' in small.shown
        assert 'grade="other"' not in small.shown

    with_service(versions[0], _work)


def test_the_review_queue_is_known_while_the_log_is_there(
    versions: tuple[Mapping[str, bytes], ...],
) -> None:
    """Its length and age; when the log goes away nothing old is shown in their place."""

    async def _work(small: Small) -> None:
        drafts = [made_up_draft(1, route="review"), made_up_draft(2, route="audit"), made_up_draft(3)]
        await small.log.add(drafts)
        await small.until('cj_ml_review_queue_length{route="review"} 1.0')
        before = small.asked.is_away
        assert "cj_ml_score_log_serial 3.0" in small.shown
        small.log.away = True
        await small.until("cj_ml_score_log_up 0.0")
        assert "cj_ml_review_queue_length{" not in small.shown
        assert (False, True) == (before, small.asked.is_away)
        small.log.away = False
        await small.until("cj_ml_score_log_up 1.0")

    with_service(versions[0], _work)
