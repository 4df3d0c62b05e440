"""`compare-cv-runs`: only what can be compared is compared, and the verdict follows from bounds."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cv_trials import plain_services, quick_plan
from gradewise.errors import GateError, InputError, PlanError
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.compare import ComparedRun, compare_cv_runs, require_passed
from gradewise.workflows.research.cv import CvRun, cv
from gradewise.workflows.runs.lock import working_in
from trials import read_json


@pytest.fixture(scope="module")
def candidate(reference: CvRun, tmp_path_factory: pytest.TempPathFactory) -> CvRun:
    """The same essays and folds, learnt with another way from scores to grades."""
    directory = tmp_path_factory.mktemp("candidate")
    plan = read_plan(reference.directory / "plan.yaml")
    model = plan.model.model_copy(update={"decision": "rounding", "linear_share": 0.0})
    plan = plan.model_copy(update={"model": model, "output": directory, "run_name": "other"})
    return cv(plan, plain_services())


def asking(reference: Path, candidate: Path, output: Path, **asked: Any) -> Plan:
    """The plan of a comparison, which is the candidate's own with something asked."""
    plan = read_plan(candidate / "plan.yaml")
    compare = plan.compare.model_copy(
        update={"reference": reference, "candidate": candidate, "resamples": 200, "min_prompt": 8, **asked}
    )
    return plan.model_copy(update={"compare": compare, "output": output, "run_name": None})


@pytest.fixture(scope="module")
def compared(reference: CvRun, candidate: CvRun, tmp_path_factory: pytest.TempPathFactory) -> ComparedRun:
    """The comparison of the two."""
    output = tmp_path_factory.mktemp("compared")
    return compare_cv_runs(asking(reference.directory, candidate.directory, output), plain_services())


def test_a_comparison_leaves_a_record_and_a_page(compared: ComparedRun) -> None:
    """Differences, gates, folds, changed essays and what the plans do differently are all there."""
    record = read_json(compared.directory / "artifacts" / "cv_comparison.json")
    assert "prompt_holdout_primary" == record["profile"]
    assert compared.outcome == record["outcome"]
    assert {"0", "1", "2"} == set(record["qwk_difference_by_fold"])
    assert {"reference": '"auto"', "candidate": '"rounding"'} == record["settings"]["model.decision"]
    assert {"model.decision", "model.linear_share"} == set(record["settings"])
    page = read_json(compared.directory / "reports" / "cv_comparison.json")
    assert ["gates", "agreement", "settings", "changed", "folds"] == list(page["sections"])
    assert "QWK" in page["verdict"][0]["text"]
    assert "<svg" in compared.html.read_text(encoding="utf-8")


def test_the_differences_are_those_of_the_two_runs(
    compared: ComparedRun, reference: CvRun, candidate: CvRun
) -> None:
    """Each side's figures are what its own run says."""
    whole = compared.comparison.whole
    for run, figures in ((reference, whole.reference), (candidate, whole.candidate)):
        own = run.evaluations[0].evaluation.metrics
        assert {name: own[name].estimate for name in figures} == pytest.approx(dict(figures))


def test_a_run_beside_itself_has_nothing_to_show(reference: CvRun, tmp_path: Path) -> None:
    """No difference, no changed essay, no setting, and never a gain."""
    plan = asking(reference.directory, reference.directory, tmp_path)
    run = compare_cv_runs(plan, plain_services())
    assert (0, 0, 0) == tuple(
        getattr(run.comparison.whole.differences["qwk"], bound) for bound in ("low", "estimate", "high")
    )
    record = read_json(run.directory / "artifacts" / "cv_comparison.json")
    assert ({}, 0) == (record["settings"], record["changed"]["n"])
    assert "passed" != run.outcome
    with pytest.raises(GateError, match="prompt_holdout_primary is failed"):
        require_passed(run)


def test_profiles_decide_what_is_required(reference: CvRun, tmp_path: Path) -> None:
    """A run is stable beside itself; without a profile nothing can be required."""
    stable, unasked = (
        compare_cv_runs(
            asking(reference.directory, reference.directory, tmp_path, profile=profile), plain_services()
        )
        for profile in ("stratified_stability", "none")
    )
    require_passed(stable)
    assert "passed" == stable.outcome
    assert (None, None) == (unasked.gates, unasked.outcome)
    with pytest.raises(GateError, match="profile `none` has none"):
        require_passed(unasked)


def test_the_same_question_gets_the_same_bytes(
    compared: ComparedRun, reference: CvRun, candidate: CvRun, tmp_path: Path
) -> None:
    """The record of a comparison depends on the two runs and the plan alone."""
    again = compare_cv_runs(asking(reference.directory, candidate.directory, tmp_path), plain_services())
    name = "artifacts/cv_comparison.json"
    assert (compared.directory / name).read_bytes() == (again.directory / name).read_bytes()


def test_two_runs_must_be_named(reference: CvRun, tmp_path: Path) -> None:
    """A plan without runs is refused before anything is made."""
    plan = quick_plan(tmp_path)
    with pytest.raises(PlanError, match="compare.reference and compare.candidate"):
        compare_cv_runs(plan, plain_services())
    assert not (tmp_path / "output").exists()


def damaged(run: CvRun, directory: Path, name: str, **changes: Any) -> Path:
    """A copy of a run with other values in one of its JSON files."""
    copy = directory / "copy"
    shutil.copytree(run.directory, copy)
    path = copy / name
    path.write_text(json.dumps({**read_json(path), **changes}), encoding="utf-8")
    return copy


RECORD, STATUS = "artifacts/cv_metrics.json", "status.json"


@pytest.mark.parametrize(
    ("name", "changes", "complaint"),
    [
        (
            STATUS,
            {"state": "running"},
            "is dead .killed, or its machine stopped.*gradewise runs resume",
        ),
        (
            STATUS,
            {"state": "failed", "failure_reason": "disk full"},
            "is failed .disk full.*runs resume",
        ),
        (RECORD, {"schema_version": 9}, "has schema_version 9"),
        (RECORD, {"metrics_allowed": False}, "holds no figures to compare: the terms of the data"),
        (RECORD, {"dataset_sha256": "0000"}, "different data .dataset_sha256 .* and 0000"),
        (RECORD, {"scheme": "prompt_holdout"}, "different split scheme .scheme stratified_text and prompt"),
        (
            RECORD,
            {"scale": {"name": "upside down", "grades": ["A", "B", "C+", "C", "D+", "D", "E", "F"]}},
            "different scale .scale swedish8 and upside down",
        ),
        (
            RECORD,
            {"splits_id": "ffff"},
            "splits .splits_id .* and ffff.*make-splits.*--splits-path",
        ),
    ],
    ids=["dead", "failed", "version", "blocked", "data", "scheme", "scale", "splits"],
)
def test_what_cannot_be_compared_is_refused_by_name(
    reference: CvRun, tmp_path: Path, name: str, changes: dict[str, Any], complaint: str
) -> None:
    """Unfinished runs, blocked data, other data and other folds are refused, each in its own words."""
    other = damaged(reference, tmp_path, name, **changes)
    plan = asking(reference.directory, other, tmp_path)
    with pytest.raises(InputError, match=complaint):
        compare_cv_runs(plan, plain_services())


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        (RECORD, "{", "is damaged: .*run `gradewise cv` again"),
        (RECORD, "[]", "is damaged; run"),
        (RECORD, None, "cannot be read: .*name the directory of a run of `gradewise cv`"),
        ("artifacts/residuals_cv_val_oof.jsonl", None, "residuals_cv_val_oof.jsonl cannot be read"),
    ],
    ids=["cut", "list", "no record", "no residuals"],
)
def test_damage_is_named(
    reference: CvRun, tmp_path: Path, name: str, content: str | None, complaint: str
) -> None:
    """A run that was not made by `cv`, or whose files are damaged, is refused by name."""
    other = damaged(reference, tmp_path, STATUS)
    (other / name).unlink()
    if content is not None:
        (other / name).write_text(content, encoding="utf-8")
    plan = asking(other, reference.directory, tmp_path)
    with pytest.raises(InputError, match=complaint):
        compare_cv_runs(plan, plain_services())


def test_a_run_that_goes_on_is_not_compared(reference: CvRun, tmp_path: Path) -> None:
    """Somebody works in it: there is nothing to resume."""
    other = damaged(reference, tmp_path, STATUS, state="running")
    plan = asking(reference.directory, other, tmp_path)
    with working_in(other), pytest.raises(InputError, match="is going on; follow it with"):
        compare_cv_runs(plan, plain_services())


def test_what_is_no_run_is_not_compared(reference: CvRun, tmp_path: Path) -> None:
    """A directory without a run is named."""
    plan = asking(reference.directory, reference.directory, tmp_path)
    compare = plan.compare.model_copy(update={"candidate": tmp_path})
    with pytest.raises(InputError, match="holds no run .*one of `gradewise cv`"):
        compare_cv_runs(plan.model_copy(update={"compare": compare}), plain_services())


def test_a_locked_test_may_have_stayed_locked(reference: CvRun, tmp_path: Path) -> None:
    """A candidate that never looked at the test set is compared on the held-out essays."""
    plan = quick_plan(tmp_path, evaluation={"locked_test": False})
    candidate = cv(plan, plain_services())
    run = compare_cv_runs(asking(reference.directory, candidate.directory, tmp_path), plain_services())
    assert 0 == run.comparison.whole.differences["rps"].estimate
