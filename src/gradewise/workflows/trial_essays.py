"""Which essays a model is tried on: a file of them, or those that its training locked away."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from gradewise.essays.intake import Intake
from gradewise.essays.records import Essay
from gradewise.models.bundles.verified import Bundle
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.given import with_columns_of
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.datasets.reading import FileOfEssays, read_essays, with_guesses
from gradewise.workflows.datasets.remembered import with_columns_as_trained
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.services import Services

KNOWN_ESSAYS = (
    "the model was trained on essays of this very file and knows their wording, so what changes do to their "
    "grades says little of new essays; use essays that it has not seen"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Essays to try a model on."""

    plan: Plan
    """Where they come from, and where results go."""
    read: FileOfEssays
    """The essays; their grades are not looked at."""
    notices: tuple[str, ...] = ()
    """What a reader of results must know of them, one line each."""


def essays_of_file(bundle: Bundle, plan: Plan, services: Services, listener: Listener) -> Trial:
    """The essays that a plan names, graded or not: its test file when it names one, else its only file.

    Raises:
        InputError: the essays cannot be used.
    """
    source = services.open_data(plan.data.test or plan.data.train, plan.data)
    plan = with_columns_as_trained(
        with_columns_of(plan, bundle.schema), bundle.metadata.data.columns, source, listener, graded=False
    )
    plan = with_guesses(plan, source, listener, graded=False)
    read = read_essays(plan, source, bundle.scale, listener)
    if source.sha256() != bundle.metadata.data.sha256:
        return Trial(plan=plan, read=read)
    listener(Notice(KNOWN_ESSAYS))
    return Trial(plan=plan, read=read, notices=(KNOWN_ESSAYS,))


def locked_essays(run: Path, services: Services, listener: Listener) -> Trial | None:
    """The essays that a training locked away: of the kind that the model is for, and not seen by it.

    Returns:
        The essays; nothing where this is no run directory, or its data has gone.

    Raises:
        InputError, SplitError: the data is not what it was.
    """
    saved, split = run / "plan.yaml", run / "artifacts" / "splits.json"
    if not (saved.is_file() and split.is_file()):
        return None
    plan = read_plan(saved)
    if not all(path.is_file() for path in (plan.data.train, plan.data.test) if path is not None):
        return None
    plan = plan.model_copy(update={"split": plan.split.model_copy(update={"reuse": split})})
    dataset = prepare_dataset(plan, services, listener)
    test_ids = frozenset(dataset.split.test_ids)
    locked = tuple(essay for essay in dataset.essays if essay.id in test_ids)
    notice = f"the essays are from the {len(locked)} that were locked away when the model was trained"
    listener(Notice(notice))
    return Trial(plan=plan, read=FileOfEssays(locked, Intake(locked), {}), notices=(notice,))


def draw_essays(essays: Sequence[Essay], n: int, *, seed: int) -> tuple[Essay, ...]:
    """So many essays drawn without replacement, in their order; all when there are no more."""
    rows = Random(seed).sample(range(len(essays)), min(n, len(essays)))
    return tuple(essays[row] for row in sorted(rows))
