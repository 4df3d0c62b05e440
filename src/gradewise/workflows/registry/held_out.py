"""Essays that can speak for a model, since it has not learnt from them: a file, or its locked test set."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.cards import metrics_allowed, require_reportable
from gradewise.essays.records import Essay
from gradewise.models.bundles.verified import Bundle
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.classification.evaluating import labels_read
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.datasets.reading import read_essays, with_guesses
from gradewise.workflows.datasets.remembered import with_columns_as_trained
from gradewise.workflows.measuring.bundle_needs import require_tasks, with_task_of_training
from gradewise.workflows.plans.data import DataPlan, dataset_card
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.registry.opened import PLAN, OpenedModel
from gradewise.workflows.services import Services
from gradewise.workflows.training.learnt_texts import unknown_to

SPLITS = Path("artifacts") / "splits.json"
_NAME_A_FILE = "name graded essays that it has not seen: --data FILE"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOut:
    """Graded essays that a model has not learnt from, as far as is known."""

    plan: Plan
    """What is asked of the model, with how the essays were read."""
    essays: tuple[Essay, ...]
    """The essays, one at least, each with a grade."""
    words: str
    """Which essays these are, for a reader."""
    notices: tuple[str, ...]
    """What a reader of the figures must know; a line each."""

    @property
    def sha256(self) -> str:
        """Digest of whatever figures are made of: texts, grades, tasks, groups, in their order."""
        digest = hashlib.sha256()
        for essay in self.essays:
            parts = (
                essay.text, essay.label, essay.second_label, essay.prompt, essay.prompt_text,
                sorted(essay.groups.items()),
            )  # fmt: skip
            digest.update(json.dumps(parts).encode() + b"\n")
        return digest.hexdigest()


def asked_plan(model: OpenedModel, plan: Plan | None, essays: DataPlan | None) -> Plan:
    """What is asked of a model, and of which essays.

    Rules and how figures are made come from the plan that is named, else from the plan of the model's own
    run, else they are the defaults.

    Args:
        model: what is judged.
        plan: what was named, if anything.
        essays: a file of graded essays; the locked test set of the model's own run when absent.

    Raises:
        InputError: neither essays nor the model's run are known.
        PlanError: the plan of the model's run cannot be read.
    """
    own = None if model.run is None else read_plan(model.run / PLAN)
    asked = plan or own
    if essays is not None:
        known = model.bundle.metadata
        found = Plan(name=known.name, task=known.task, data=essays)
        return found if asked is None else _asking(found, asked)
    if own is None or asked is None:
        raise InputError(
            f"the run that made {model.label} is not known here; {_NAME_A_FILE}; to put it into use "
            "unjudged: --override 'why'"
        )
    return _asking(own, asked)


def essays_in(file: Path, plan: Plan | None) -> DataPlan:
    """A file of essays, to be read as a plan says, where one is named."""
    if plan is None:
        return DataPlan(train=file)
    return plan.data.model_copy(update={"train": file, "test": None})


def _asking(plan: Plan, asked: Plan) -> Plan:
    """A plan that asks what another one asks."""
    taken = {name: getattr(asked, name) for name in ("promotion", "evaluation", "output", "tracking")}
    return plan.model_copy(update=taken)


def held_out_essays(
    model: OpenedModel, plan: Plan, services: Services, listener: Listener, *, locked: bool
) -> HeldOut:
    """Read the essays that are to speak for a model; those that it has learnt from are left out.

    Args:
        model: what is judged.
        plan: see `asked_plan`.
        services: what opens files.
        listener: hears notices.
        locked: whether the locked test set of the model's own run is meant; else the plan's file is.

    Raises:
        InputError: the essays cannot be used, all of them were learnt from, or their terms allow no figures.
    """
    find = _locked if locked else _of_file
    found = find(model, plan, services, listener)
    for notice in found.notices:
        listener(Notice(notice))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedFile:
    """A file of essays with grades on the scale of a model."""

    plan: Plan
    """How it was read."""
    essays: tuple[Essay, ...]
    """The essays, one at least."""
    sha256: str
    """Digest of the stored bytes."""

    @property
    def path(self) -> Path:
        """Which file."""
        return self.plan.data.test or self.plan.data.train


def read_graded(plan: Plan, bundle: Bundle, services: Services, listener: Listener) -> GradedFile:
    """Read the essays of a plan, its test file where it names one, with grades on the scale of a model.

    Raises:
        InputError: they cannot be used, their terms allow no figures, or the model needs the task and there
            is none.
    """
    source = services.open_data(plan.data.test or plan.data.train, plan.data)
    plan = with_columns_as_trained(
        plan.model_copy(update={"scale": bundle.scale.grades}), bundle.metadata.data.columns, source, listener
    )
    plan = with_guesses(plan, source, listener)
    require_reportable(dataset_card(plan.data.card))
    labels = bundle.scale if bundle.scale.ordered else labels_read(bundle, plan.classifier.out_of_scope)
    read = read_essays(plan, source, labels, listener)
    essays = with_task_of_training(bundle, of_model(bundle, read.kept), listener)
    require_tasks(bundle, essays)
    return GradedFile(plan=plan, essays=essays, sha256=source.sha256())


def of_model(bundle: Bundle, essays: Sequence[Essay]) -> tuple[Essay, ...]:
    """Those that a model can be judged on: texts of none of its classes, or of a rare one left out, are not.

    Raises:
        InputError: there are none.
    """
    if bundle.scale.ordered:
        return tuple(essays)
    kept = tuple(essay for essay in essays if essay.label in bundle.scale.grades)
    if not kept:
        raise InputError(f"no text has a class of model {bundle.metadata.name}; {_NAME_A_FILE}")
    return kept


def _of_file(model: OpenedModel, plan: Plan, services: Services, listener: Listener) -> HeldOut:
    file = read_graded(plan, model.bundle, services, listener)
    if model.learnt_from is None and file.sha256 == model.bundle.metadata.data.sha256:
        raise InputError(
            f"{file.path}: {model.label} was trained on essays of this very file, and which of them is not "
            f"known; {_NAME_A_FILE}"
        )
    unseen, notices = _unseen(model, file)
    return HeldOut(plan=file.plan, essays=unseen, words=f"essays of {file.path.name}", notices=notices)


def _unseen(model: OpenedModel, file: GradedFile) -> tuple[tuple[Essay, ...], tuple[str, ...]]:
    if model.learnt_from is None:
        unknown = f"which texts {model.label} has learnt from is not known; those among these flatter it"
        return file.essays, (unknown,)
    unseen = unknown_to(file.essays, model.learnt_from)
    if not unseen:
        raise InputError(f"{file.path}: {model.label} has learnt from all these essays; {_NAME_A_FILE}")
    left_out = len(file.essays) - len(unseen)
    if not left_out:
        return unseen, ()
    return unseen, (f"{left_out} of {len(file.essays)} essays are left out: {model.label} learnt from them",)


def _locked(model: OpenedModel, plan: Plan, services: Services, listener: Listener) -> HeldOut:
    assert model.run is not None  # noqa: S101 - `asked_plan` has found its plan
    followed = plan.model_copy(
        update={
            "split": plan.split.model_copy(update={"reuse": model.run / SPLITS}),
            "features": plan.features.model_copy(update={"store": None}),
        }
    )
    try:
        dataset = prepare_dataset(followed, services, listener)
    except (InputError, SplitError, LeakError) as error:
        raise InputError(f"the locked test set of {model.label} is not there any more: {error}") from error
    _require_same(model, dataset)
    _require_reportable(dataset)
    test = frozenset(dataset.split.test_ids)
    essays = of_model(model.bundle, [essay for essay in dataset.essays if essay.id in test])
    return HeldOut(
        plan=plan.model_copy(update={"scale": model.bundle.scale.grades}),
        essays=essays,
        words="the locked test set of the run that made the model",
        notices=(),
    )


def _require_same(model: OpenedModel, dataset: Dataset) -> None:
    known = model.bundle.metadata
    if (dataset.split.id, dataset.data_sha256) != (known.split_plan, known.data.sha256):
        raise InputError(
            f"{model.run}: essays or splits are not those that {model.label} was trained on any more; "
            f"{_NAME_A_FILE}"
        )


def _require_reportable(dataset: Dataset) -> None:
    for card in (dataset.card, *(each.card for each in dataset.auxiliary)):
        if not metrics_allowed(card):
            require_reportable(card)
