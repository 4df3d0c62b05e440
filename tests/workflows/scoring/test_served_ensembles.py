"""Several models as one: promoted beside what answers, served, rolled back, and each answer made again."""

import asyncio
from pathlib import Path

from gradewise.essays.records import Essay
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.ensembles import ensemble_files, gather_members
from gradewise.models.bundles.storage import content_id, write_files
from gradewise.scores.records import ScoreRecord
from gradewise.scores.routing import ReviewRouting
from gradewise.telemetry import silent
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.scoring.arms import Arms
from gradewise.workflows.scoring.replay import model_finder, replay
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.scoring.scoring import Scoring
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.sources import RegisteredBundle
from lifecycle_trials import Place, judge_of
from served_models import NAME, ServedModel, Told, clock, tried_here

VERSION = "20260201_120000"
MEMBERS = tuple(
    bundle_files(made_up_bundle(*made_up_grader(seed=seed), name=NAME, version=f"20260131_00000{seed}"))
    for seed in (1, 2)
)


async def _to_production(services: RegistryServices, bundle: Path) -> None:
    model = await register(services, bundle)
    for stage in ("staging", "production"):
        await promote(services, model, stage=stage, judge=judge_of(model))


def test_an_ensemble_is_promoted_served_and_replayed(tmp_path: Path) -> None:
    """Each answer is by exactly the model in production, and comes out again letter by letter."""
    both = ensemble_files(gather_members(MEMBERS), name=NAME, version=VERSION)
    single, pooled = write_files(MEMBERS[0], tmp_path / "1"), write_files(both, tmp_path / "both")
    place, log, told = Place(tmp_path / "place"), MemoryScoreLog(), Told()

    async def _served(services: RegistryServices) -> list[Scored]:
        await _to_production(services, single)
        slot = ModelSlot(
            RegisteredBundle(services, NAME), ServedModel, trial=tried_here, clock=clock, listener=told
        )
        scoring = Scoring(
            Arms(slot), log=log, readers=1, review=ReviewRouting(audit_rate=0), clock=clock, listener=silent
        )
        await scoring.start()
        scored = []
        for number in range(3):
            await slot.reload(asked_by="watch")
            scored.append(await scoring.score(ScoreRequest(essay=Essay(id=f"{number}", text="An essay."))))
            if number == 0:
                await _to_production(services, pooled)
            elif number == 1:
                await rollback(services, NAME)
        await scoring.close()
        await slot.close()
        return scored

    async def _replayed() -> list[bool]:
        finder = model_finder(place.stores)
        records: tuple[ScoreRecord, ...] = await log.records()
        return [(await replay(record, finder)).identical for record in records]

    scored = place.within(_served)
    expected = [content_id(files) for files in (MEMBERS[0], both, MEMBERS[0])]
    assert expected == [each.model.digest for each in scored]
    assert scored[0].prediction.probabilities == scored[2].prediction.probabilities
    assert scored[0].prediction.probabilities != scored[1].prediction.probabilities
    assert [("swapped", "")] * 3 == told.said
    assert [True] * 3 == asyncio.run(_replayed())
