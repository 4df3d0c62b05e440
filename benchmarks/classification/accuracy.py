"""How often intents are told apart rightly, beside what scikit-learn does with the same texts."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.classification.corpora import Corpus, banking77, clinc150
from benchmarks.classification.training import WORKERS, Spent, Trained, Trainings, spent_so_far
from benchmarks.measurements import Measurement
from gradewise.adapters.essay_files import open_essay_file
from gradewise.bootstrap import services_from
from gradewise.evaluation.out_of_scope import (
    BY_ACCURACY,
    BY_SHARE,
    SHIPPED,
    OutOfScope,
    evaluate_out_of_scope,
)
from gradewise.evaluation.results import Evaluation, Interval
from gradewise.models.predictions import class_predictions
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, TRAINED_ON
from gradewise.settings import Settings
from gradewise.telemetry import silent
from gradewise.workflows.classification.experiment import TextExperiment, gather_texts
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.training.judging import figures, graded_essays

KINDS = ((False, "TF-IDF"), (True, "TF-IDF and embeddings"))
ASKED_MACRO_F1, ASKED_IN_SCOPE = 0.91, 0.88
POINTS = {
    BY_ACCURACY: "at 90 % in-scope accuracy",
    BY_SHARE: "with 90 % of in-scope texts let through",
    SHIPPED: "at the threshold that ships",
}


def accuracy(trainings: Trainings) -> list[Measurement]:
    """BANKING77: out of fold and on the locked fifth, two sets of features, and simpler ways beside them."""
    corpus, found = banking77(), []
    for embeddings, features in KINDS:
        trained = trainings.trained(corpus, embeddings=embeddings)
        asked = {"macro_f1": ASKED_MACRO_F1 if embeddings else None, "accuracy": None}
        found += [
            _figure(f"{corpus.name}, {features}, {named.name}: {metric}", named.evaluation, metric, least)
            for named in trained.run.report.evaluations
            for metric, least in asked.items()
            if named.name != TRAINED_ON
        ]
    row = trained.run.report.baselines[0]
    commonest = row.metrics["macro_f1"]
    return [
        *found,
        _share(
            f"{corpus.name}, {row.name}, {LOCKED_TEST}: macro_f1", commonest, trained.run.report.data.n_test
        ),
        *_by_scikit_learn(trainings, corpus),
    ]


def scope(trainings: Trainings) -> list[Measurement]:
    """CLINC150: accuracy in scope, and how many texts out of scope are held back at what price."""
    corpus, found = clinc150(trainings.scratch), []
    for embeddings, features in KINDS:
        trained = trainings.trained(corpus, embeddings=embeddings)
        told, name = _out_of_scope(trained), f"{corpus.name}, {features}"
        asked = ASKED_IN_SCOPE if embeddings else None
        by_name = {named.name: named.evaluation for named in trained.run.report.evaluations}
        found += [
            _figure(f"{name}, {OUT_OF_FOLD}: macro_f1", by_name[OUT_OF_FOLD], "macro_f1", None),
            _share(f"{name}: in-scope accuracy, official test", told.accuracy, told.n_in, asked),
            _share(f"{name}: ROC area, in scope against out of scope", told.roc_auc, told.n_in + told.n_out),
        ]
        for point, means in POINTS.items():
            at = told.point(point)
            if at is None or np.isnan(at.threshold):  # a model that is right too seldom keeps no such share
                print(f"{name}: no threshold gives out-of-scope recall {means}")
                continue
            aside = f"; {at.right.estimate:.3f} of in-scope texts let through and right"
            found.append(_share(f"{name}: out-of-scope recall {means}", at.recall, told.n_out, aside=aside))
    return found


def _out_of_scope(trained: Trained) -> OutOfScope:
    """From the predictions that a run leaves."""
    path = trained.run.directory / "artifacts" / "predictions.parquet"
    rows = list(open_essay_file(path).rows())
    inside = [row for row in rows if row["part"] == "test"]
    outside = [row for row in rows if row["part"] == "out_of_scope"]
    metrics = json.loads((path.parent / "metrics.json").read_text(encoding="utf-8"))
    return evaluate_out_of_scope(
        _confidence(inside),
        np.array([row["label"] == row["predicted"] for row in inside]),
        _confidence(outside),
        threshold=metrics["threshold"],
    )


def _confidence(rows: Sequence[Any]) -> np.ndarray:
    return np.array([float(row["confidence"]) for row in rows])


def _by_scikit_learn(trainings: Trainings, corpus: Corpus) -> list[Measurement]:
    """Pipelines of scikit-learn alone on the same texts, with its defaults and with settings as usual."""
    plan = trainings.plan(corpus, embeddings=False)
    with services_from(Settings(cache_directory=trainings.scratch / "cache", workers=WORKERS)) as services:
        experiment = gather_texts(prepare_dataset(plan, services, silent), services, silent)
    pipelines = {
        "scikit-learn as it comes": ({}, {}),
        "scikit-learn, word pairs, C=10": ({"ngram_range": (1, 2), "sublinear_tf": True}, {"C": 10}),
    }
    return [_of_pipeline(corpus, experiment, name, *each) for name, each in pipelines.items()]


def _of_pipeline(
    corpus: Corpus, experiment: TextExperiment, name: str, words: dict[str, Any], learner: dict[str, Any]
) -> Measurement:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - a second
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    began = spent_so_far()
    pipeline = make_pipeline(TfidfVectorizer(**words), LogisticRegression(max_iter=1000, **learner))
    pipeline.fit(experiment.train.texts, experiment.train.codes)
    said = class_predictions(pipeline.predict_proba(experiment.test.texts))
    took = spent_so_far() - began
    graded = graded_essays(experiment.test.essays, experiment.test.codes, said, ordered=False)
    evaluation = figures(graded, experiment.scale, experiment.dataset.plan.evaluation)
    return _figure(f"{corpus.name}, {name}, {LOCKED_TEST}: macro_f1", evaluation, "macro_f1", None, took)


def _figure(
    name: str, evaluation: Evaluation, metric: str, asked: float | None, took: Spent | None = None
) -> Measurement:
    aside = "" if took is None else f"; {took.wall_s:.1f} s, CPU {took.cpu_s:.1f}"
    return _share(name, evaluation.metrics[metric], evaluation.n, asked, aside=aside)


def _share(
    name: str, interval: Interval, n: int, asked: float | None = None, *, aside: str = ""
) -> Measurement:
    return Measurement(
        name=name,
        value=interval.estimate,
        unit="",
        asked=asked,
        better="higher",
        note=f"95 % interval {interval.low:.3f}–{interval.high:.3f}, n={n}{aside}",
    )
