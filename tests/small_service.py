"""A small scoring service for tests of its edges: real use cases and slot over a model that counts words."""

import asyncio
import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gradewise.errors import BundleError, BusyError, DeadlineError, NotFoundError, UnavailableError
from gradewise.judgement.batches import BatchResult, EssayResult
from gradewise.models.bundles.contents import write_bundle
from gradewise.scores.records import ScoreDraft
from gradewise.service_events import LogState
from gradewise.telemetry import Event, correlation_id
from gradewise.testing.graders import made_up_bundle
from gradewise.testing.grading_models import MadeUpModel
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.scoring.models import GradingModel
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.sources import BundlePath


@dataclass
class CountingModel(MadeUpModel):
    """A made-up model that knows rows which it must grade in a known way."""

    sound: bool = True

    def test_itself(self) -> None:
        """Pass, or not."""
        if not self.sound:
            raise BundleError("the model no longer grades its test rows as when it was made")


@dataclass
class SmallScores:
    """Grades by words; an essay that is called after a trouble meets it."""

    slot: ModelSlot
    log: MemoryScoreLog
    held: asyncio.Event = field(default_factory=asyncio.Event)
    most: int = 2
    under_way: int = 0

    async def score(self, request: ScoreRequest, *, deadline_s: float | None = None) -> Scored:
        """Grade one essay."""
        return (await self.score_many([request], deadline_s=deadline_s))[0]

    async def score_many(
        self, requests: Sequence[ScoreRequest], *, batch_id: str = "", deadline_s: float | None = None
    ) -> tuple[Scored, ...]:
        """Grade essays."""
        model = self.slot.current
        if model is None:
            raise UnavailableError("no model is loaded; deploy one")
        await self._trouble(requests[0].essay.id, requests[0].essay.text, deadline_s)
        return tuple([await self._scored(model, each, batch_id) for each in requests])

    async def _trouble(self, essay_id: str, text: str, deadline_s: float | None) -> None:
        match essay_id:
            case "busy":
                raise BusyError("2 requests wait already; ask again later", retry_after_s=1.5)
            case "late":
                raise DeadlineError(f"there was no answer within {deadline_s} s")
            case "bug":
                raise ZeroDivisionError(f"words of the essay: {text}")
            case "slow":
                if self.under_way >= self.most:
                    raise BusyError("2 requests wait already; ask again later", retry_after_s=1.5)
                self.under_way += 1
                await self.held.wait()
                self.under_way -= 1

    async def _scored(self, model: GradingModel, request: ScoreRequest, batch_id: str) -> Scored:
        essay, score_id = request.essay, uuid.uuid4().hex
        readings = model.read([essay])
        said = model.grade([essay.id], readings)[0]
        probabilities = dict(said.probabilities)
        await self.log.add(
            [
                ScoreDraft(
                    id=score_id, made_at=datetime.now(UTC), essay_id=essay.id,
                    text_sha256=hashlib.sha256(essay.text.encode()).hexdigest(), task_sha256="",
                    model_name=model.identity.name, model_version=model.identity.version,
                    model_digest=model.identity.digest, arm="champion",
                    reading_fingerprint=model.reading_fingerprint,
                    values=readings[0].values.astype("<f4").tobytes(),
                    prediction=json.dumps({"grade": said.grade, "probabilities": probabilities}),
                    grade=said.grade, route="review", urgency=1.0, batch_id=batch_id,
                    correlation_id=correlation_id(),
                )
            ]
        )  # fmt: skip
        return Scored(
            score_id=score_id,
            prediction=said,
            model=model.identity,
            arm="champion",
            route="review",
            cached=False,
        )


async def finalized(batch_id: str) -> BatchResult:
    """A batch of nothing; there is one alone."""
    if batch_id != "b1":
        raise NotFoundError(f"there is no batch {batch_id[:20]!r}")
    return BatchResult(
        batch_id=batch_id, finalized_at=datetime(2026, 3, 1, tzinfo=UTC), scale="letters",
        scoring_method="bt_only", model_name=None, model_version=None, model_digest=None,
        essays=(ESSAY_RESULT,),
    )  # fmt: skip


ESSAY_RESULT = EssayResult(
    essay_id="e1", is_anchor=False, rank=1, bt_score=0.5, bt_se=0.1, bt_grade="C",
    bt_probabilities={"C": 1.0}, ml_grade=None, ml_confidence=None, ml_probabilities={}, grade="C",
    confidence=1.0, probabilities={"C": 1.0}, scoring_method="bt_only", reason="no_model", disagrees=False,
)  # fmt: skip


async def passes(files: Mapping[str, bytes]) -> None:
    """A trial that everything passes."""


@dataclass
class SmallService:
    """A service that is up, with what a test wants to look at."""

    serving: Serving
    scores: SmallScores
    model: CountingModel
    bundle: Path
    heard: list[Event]
    log_states: list[LogState]
    """As the last of it says."""
    hanging: list[bool]
    """The same."""


@asynccontextmanager
async def small_service(directory: Path, *, batches: bool = True) -> AsyncIterator[SmallService]:
    """A service with a model that is loaded from a bundle."""
    heard: list[Event] = []
    log_states: list[LogState] = ["kept"]
    hanging = [False]
    model, log = CountingModel(), MemoryScoreLog()
    bundle = directory / "bundle"
    write_bundle(made_up_bundle(), bundle)
    slot = ModelSlot(
        BundlePath(bundle),
        lambda _files: model,
        trial=passes,
        clock=partial(datetime.now, UTC),
        listener=heard.append,
    )
    await slot.reload(asked_by="start")
    scores = SmallScores(slot, log)
    serving = Serving(
        scoring=scores, champion=slot, log=log, finalize=finalized if batches else None,
        clock=partial(datetime.now, UTC), log_state=lambda: log_states[-1], listener=heard.append,
        hangs=lambda: hanging[-1],
    )  # fmt: skip
    yield SmallService(serving, scores, model, bundle, heard, log_states, hanging)
    await slot.close()
