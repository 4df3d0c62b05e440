"""Ablation: parts of the columns of one matrix, each learnt on the same folds, beside all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import PlanError
from gradewise.evaluation.standings import Standing, stand
from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN
from gradewise.features.schema import FeatureSchema
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section
from gradewise.reporting.topics.ablation import ablation_section
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.asked import (
    held_out_positions,
    prompt_limits_of,
    resampling_of,
    seeds_of,
)
from gradewise.workflows.research.publishing import experiment_page, write_page
from gradewise.workflows.research.trials import judge_variants, try_variants
from gradewise.workflows.research.variants import Variant
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.experiment_run import experiment_run

NAME = "ablation"
"""Of the artefact and the reports."""
WHOLE, COMBINED = "all columns", "combined"
"""What all columns together are called: without and with a text model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationRun:
    """What a finished ablation leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    page: Page
    """The same as a value."""
    standings: tuple[Standing, ...]
    """How each part stands, the whole first; none where the data's terms allow no figures."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Some of the columns."""

    name: str
    """For people."""
    without: tuple[str, ...]
    """Names of the columns that are left out."""


def ablation(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> AblationRun:
    """Learn from parts of the columns, on the same folds as from all of them.

    With an embedder in the plan: named features, what the text model sees, and both, each with and without
    text learners. Without one: everything but one feature group, each in turn.

    `resume` is the directory of a run that was killed; what it has learnt is not learnt again.

    Raises:
        InputError, SplitError, PlanError: before anything is written.
        TrainingError: there are too few essays, or the booster failed.
    """
    with stage(listener, "reading essays"):
        dataset = prepare_dataset(_combined(plan), services, listener)
        schema = dataset_schema(dataset, services)
        _require_parts(dataset.plan, schema)
    with experiment_run(dataset, schema, "ablation", services, listener, resume=resume) as run:
        experiment = gather(dataset, services, run.listener)
        arms = tuple(arms_of(experiment.train_matrix.schema))
        standings = _compare(experiment, arms, run)
        with stage(run.listener, "report"):
            page = _page(experiment, arms, standings, services)
            for section in page.sections:
                run.directory.write_json(f"artifacts/{NAME}.json", section.record)
            html = write_page(page, run.directory, NAME)
        if standings:
            run.tell(metrics={each.name: each.figures["qwk"].estimate for each in standings})
    return AblationRun(directory=run.directory.path, html=html, page=page, standings=standings)


def arms_of(schema: FeatureSchema) -> Iterator[Arm]:
    """The parts of a matrix that are compared, all of its columns first; none is empty."""
    groups = tuple(dict.fromkeys(spec.group for spec in schema.specs))
    if EMBEDDING in groups:
        measured = tuple(group for group in groups if group not in (EMBEDDING, WORDING, AUXILIARY))
        sides = {COMBINED: (), "handcrafted": (EMBEDDING,), "embeddings": measured}
        parts = dict(sides)
        if GIVEN in groups:
            parts |= {f"without {GIVEN}": (GIVEN,)}
        if WORDING in groups:
            parts |= {f"{name}, no text learners": (*out, WORDING) for name, out in sides.items()}
            parts |= {"text learners alone": (*measured, EMBEDDING, AUXILIARY)}
    else:
        parts = {WHOLE: (), **{f"without {group}": (group,) for group in groups}}
        if WORDING in groups:
            parts |= {f"{WORDING} alone": tuple(group for group in groups if group != WORDING)}
    for name, out in parts.items():
        without = tuple(spec.name for spec in schema.specs if spec.group in out)
        if len(without) < len(schema):
            yield Arm(name, without)


def _combined(plan: Plan) -> Plan:
    """The plan with everything measured, where there is a text model."""
    if plan.features.embedder is None:
        return plan
    return plan.model_copy(update={"features": plan.features.model_copy(update={"set": "combined"})})


def _require_parts(plan: Plan, schema: FeatureSchema) -> None:
    groups = {spec.group for spec in schema.specs}
    if len(groups) == 1 and not plan.features.text_learners:
        raise PlanError(
            f"group {min(groups)!r} is all there is, so that there are no parts to compare; measure another "
            "group, or add text learners or an embedder"
        )


def _compare(experiment: Experiment, arms: Sequence[Arm], run: Run) -> tuple[Standing, ...]:
    plan = experiment.dataset.plan
    seeds = seeds_of(plan, plan.ablation.seeds)
    models = [(seed, plan.model.model_copy(update={"seed": seed})) for seed in seeds]
    variants = [
        Variant(name=f"{arm.name}, seed {seed}", model=model, without=arm.without)
        for arm in arms
        for seed, model in models
    ]
    graded = judge_variants(experiment, variants, try_variants(experiment, variants, run, name="parts"), run)
    if not experiment.dataset.metrics_allowed:
        return ()
    with stage(run.listener, "evaluation"):
        found = stand(
            {
                arm.name: graded[place * len(seeds) : (place + 1) * len(seeds)]
                for place, arm in enumerate(arms)
            },
            held_out_positions(experiment),
            reference=arms[0].name,
            resampling=resampling_of(plan.evaluation),
            limits=prompt_limits_of(plan),
        )
    return tuple(found.values())


def _page(
    experiment: Experiment, arms: Sequence[Arm], standings: tuple[Standing, ...], services: Services
) -> Page:
    n = len(experiment.train_matrix.schema)
    sections: tuple[Section, ...] = ()
    if standings:
        sections = (
            ablation_section(
                standings,
                whole=arms[0].name,
                n_columns={arm.name: n - len(arm.without) for arm in arms},
            ),
        )
    return experiment_page(experiment, sections, services, title="What parts of the columns add")
