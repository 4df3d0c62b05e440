"""Drop-column importance: what each measured column adds to a model that has all the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradewise.errors import PlanError
from gradewise.essays.suggestions import suggest
from gradewise.evaluation.bootstrap import prompt_clusters
from gradewise.evaluation.importance import Importance, weigh_columns
from gradewise.evaluation.side_by_side import Grader
from gradewise.evaluation.twins import nearest_columns
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.schema import FeatureSchema
from gradewise.models.learnt_columns import handcrafted_part
from gradewise.reporting.page import Page
from gradewise.reporting.topics.drop_column import drop_column_section
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.asked import held_out_positions, resampling_of, seeds_of
from gradewise.workflows.research.publishing import experiment_page, write_page
from gradewise.workflows.research.trials import judge_variants, rounds_of, try_variants
from gradewise.workflows.research.variants import Variant
from gradewise.workflows.runs.facts import told
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.experiment_run import experiment_run

NAME = "drop_column_importance"
"""Of the artefact and the reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumnRun:
    """What a finished measurement of importance leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    page: Page
    """The same as a value."""
    importance: Importance | None
    """What each column adds; ``None`` where the data's terms allow no figures."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """What models said of the essays that they had not seen, a seed each."""

    base: Grader
    """With every column."""
    without: dict[str, Grader]
    """Without one column, by its name."""
    noised: tuple[Grader, ...]
    """With one random column more."""


def drop_column(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> DropColumnRun:
    """Learn without each measured column in turn, and with random ones, on the same folds.

    Every fold and seed of the model with all columns finds its number of trees, and every other model of that
    fold and seed grows as many: half the work, and a difference less in which models are not alike.

    `resume` is the directory of a run that was killed; what it has learnt is not learnt again.

    Raises:
        InputError, SplitError, PlanError: before anything is written.
        TrainingError: there are too few essays, or the booster failed.
    """
    with stage(listener, "reading essays"):
        dataset = prepare_dataset(plan, services, listener)
        schema = dataset_schema(dataset, services)
        columns = _columns(dataset.plan, schema)
        _require_prompts(dataset)
    with experiment_run(dataset, schema, "drop-column", services, listener, resume=resume) as run:
        experiment = gather(dataset, services, run.listener)
        importance = learn_without(experiment, columns, run)
        with stage(run.listener, "report"):
            page = _page(experiment, importance, services)
            html = _publish(page, importance, run)
    return DropColumnRun(directory=run.directory.path, html=html, page=page, importance=importance)


def _columns(plan: Plan, schema: FeatureSchema) -> tuple[str, ...]:
    """The columns that are left out in turn, in the order of the matrix.

    Raises:
        PlanError: the plan names one that is not measured, or the only column that there is.
    """
    measured = tuple(spec.name for spec in schema.specs if spec.group != EMBEDDING)
    asked = plan.drop_column.columns
    for name in asked:
        if name not in measured:
            meant = suggest(name, measured) or f"; there are {', '.join(measured)}"
            raise PlanError(f"drop_column.columns names {name!r}, which is not measured{meant}")
    if len(schema) == 1 and not plan.features.text_learners:
        raise PlanError(
            f"{measured[0]} is the only column, and a model needs one; measure more, or add text learners"
        )
    return tuple(name for name in measured if name in asked) if asked else measured


def _require_prompts(dataset: Dataset) -> None:
    """Refuse, before anything is learnt, intervals over prompts where no essay has one."""
    if dataset.plan.drop_column.by_prompt and not any(essay.prompt for essay in dataset.essays):
        raise PlanError(
            "drop_column.by_prompt is true and no essay has a prompt; name their column: --prompt-column NAME"
        )


def learn_without(experiment: Experiment, columns: Sequence[str], run: Run) -> Importance | None:
    """Learn with all columns, without each of some, and with random ones, and weigh what that changes.

    Returns:
        What each column adds; ``None`` where the data's terms allow no figures.

    Raises:
        InputError: a column is not there.
        TrainingError: there are too few essays, or the booster failed.
    """
    tried = _try(experiment, columns, run)
    if not experiment.dataset.metrics_allowed:
        return None
    with stage(run.listener, "evaluation"):
        return _weigh(experiment, tried)


def _try(experiment: Experiment, columns: Sequence[str], run: Run) -> _Tried:
    """Learn everything that is compared, and decode it."""
    plan = experiment.dataset.plan
    base = [
        Variant(name=f"seed {seed}", model=plan.model.model_copy(update={"seed": seed}))
        for seed in seeds_of(plan, plan.drop_column.seeds)
    ]
    read = try_variants(experiment, base, run, name="all columns")
    columns_out = [
        Variant(name=f"without {name}, {variant.name}", model=variant.model, without=(name,))
        for name in columns
        for variant in base
    ]
    noise_added = [
        Variant(name=f"with noise {seed}, {variant.name}", model=variant.model, noise_seed=seed)
        for seed in _noise_seeds(plan)
        for variant in base
    ]
    changed = [*columns_out, *noise_added]
    rounds = [rounds_of(readings) for readings in read] * (len(changed) // len(base))
    others = try_variants(experiment, changed, run, name="columns left out or added", rounds=rounds)
    graded = judge_variants(experiment, [*base, *changed], [*read, *others], run)
    graders = [graded[start : start + len(base)] for start in range(0, len(graded), len(base))]
    last = 1 + len(columns)
    return _Tried(graders[0], dict(zip(columns, graders[1:last], strict=True)), tuple(graders[last:]))


def _noise_seeds(plan: Plan) -> list[int]:
    """Of the random columns."""
    first, *_ = np.random.SeedSequence(plan.model.seed).generate_state(1).tolist()
    return [first + step for step in range(plan.drop_column.noise_columns)]


def _weigh(experiment: Experiment, tried: _Tried) -> Importance:
    plan = experiment.dataset.plan
    resampling = resampling_of(plan.evaluation, by_prompt=plan.drop_column.by_prompt)
    return weigh_columns(
        tried.base,
        tried.without,
        tried.noised,
        held_out_positions(experiment),
        judged_by=plan.drop_column.rank_by,
        stable_share=plan.drop_column.stable_share,
        resampling=resampling,
        clusters=prompt_clusters(tried.base[0], resampling),
    )


def _page(experiment: Experiment, importance: Importance | None, services: Services) -> Page:
    measured = handcrafted_part(experiment.train_matrix)
    twins = nearest_columns(measured.values, measured.schema.names)
    sections = () if importance is None else (drop_column_section(importance, twins),)
    return experiment_page(experiment, sections, services, title="What each column adds")


def _publish(page: Page, importance: Importance | None, run: Run) -> Path:
    if importance is not None:
        (section,) = page.sections
        run.directory.write_json(f"artifacts/{NAME}.json", section.record)
        by = importance.judged_by
        gains = {"largest_gain": importance.columns[0].gain(by), "noise_floor": importance.noise.highest}
        run.tell(metrics=told(importance.base) | gains, ranked_by=by)
    return write_page(page, run.directory, NAME)
