"""Try a bundle on changed essays: do its grades answer as they must?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.cards import metrics_allowed
from gradewise.essays.integrity import inspect_essays
from gradewise.essays.records import Essay
from gradewise.essays.texts import repair_text
from gradewise.evaluation.perturbations import PERTURBATIONS, perturbed
from gradewise.evaluation.robustness import (
    Answers,
    RobustnessEvaluation,
    evaluate_robustness,
    robustness_to_json,
)
from gradewise.evaluation.text_changes import Passage
from gradewise.features.documents import build_document
from gradewise.models.bundles.verified import Bundle
from gradewise.models.predictions import GradePredictions
from gradewise.reporting.report import DataSection, Report
from gradewise.reporting.topics.robustness import robustness_section
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.measuring.bundle_needs import bundle_checker, require_tasks
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.plans.data import dataset_card
from gradewise.workflows.plans.reading import plan_yaml
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.runs.run import open_run
from gradewise.workflows.score import bundle_matrix
from gradewise.workflows.services import Services
from gradewise.workflows.training.publish import CALIBRATIONS, DECISIONS
from gradewise.workflows.training.trained_run import data_section, write_reports
from gradewise.workflows.trial_essays import Trial, draw_essays

SAMPLE = 100
"""Essays that are changed unless more are asked for: they tell a mean change to about a tenth of a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbedRun:
    """What a finished trial leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    report: Report
    """The same as a value."""
    evaluation: RobustnessEvaluation
    """How grades answered; not to be shown where the report allows no metrics."""


@dataclass(frozen=True, slots=True)
class ChangedEssay:
    """An essay after one change."""

    perturbation: str
    """Name of the change."""
    row: int
    """Which essay was changed: its place among those that were tried."""
    essay: Essay
    """The changed essay, repaired as every essay is that comes in."""


def probe_bundle(
    bundle: Bundle,
    trial: Trial,
    services: Services,
    *,
    sample: int = SAMPLE,
    seed: int = 0,
    listener: Listener = silent,
) -> ProbedRun:
    """Change essays in every way that is known, grade them before and after, and write a report.

    Args:
        bundle: the model.
        trial: essays to draw from.
        services: cache, checker, clock.
        sample: most essays that are changed.
        seed: of the draw and of every change.
        listener: hears stages.

    Raises:
        InputError: an essay cannot be measured.
        BundleError: this installation does not measure as the bundle needs, or it tells classes apart.
    """
    bundle.require_grades("trying how grades answer to changed essays (gradewise robustness)")
    essays = draw_essays(trial.read.kept, sample, seed=seed)
    require_tasks(bundle, essays)
    checker, embedder = bundle_checker(bundle, services), bundle_embedder(bundle, services)
    changed = tuple(change_essays(essays, language=bundle.schema.language, seed=seed))
    with open_run(trial.plan, "robustness", services, listener) as run:
        together = _numbered([*essays, *(each.essay for each in changed)])
        matrix = bundle_matrix(
            bundle, together, services, checker=checker, embedder=embedder, listener=run.listener
        )
        with stage(run.listener, "evaluation and report"):
            evaluation = evaluate_robustness(
                gather_answers(bundle.overall.say(matrix.values), changed),
                bundle.scale,
                n=len(essays),
                resampling=resampling_of(trial.plan.evaluation),
            )
            report = _report(bundle, trial, essays, evaluation, seed=seed, services=services)
            if report.metrics_allowed:
                run.directory.write_json("artifacts/robustness.json", robustness_to_json(evaluation))
            html = write_reports(report, run.directory)
    return ProbedRun(directory=run.directory.path, html=html, report=report, evaluation=evaluation)


def change_essays(essays: Sequence[Essay], *, language: str, seed: int) -> Iterator[ChangedEssay]:
    """Every essay under every change that can be made to it.

    What becomes of an essay depends on the seed and its id, not on the others.

    Raises:
        InputError: an essay has no words; the message names it.
    """
    for row, essay in enumerate(essays):
        passage = _passage(essay, language)
        for name, perturbation in PERTURBATIONS.items():
            text = perturbed(perturbation, passage, Random(f"{seed} {name} {essay.id}"))
            if text is not None:
                yield ChangedEssay(name, row, replace(essay, text=repair_text(text).text))


def gather_answers(predictions: GradePredictions, changed: Sequence[ChangedEssay]) -> dict[str, Answers]:
    """Grades before and after, by change.

    Args:
        predictions: of the essays as they were, followed by the changed ones.
        changed: the latter, in the same order.
    """
    codes, scores = predictions.codes, predictions.scores.astype(np.float64)
    n = len(predictions) - len(changed)
    answers = {}
    for name in PERTURBATIONS:
        after = np.array(
            [n + k for k, each in enumerate(changed) if each.perturbation == name], dtype=np.intp
        )
        before = np.array([changed[k - n].row for k in after.tolist()], dtype=np.intp)
        answers[name] = Answers(codes[before], codes[after], scores[before], scores[after])
    return answers


def _passage(essay: Essay, language: str) -> Passage:
    try:
        document = build_document(essay.text, language=language)
    except InputError as error:
        raise InputError(f"essay {essay.id!r}: {error}") from error
    return Passage(
        text=essay.text,
        words=document.word_spans,
        sentences=document.sentences,
        paragraphs=document.paragraphs,
        language=language,
        task=essay.prompt_text,
    )


def _numbered(essays: Sequence[Essay]) -> list[Essay]:
    """The essays under ids of their own: changed ones have the ids of those that they were made of."""
    return [replace(essay, id=f"{essay.id} ({number})") for number, essay in enumerate(essays)]


def _report(
    bundle: Bundle,
    trial: Trial,
    essays: Sequence[Essay],
    evaluation: RobustnessEvaluation,
    *,
    seed: int,
    services: Services,
) -> Report:
    drawn = f"{len(essays)} of {len(trial.read.kept)} essays were drawn and changed, seed {seed}"
    return Report(
        title=f"Robustness of grading model {bundle.metadata.name}",
        model_name=bundle.metadata.name,
        model_version=bundle.metadata.version,
        created_at=services.clock(),
        scale=bundle.scale,
        data=_data_section(trial, essays),
        evaluations=(),
        metrics_allowed=metrics_allowed(dataset_card(trial.plan.data.card)),
        sections=(robustness_section(evaluation),),
        notices=(*trial.notices, drawn),
        decision=DECISIONS.get(bundle.metadata.decision, bundle.metadata.decision),
        calibration=CALIBRATIONS.get(bundle.metadata.calibration, bundle.metadata.calibration),
        environment=services.versions,
        plan_yaml=plan_yaml(trial.plan),
    )


def _data_section(trial: Trial, essays: Sequence[Essay]) -> DataSection:
    ungraded = tuple(replace(essay, label=None) for essay in essays)
    return data_section(
        inspect_essays(replace(trial.read.intake, essays=ungraded), scale=None, min_label_count=1),
        card=dataset_card(trial.plan.data.card),
        file=trial.plan.data.test or trial.plan.data.train,
        dropped=trial.read.dropped,
        n_train=0,
        n_test=len(essays),
    )
