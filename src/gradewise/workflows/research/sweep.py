"""Sweep: a grid of settings, each evaluated on the same folds, and what choosing among them is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradewise.evaluation.gains import loss_of
from gradewise.evaluation.results import Graded
from gradewise.evaluation.standings import choose_elsewhere, stand
from gradewise.reporting.page import Page
from gradewise.reporting.topics.sweep import OWN, Ranking, ranking_record, sweep_section
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.asked import held_out_positions, prompt_limits_of, resampling_of
from gradewise.workflows.research.grid import grid_variants
from gradewise.workflows.research.publishing import experiment_page, write_page
from gradewise.workflows.research.trials import Readings, judge_variants, try_variants
from gradewise.workflows.research.variants import Variant
from gradewise.workflows.runs.facts import told
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.experiment_run import experiment_run

FORMAT = 1
"""Of both artefacts."""
_CHOSEN = "chosen by the other folds"


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRun:
    """What a finished sweep leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    page: Page
    """The same as a value."""
    ranking: Ranking | None
    """Settings from the best to the worst; ``None`` where the data's terms allow no figures."""


def sweep(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> SweepRun:
    """Evaluate every combination of the plan's grid, and its own settings, on the same folds.

    `resume` is the directory of a run that was killed; what it has learnt is not learnt again.

    Raises:
        InputError, SplitError, PlanError: before anything is written.
        TrainingError: there are too few essays, or the booster failed.
    """
    with stage(listener, "reading essays"):
        dataset = prepare_dataset(plan, services, listener)
        schema = dataset_schema(dataset, services)
        variants = _with_own(dataset.plan)
    with experiment_run(dataset, schema, "sweep", services, listener, resume=resume) as run:
        run.directory.write_json("artifacts/sweep_definition.json", _definition(dataset.plan, variants))
        experiment = gather(dataset, services, run.listener)
        read = try_variants(experiment, list(variants.values()), run, name="configurations")
        graded = judge_variants(experiment, list(variants.values()), read, run)
        with stage(run.listener, "evaluation and report"):
            ranking = None
            if dataset.metrics_allowed:
                ranking = _rank(experiment, dict(zip(variants, graded, strict=True)))
            sections = () if ranking is None else (sweep_section(ranking),)
            page = experiment_page(experiment, sections, services, title="Settings compared")
            html = _publish(page, ranking, list(zip(variants.values(), read, strict=True)), run)
    return SweepRun(directory=run.directory.path, html=html, page=page, ranking=ranking)


def _with_own(plan: Plan) -> dict[str, Variant]:
    """The plan's own settings, and every other combination of the grid."""
    own = Variant(name=OWN, model=plan.model)
    others = {name: each for name, each in grid_variants(plan).items() if each.id != own.id}
    return {OWN: own, **others}


def _definition(plan: Plan, variants: Mapping[str, Variant]) -> dict[str, Any]:
    asked = plan.sweep.model_dump(mode="json")
    return {
        "schema_version": FORMAT,
        **asked,
        "configurations": [
            {"id": each.id, "name": name, "model": each.model.model_dump(mode="json")}
            for name, each in variants.items()
        ],
    }


def _rank(experiment: Experiment, graded: Mapping[str, Graded]) -> Ranking:
    plan, folds = experiment.dataset.plan, held_out_positions(experiment)
    name = plan.sweep.rank_by
    chosen = choose_elsewhere(list(graded.values()), folds, name=name)
    found = stand(
        {**{each: (told,) for each, told in graded.items()}, _CHOSEN: (chosen.graded,)},
        folds,
        reference=OWN,
        resampling=resampling_of(plan.evaluation),
        limits=prompt_limits_of(plan),
    )
    honest = found.pop(_CHOSEN)
    ranked = sorted(
        found.values(), key=lambda each: np.nan_to_num(loss_of(name, each.figures[name].estimate))
    )
    names = list(graded)
    return Ranking(
        standings=tuple(ranked),
        rank_by=name,
        chosen=honest,
        choices=tuple(names[choice] for choice in chosen.choices),
    )


def _publish(page: Page, ranking: Ranking | None, read: Sequence[tuple[Variant, Readings]], run: Run) -> Path:
    if ranking is not None:
        trees = {variant.name: [list(reading.rounds) for reading in readings] for variant, readings in read}
        ids = {variant.name: variant.id for variant, _ in read}
        results = {"schema_version": FORMAT, **ranking_record(ranking)}
        for row in results["ranking"]:
            row |= {"id": ids[row["name"]], "trees": trees[row["name"]]}
        run.directory.write_json("artifacts/sweep_results.json", results)
        name, best = ranking.rank_by, ranking.best
        run.tell(
            metrics=told(best.figures, (name,), as_="best_{}")
            | told(best.gains, (name,), as_="gain_{}")
            | told(ranking.chosen.gains, (name,), as_="honest_gain_{}"),
            best=ids[best.name],
        )
    return write_page(page, run.directory, "sweep_summary")
