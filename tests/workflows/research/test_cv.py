"""`cv`: the same figures whatever the workers and however often it was killed; nothing of a locked test."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cv_trials import N, plain_services, quick_plan
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.slices import select
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD
from gradewise.telemetry import Event, StageAdvanced, StageStarted, silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.research.cv import CvRun, cv
from gradewise.workflows.research.residuals import read_residuals
from gradewise.workflows.training.experiment import gather
from gradewise.workflows.training.learning import judge, learn
from trials import essay_rows, read_json, visible_files, write_csv

SAME = (
    "artifacts/cv_metrics.json",
    "artifacts/calibration_cutpoints_by_fold.json",
    "artifacts/calibration_summary.json",
    "artifacts/residuals_cv_val_oof.csv",
    "artifacts/residuals_cv_val_oof.jsonl",
    "artifacts/residuals_locked_test.jsonl",
)
"""Files that depend on the plan alone."""


def metrics_of(run: CvRun) -> dict[str, Any]:
    """The record of a run."""
    return read_json(run.directory / "artifacts" / "cv_metrics.json")


def require_same_bytes(first: CvRun, second: CvRun) -> None:
    """Pass when two runs left the same figures."""
    for name in SAME:
        assert (first.directory / name).read_bytes() == (second.directory / name).read_bytes(), name


def test_the_record_says_what_was_asked_and_what_came_out(reference: CvRun) -> None:
    """Settings, folds, their mean, figures with intervals and the locked test are in one file."""
    record = metrics_of(reference)
    assert ("lightgbm", "residuals", "rescale") == (
        record["model_family"],
        record["training_mode"],
        record["prediction_mapping"],
    )
    splits = read_json(reference.directory / "artifacts" / "splits.json")
    assert {record["scheme"]: record["splits_id"]} == {
        scheme: plan["id"] for scheme, plan in splits["schemes"].items()
    }
    held_out = [fold["val"]["qwk"] for fold in record["folds"]]
    assert pytest.approx(np.mean(held_out)) == record["summary"]["val_qwk_mean"]
    assert pytest.approx(np.std(held_out)) == record["summary"]["val_qwk_sd"]
    assert record["record_counts"]["train"] == sum(fold["sizes"]["val"] for fold in record["folds"])
    assert {"length only", "commonest grade"} == set(record["baselines"])
    whole = record["out_of_fold"]["metrics"]["qwk"]
    assert whole["low"] <= whole["estimate"] <= whole["high"]
    assert record["record_counts"]["test"] == record["locked_test"]["n"]
    timings = read_json(reference.directory / "artifacts" / "timings.json")
    assert {"features", "training", "evaluation"} <= set(timings)


def test_folds_and_residuals_agree(reference: CvRun) -> None:
    """The figures of each fold follow from the residuals of its essays, and they cover the training part."""
    record = metrics_of(reference)
    scale = reference.evaluations[0].evaluation.scale
    table = read_residuals(reference.directory / "artifacts" / "residuals_cv_val_oof.jsonl", scale)
    for fold in record["folds"]:
        part = select(table.graded, table.rows_by_fold()[fold["fold"]])
        qwk = quadratic_weighted_kappa(part.true_codes, part.predicted_codes, n_grades=scale.n_grades)
        assert pytest.approx(qwk) == fold["val"]["qwk"]
    graded = reference.evaluations[0].graded
    assert (graded.essay_ids, graded.prompts) == (table.graded.essay_ids, table.graded.prompts)
    for name in ("true_codes", "predicted_codes", "scores", "probabilities", "word_counts"):
        np.testing.assert_array_equal(getattr(graded, name), getattr(table.graded, name))


def test_cut_points_of_each_fold_are_written(reference: CvRun) -> None:
    """One list a fold and the one that ships, each rising; rounding stands beside the decision."""
    cuts = read_json(reference.directory / "artifacts" / "calibration_cutpoints_by_fold.json")
    assert ["0", "1", "2"] == list(cuts["cutpoints_by_fold"])
    for points in (*cuts["cutpoints_by_fold"].values(), cuts["global_cutpoints"]):
        assert len(cuts["band_values"]) - 1 == len(points)
        assert sorted(points) == points
    summary = read_json(reference.directory / "artifacts" / "calibration_summary.json")
    record = metrics_of(reference)
    assert summary["whole"]["candidate"]["qwk"] == record["out_of_fold"]["metrics"]["qwk"]["estimate"]
    assert ["low", "middle", "high"] == [row["name"] for row in summary["tails"]]


def test_the_report_says_it_in_words(reference: CvRun) -> None:
    """Verdict, folds, rules, decoding, residuals, prompts and locked test stand on one page."""
    page = read_json(reference.directory / "reports" / "cv_report.json")
    assert ["folds", "baselines", "decoding", "residuals", "prompts", "locked_test"] == list(page["sections"])
    assert page["verdict"][0]["text"].startswith("Out of fold, on ")
    assert any("locked test" in said["text"] for said in page["verdict"])
    assert reference.html.read_text(encoding="utf-8").rstrip().endswith("</html>")


def test_workers_do_not_change_a_byte(reference: CvRun, tmp_path: Path) -> None:
    """With two workers every figure is the same."""
    require_same_bytes(reference, cv(quick_plan(tmp_path), plain_services(workers=2)))


class Stop(BaseException):
    """What ends a run from outside."""


@pytest.mark.parametrize(
    "when",
    [
        StageAdvanced("training", 1),
        StageAdvanced("training", 2),
        StageStarted("report", None, ""),
    ],
    ids=["first fold", "second fold", "report"],
)
def test_a_killed_run_goes_on_to_the_same_bytes(
    reference: CvRun, tmp_path: Path, when: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resumed, it ends with the figures of an unbroken run, and folds that were finished are not redone."""

    def stop(event: Event) -> None:
        if event == when:
            raise Stop

    plan, services = quick_plan(tmp_path), plain_services()
    with pytest.raises(Stop):
        cv(plan, services, listener=stop)
    (directory,) = (tmp_path / "output").glob("*/*")
    assert not (directory / "artifacts" / "cv_metrics.json").exists()
    kept = len(list((directory / "checkpoints").iterdir()))
    heard: list[Event] = []
    resumed = cv(plan, services, listener=heard.append, resume=directory)
    require_same_bytes(reference, resumed)
    assert 1 <= kept <= len(resumed.folds) == len(list((directory / "checkpoints").iterdir()))


def test_a_locked_test_stays_locked(tmp_path: Path) -> None:
    """Nothing of it is graded: no figure, no file, no essay id of it among the residuals; and it is said."""
    marked = [{"text": row["text"], "depth": str(at % 4)} for at, row in enumerate(essay_rows(N + 60)[N:])]
    write_csv(tmp_path / "marks.csv", marked)
    others = {"name": "marks", "file": "marks.csv", "targets": ["depth"]}
    plan = quick_plan(
        tmp_path,
        evaluation={"locked_test": False},
        features={"text_learners": ["words"]},
        data={"train": "essays.csv", "auxiliary": [others]},
    )
    services = plain_services()
    run = cv(plan, services)
    assert [OUT_OF_FOLD] == [named.name for named in run.evaluations]
    assert metrics_of(run)["locked_test"] is None
    assert not list((run.directory / "artifacts").glob("residuals_locked_test*"))
    held_back = set(read_json(run.directory / "artifacts" / "splits.json")["test_record_ids"])
    assert held_back
    # A feature store says which essays it measured, which is not to look at their grades.
    for path in visible_files(run.directory):
        if (
            path.parent.name != "feature_store"
            and path.name not in {"splits.json", "integrity.json"}
            and path.suffix in {".json", ".jsonl", ".md"}
        ):
            assert not any(essay_id in path.read_text(encoding="utf-8") for essay_id in held_back), path
    verdict = read_json(run.directory / "reports" / "cv_report.json")["verdict"]
    assert any("stayed locked" in said["text"] for said in verdict)
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    assert ((), 0) == (experiment.test, len(experiment.test_matrix.values))


def test_the_locked_test_is_what_training_sees(reference: CvRun, tmp_path: Path) -> None:
    """The figures are those of the model that would ship: the very same as training's own."""
    plan, services = quick_plan(tmp_path), plain_services()
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    named = judge(experiment, learn(experiment, silent), silent)[-1]
    assert LOCKED_TEST == named.name
    own = reference.evaluations[-1].graded
    np.testing.assert_array_equal(named.graded.predicted_codes, own.predicted_codes)
    np.testing.assert_array_equal(named.graded.probabilities, own.probabilities)


def test_blocked_data_leave_no_figure(tmp_path: Path) -> None:
    """Where the dataset card allows no figures there is none in any file, and the report says why."""
    card = {"name": "borrowed", "licence": "unknown"}
    plan = quick_plan(tmp_path, data={"train": "essays.csv", "card": card})
    run = cv(plan, plain_services())
    assert ((), ()) == (run.folds, run.evaluations)
    record = metrics_of(run)
    assert not record["metrics_allowed"]
    assert not {"folds", "summary", "out_of_fold", "locked_test"} & set(record)
    names = {path.name for path in (run.directory / "artifacts").iterdir()}
    assert {"cv_metrics.json", "integrity.json", "splits.json", "timings.json"} == names
    page = read_json(run.directory / "reports" / "cv_report.json")
    assert "No figures are shown" in page["verdict"][0]["text"]
    assert "qwk" not in json.dumps(page["sections"])


def test_traits_and_time_are_cross_validated_too(tmp_path: Path) -> None:
    """Each trait has its figures; where folds follow time, the earliest essays are judged by none."""
    plan = quick_plan(
        tmp_path,
        [{**row, "style": row["grade"]} for row in essay_rows(N)],
        data={"train": "essays.csv", "columns": {"traits": ["style"]}},
        split={"scheme": "temporal", "folds": 3},
    )
    record = metrics_of(cv(plan, plain_services()))
    assert {"style"} == set(record["traits"])
    assert record["traits"]["style"]["out of fold"]["n"] == record["out_of_fold"]["n"]
    assert record["out_of_fold"]["n"] < record["record_counts"]["train"] < N
