"""Cross-validating classes: how good a way to learn is on texts that it has not seen; no model is kept."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gradewise.evaluation.fold_figures import FoldFigures, class_figures_of_codes
from gradewise.reporting.parts import Section
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, BaselineRow, NamedEvaluation
from gradewise.reporting.topics.class_folds import class_folds_section
from gradewise.reporting.topics.classes import class_sections
from gradewise.telemetry import stage
from gradewise.workflows.classification.cv_record import class_settings_record
from gradewise.workflows.classification.experiment import TextExperiment, gather_texts
from gradewise.workflows.classification.judging import judge_classes, judge_held_out
from gradewise.workflows.classification.learning import HeldOut, cross_fit_classes, learn_classes
from gradewise.workflows.classification.publishing import classes_report
from gradewise.workflows.classification.searching import Found, search_settings
from gradewise.workflows.classification.views import TextViews, learn_text_views
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.research.cv_record import METRICS_FILE, figures_record
from gradewise.workflows.research.cv_run import CvRun
from gradewise.workflows.research.residuals import (
    LOCKED_TEST_FILE,
    NO_FOLD,
    OUT_OF_FOLD_FILE,
    ResidualTable,
    write_residuals,
)
from gradewise.workflows.runs.facts import told_evaluations
from gradewise.workflows.runs.run import Run
from gradewise.workflows.services import Services
from gradewise.workflows.training.trained_run import circumstances_of, write_reports

REPORT = "cv_report"
"""Name of the report."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Findings:
    """What a cross-validation of classes finds out."""

    held_out: HeldOut
    """What models say of texts that they had not seen."""
    evaluations: tuple[NamedEvaluation, ...]
    """Out of fold, and on the locked test unless it stays locked."""
    baselines: tuple[BaselineRow, ...] = ()
    """Rules to beat, on the locked test."""
    sections: tuple[Section, ...] = ()
    """What the locked test says of sets and of texts of no class, and what the search tried."""


def cv_classes(dataset: Dataset, services: Services, run: Run, *, seconds: Mapping[str, float]) -> CvRun:
    """Cross-validate by the path of `train_classes`; the locked test is looked at once, or stays locked.

    Args:
        dataset: texts with classes, divided.
        services: the ports.
        run: where everything goes; trials and folds that an earlier attempt finished are not learnt again.
        seconds: by stage, as they come to be known.

    Raises:
        InputError, LeakError: the texts cannot be used so.
        TrainingError: no setting could be learnt.
    """
    experiment = gather_texts(dataset, services, run.listener, store=run.directory.store)
    views = learn_text_views(experiment, run.listener)
    found = search_settings(experiment, views, services, run.listener, checkpoints=run.checkpoints)
    findings = _find_out(experiment, views, found, run)
    folds = class_fold_figures(experiment, findings.held_out)
    with stage(run.listener, "report"):
        report = classes_report(
            experiment,
            found,
            findings.evaluations,
            kind="Cross-validation of",
            baselines=findings.baselines,
            sections=(class_folds_section(folds, findings.evaluations[0].evaluation.metrics),
                      *findings.sections),
            circumstances=circumstances_of(run.directory, services, seconds),
        )  # fmt: skip
        record = class_settings_record(experiment, found, views)
        if dataset.metrics_allowed:
            _write_tables(experiment, findings, run)
            record |= figures_record(folds, findings.evaluations, findings.baselines, metric="macro_f1")
        html = write_reports(report, run.directory, name=REPORT)
        run.directory.write_json(f"artifacts/{METRICS_FILE}", record)
    if not dataset.metrics_allowed:
        return CvRun(directory=run.directory.path, html=html)
    run.tell(metrics=told_evaluations(findings.evaluations))
    return CvRun(directory=run.directory.path, html=html, folds=folds, evaluations=findings.evaluations)


def _find_out(experiment: TextExperiment, views: TextViews, found: Found, run: Run) -> _Findings:
    metric, searched = experiment.plan.search.metric, found.shown
    if not experiment.dataset.plan.evaluation.locked_test:
        held_out = cross_fit_classes(experiment, views, found, run.listener, checkpoints=run.checkpoints)
        return _Findings(
            held_out=held_out,
            evaluations=(judge_held_out(experiment, held_out, run.listener),),
            sections=class_sections(trials=searched, search_metric=metric),
        )
    learned = learn_classes(experiment, views, found, run.listener, checkpoints=run.checkpoints)
    judged = judge_classes(experiment, learned, run.listener)
    honest = [each for each in judged.evaluations if each.name in (OUT_OF_FOLD, LOCKED_TEST)]
    return _Findings(
        held_out=learned.held_out,
        evaluations=tuple(honest),
        baselines=judged.baselines,
        sections=class_sections(
            sets=judged.sets, out_of_scope=judged.out_of_scope, trials=searched, search_metric=metric
        ),
    )


def class_fold_figures(experiment: TextExperiment, held_out: HeldOut) -> tuple[FoldFigures, ...]:
    """Fold by fold, on the texts that it had not seen."""
    codes, n_classes = experiment.train.codes, experiment.scale.n_grades
    figures = []
    for number, fold in enumerate(experiment.folds):
        places = np.searchsorted(held_out.rows, fold.validate_rows)
        figures.append(
            FoldFigures(
                fold=number,
                n_train=len(fold.train_rows),
                n_validate=len(fold.validate_rows),
                rounds=0,
                train={},
                validate=class_figures_of_codes(
                    codes[fold.validate_rows],
                    held_out.predictions.codes[places],
                    n_classes=n_classes,
                ),
            )
        )
    return tuple(figures)


def _write_tables(experiment: TextExperiment, findings: _Findings, run: Run) -> None:
    """Every held-out text with its right class and what was said of it; no text of any."""
    folds = np.full(len(experiment.train), NO_FOLD, dtype=np.int64)
    for number, fold in enumerate(experiment.folds):
        folds[fold.validate_rows] = number
    names = {OUT_OF_FOLD: ("cv_val_oof", OUT_OF_FOLD_FILE), LOCKED_TEST: ("locked_test", LOCKED_TEST_FILE)}
    of_fold = folds[findings.held_out.rows]
    for named in findings.evaluations:
        split, file = names[named.name]
        nowhere = np.full(named.evaluation.n, NO_FOLD, dtype=np.int64)
        table = ResidualTable(
            split=split,
            graded=named.graded,
            folds=of_fold if named.name == OUT_OF_FOLD else nowhere,
            covariates={},
        )
        write_residuals(run.directory.artifacts, file, table, experiment.scale)
