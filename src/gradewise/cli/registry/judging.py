"""The gates as a promotion asks them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.registry.records import ModelRecord
from gradewise.settings import read_settings
from gradewise.telemetry import Listener
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.registry.promote import JudgeAgainst
from gradewise.workflows.registry.promotion_judge import judge_for
from gradewise.workflows.registry.services import RegistryServices


@contextmanager
def judge_of(
    registry: RegistryServices,
    model: ModelRecord,
    *,
    data: Path | None,
    plan: Path | None,
    overridden: bool,
    listener: Listener,
) -> Iterator[JudgeAgainst]:
    """A judge of a model, on some essays and by the gates of a plan, or its own where these are not named."""
    asked = None if plan is None else read_plan(plan)
    with services_from(read_settings()) as services:
        yield judge_for(
            model, services, registry, plan=asked, data=data, overridden=overridden, listener=listener
        )
