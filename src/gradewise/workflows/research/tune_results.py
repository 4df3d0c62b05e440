"""What a tuning leaves behind: trials, selected settings, a plan to train, and a page."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gradewise.evaluation.gains import figure_of
from gradewise.models.search import Trial
from gradewise.reporting.page import Page
from gradewise.reporting.topics.tuning import gain_to_json, tuning_sections
from gradewise.reporting.tuning_verdict import TuningFindings, tuning_statements
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.plans.reading import plan_yaml, rebased
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.research.publishing import (
    Fact,
    bench_page,
    experiment_facts,
    interval_words,
    no_figures,
    write_page,
)
from gradewise.workflows.research.search_space import settings_plan
from gradewise.workflows.research.study import Search
from gradewise.workflows.research.tuning import Tuning, shown_plan
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.services import Services

SCHEMA_VERSION = 1
"""Of the JSON files."""


def publish_tuning(
    tuning: Tuning, findings: TuningFindings, dataset: Dataset, run: RunDirectory, services: Services
) -> tuple[Path, Page, Path]:
    """Write everything; the page's HTML, the page, and the path of the plan with the selected settings."""
    allowed = dataset.metrics_allowed
    run.write_json("artifacts/tune_trials.json", trials_to_json(tuning, findings, metrics_allowed=allowed))
    run.write_json("artifacts/selected_params.json", selected_to_json(findings, metrics_allowed=allowed))
    tuned = settings_plan(dataset.plan, findings.winner.settings).model_copy(update={"run_name": None})
    path = run.write_text("artifacts/tuned_plan.yaml", plan_yaml(rebased(tuned, run.artifacts)))
    page = bench_page(
        rebased(shown_plan(dataset.plan), run.path),
        services,
        tuple(_facts(tuning, dataset)),
        title=f"Tuning of {dataset.plan.name}",
        subtitle=f"{len(dataset.split.train_ids):,} essays, {len(dataset.split.folds)} folds",
        statements=tuning_statements(findings) if allowed else (no_figures(dataset),),
        sections=tuning_sections(findings) if allowed else (),
    )
    return write_page(page, run, "tune_report"), page, path


def told_gains(findings: TuningFindings) -> dict[str, float]:
    """What the experiment log says: the objective of the search's winner, and the confirmed gain."""
    said = {f"search_{name}": gain.after for name, gain in findings.claimed.items()}
    confirmed = findings.confirmed or {}
    said |= {f"nested_{name}": gain.after for name, gain in confirmed.items()}
    return said | {f"nested_gain_{name}": gain.gain.estimate for name, gain in confirmed.items()}


def trials_to_json(tuning: Tuning, findings: TuningFindings, *, metrics_allowed: bool) -> dict[str, Any]:
    """Every configuration of every search, with what came of it; nothing in it depends on time or workers."""
    rules, tune = tuning.search.rules, tuning.search.arena.plan.tune
    return {
        "schema_version": SCHEMA_VERSION,
        "objective": findings.objective,
        "sampler": rules.sampler,
        "batch": rules.batch,
        "prune": rules.prune,
        "seed": tune.seed,
        "exhausted": findings.exhausted,
        "best": findings.winner.number,
        "trials": _trials_to_json(tuning.search, findings.trials, metrics_allowed=metrics_allowed),
        "nested": [
            {
                "fold": number,
                "best": search.winner().number,
                "trials": _trials_to_json(search, trials, metrics_allowed=metrics_allowed),
            }
            for number, (search, trials) in enumerate(zip(tuning.nested, findings.nested, strict=True))
        ],
    }


def _trials_to_json(
    search: Search, trials: Sequence[Trial], *, metrics_allowed: bool
) -> list[dict[str, Any]]:
    return [
        {
            "number": trial.number,
            "batch": search.batch_of(trial.number),
            "hash": trial.facts["hash"],
            "state": trial.state,
            "settings": dict(trial.settings),
            "trees": trial.facts.get("trees"),
            **(_figures_to_json(search.arena.objective, trial) if metrics_allowed else {}),
        }
        for trial in trials
    ]


def _figures_to_json(objective: str, trial: Trial) -> dict[str, Any]:
    return {
        "objective": None if trial.loss is None else figure_of(objective, trial.loss),
        "fold_losses": list(trial.steps),
        "metrics": trial.facts.get("metrics"),
    }


def selected_to_json(findings: TuningFindings, *, metrics_allowed: bool) -> dict[str, Any]:
    """The selected settings, and what they are worth."""
    selected = {
        "schema_version": SCHEMA_VERSION,
        "number": findings.winner.number,
        "hash": findings.winner.facts["hash"],
        "settings": dict(findings.winner.settings),
        "own_settings": dict(findings.own.settings),
    }
    if not metrics_allowed:
        return selected
    confirmed = findings.confirmed
    return selected | {
        "objective": findings.objective,
        "claimed": {name: gain_to_json(gain) for name, gain in findings.claimed.items()},
        "guards": {name: gain_to_json(gain) for name, gain in findings.guards.items()},
        "confirmed": None
        if confirmed is None
        else {name: gain_to_json(gain) for name, gain in confirmed.items()},
    }


def _facts(tuning: Tuning, dataset: Dataset) -> Iterator[Fact]:
    rules, plan = tuning.search.rules, dataset.plan
    yield from experiment_facts(dataset, tuning.search.arena.experiment.train_matrix.schema)
    yield "Search", f"{rules.trials} configurations, {rules.sampler}, {rules.batch} at a time"
    yield "Seed", str(plan.tune.seed)
    yield "Objective", plan.tune.objective
    yield "Given up early", "worse than half of earlier ones on the same folds" if rules.prune else "never"
    yield "Nested check", _nested_words(tuning)
    yield "Intervals", interval_words(resampling_of(plan.evaluation))


def _nested_words(tuning: Tuning) -> str:
    if not tuning.nested:
        return "none"
    first = tuning.nested[0]
    return f"{first.rules.trials} configurations on {first.arena.n_folds} folds within each fold"
