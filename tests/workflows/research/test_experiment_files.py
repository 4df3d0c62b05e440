"""What `run` and `train` leave for programs: figures, columns, origin, and what moves each score."""

from pathlib import Path

import numpy as np
import pytest

from cv_trials import plain_services, quick_plan
from gradewise.errors import PlanError
from gradewise.reporting.report import LOCKED_TEST
from gradewise.workflows.plans.reading import parse_plan
from gradewise.workflows.train import TrainedRun, train
from trials import read_json


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """A run under the researcher's name."""
    return train(quick_plan(tmp_path_factory.mktemp("run")), plain_services(), command="run")


def test_metrics_of_three_sets_are_written(run: TrainedRun) -> None:
    """What is known by heart, out of fold and on the locked test, each with its confusion."""
    metrics = read_json(run.directory / "artifacts" / "metrics.json")
    assert ["schema_version", "train", "validation", "test"] == list(metrics)
    locked = next(named for named in run.report.evaluations if named.name == LOCKED_TEST)
    assert locked.evaluation.metrics["qwk"].estimate == pytest.approx(metrics["test"]["qwk"])
    assert locked.evaluation.confusion.tolist() == metrics["test"]["confusion_matrix"]
    for part in ("train", "validation", "test"):
        assert metrics[part]["n"] == np.sum(metrics[part]["confusion_matrix"])
        assert metrics[part]["band_labels"] == list(metrics[part]["per_band_mae"])
    grades, n = metrics["test"]["per_band_mae"], np.sum(metrics["test"]["confusion_matrix"], axis=1)
    known = [(mae, weight) for mae, weight in zip(grades.values(), n, strict=True) if mae is not None]
    mean = sum(mae * weight for mae, weight in known) / sum(weight for _, weight in known)
    assert pytest.approx(metrics["test"]["mean_absolute_error"]) == mean


def test_scores_of_the_locked_test_are_taken_apart(run: TrainedRun) -> None:
    """Base values and contributions add up to the very scores, essay by essay and column by column."""
    values, base = (
        np.load(run.directory / "shap" / f"shap_{name}.npy", allow_pickle=False)
        for name in ("values", "base_values")
    )
    names = read_json(run.directory / "shap" / "shap_names.json")
    locked = next(named for named in run.report.evaluations if named.name == LOCKED_TEST)
    assert list(locked.graded.essay_ids) == names["record_ids"]
    columns = read_json(run.directory / "artifacts" / "feature_schema.json")["combined"]
    assert (len(names["record_ids"]), len(columns)) == values.shape
    assert columns == names["features"]
    np.testing.assert_allclose(base + values.sum(axis=1), locked.graded.scores, atol=1e-4)
    sections = read_json(run.directory / "reports" / "report.json")["sections"]
    assert {"constructs", "contributions"} <= set(sections)


def test_where_a_run_comes_from_is_written(run: TrainedRun) -> None:
    """The plan, the data, the splits and the trees of the model."""
    metadata = read_json(run.directory / "artifacts" / "metadata.json")
    splits = read_json(run.directory / "artifacts" / "splits.json")
    (scheme,) = splits["schemes"].values()
    assert (scheme["id"], splits["dataset_sha256"]) == (metadata["splits_id"], metadata["dataset"]["sha256"])
    assert "trial" == parse_plan(metadata["plan"], location="metadata").name
    assert 3 == len(metadata["rounds_by_fold"])
    assert run.directory.name.endswith("_run")


def test_scores_may_stay_whole(tmp_path: Path) -> None:
    """With `evaluation.shap: false` nothing is taken apart, and the report says nothing about it."""
    run = train(quick_plan(tmp_path, evaluation={"shap": False}), plain_services())
    assert not (run.directory / "shap").exists()
    sections = read_json(run.directory / "reports" / "report.json")["sections"]
    assert not {"constructs", "contributions"} & set(sections)


def test_blocked_data_leave_no_figures(tmp_path: Path) -> None:
    """Neither metrics nor contributions are written where the terms allow none; columns and origin are."""
    data = {"train": "essays.csv", "card": {"name": "borrowed", "licence": "unknown"}}
    run = train(quick_plan(tmp_path, data=data), plain_services())
    names = {path.name for path in (run.directory / "artifacts").iterdir()}
    assert {"feature_schema.json", "metadata.json"} <= names
    assert "metrics.json" not in names
    assert not (run.directory / "shap").exists()


def test_a_model_ships_with_what_the_locked_test_says(tmp_path: Path) -> None:
    """A plan that keeps the test locked is for comparing: training by it is refused at once."""
    plan = quick_plan(tmp_path, evaluation={"locked_test": False})
    with pytest.raises(PlanError, match="`evaluation.locked_test` is false.*gradewise cv"):
        train(plan, plain_services())
    assert not (tmp_path / "output").exists()
