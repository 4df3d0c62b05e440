"""What is said at the start of a service about models of which nothing goes out by itself."""

import asyncio
from dataclasses import dataclass, replace

from gradewise.adapters.memory_cache import MemoryCache
from gradewise.evaluation.policy import ReviewPolicy
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.confidence import Confidence
from gradewise.models.grade_sets import GradeSets
from gradewise.testing.graders import SCALE, made_up_bundle
from gradewise.testing.grading_models import MadeUpModel
from gradewise.workflows.scoring.bundle_model import BundleModel
from gradewise.workflows.scoring.hints import hints
from gradewise.workflows.scoring.services import Serving
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.tools import Tools
from served_models import Turning, clock, tried_here


@dataclass
class NobodyScores:
    """Stands where a service scores."""


def said(threshold: float) -> list[str]:
    """Of a service whose champion has this threshold, and whose challenger knows of no policy."""
    contents = made_up_bundle()
    policy = ReviewPolicy(cuts=(1,), required=0.95, level=0.95, threshold=threshold)
    promise = Confidence(GradeSets(0.9, (1.5,) * SCALE.n_grades), policy)
    files = bundle_files(replace(contents, overall=replace(contents.overall, confidence=promise)))

    async def _said() -> list[str]:
        tools = Tools(lambda _name, _language: None, readers=1)
        slots = [
            ModelSlot(Turning(files), build, trial=tried_here, clock=clock)
            for build in (
                lambda files: BundleModel(bundle_from_files(files), tools, MemoryCache()),
                lambda _files: MadeUpModel("other"),
            )
        ]
        for slot in slots:
            await slot.reload(asked_by="start")
        serving = Serving(scoring=NobodyScores(), champion=slots[0], challenger=slots[1], clock=clock)  # type: ignore[arg-type]
        found = list(hints(serving))
        for slot in slots:
            await slot.close()
        assert [] == list(hints(serving))
        return found

    return asyncio.run(_said())


def test_a_model_that_releases_nothing_is_said_at_the_start() -> None:
    """Where no answer can be sure enough, and only there."""
    (hint,) = said(float("inf"))
    assert hint.startswith("champion: made-up 20260131_120000 releases nothing by itself")
    assert [] == said(0.9)
