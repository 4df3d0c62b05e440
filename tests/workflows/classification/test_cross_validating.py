"""Cross-validating classes: by the path of training, the locked test locked, two runs compared."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewise.errors import PlanError
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.compare import compare_cv_runs
from gradewise.workflows.research.cv import CvRun, cv
from gradewise.workflows.research.featurize import featurize
from gradewise.workflows.services import Services
from trials import read_json

MakePlan = Callable[..., Plan]


def locked(plan: Plan) -> Plan:
    """The same, with the locked test set left alone."""
    return plan.model_copy(update={"evaluation": plan.evaluation.model_copy(update={"locked_test": False})})


@pytest.fixture
def reference(class_plan: MakePlan, classifying: Services) -> CvRun:
    """A cross-validation that leaves the locked test locked."""
    return cv(locked(class_plan()), classifying)


def comparing(reference: CvRun, candidate: CvRun, **asked: object) -> Plan:
    """The plan of a comparison of two runs."""
    plan = read_plan(candidate.directory / "plan.yaml")
    compare = plan.compare.model_copy(
        update={
            "reference": reference.directory,
            "candidate": candidate.directory,
            "resamples": 100,
            **asked,
        }
    )
    return plan.model_copy(update={"compare": compare})


def test_every_text_is_told_by_a_model_that_has_not_seen_it(reference: CvRun) -> None:
    """Fold by fold and together; of the locked test nothing is said, and no model is kept."""
    assert ["out of fold"] == [named.name for named in reference.evaluations]
    record = read_json(reference.directory / "artifacts" / "cv_metrics.json")
    assert ("nominal", ["card", "cash", "pin"], None) == (
        record["task"], record["scale"]["grades"], record["locked_test"],
    )  # fmt: skip
    assert record["record_counts"]["train"] == sum(fold["sizes"]["val"] for fold in record["folds"])
    lines = (reference.directory / "artifacts" / "residuals_cv_val_oof.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    assert record["record_counts"]["train"] == len(lines)
    assert "residual" not in first
    assert 1 == pytest.approx(sum(first[f"p_{name}"] for name in record["scale"]["grades"]))
    assert "Macro F1 in each fold" in reference.html.read_text(encoding="utf-8")
    assert not (reference.directory / "artifacts" / "bundle").exists()


def test_two_ways_to_learn_are_compared_text_by_text(
    reference: CvRun, class_plan: MakePlan, classifying: Services
) -> None:
    """By macro F1 and class by class; a rule about prompts is refused, since classes have none."""
    candidate = cv(class_plan(c=0.001), classifying)
    assert ["out of fold", "locked test"] == [named.name for named in candidate.evaluations]
    run = compare_cv_runs(comparing(reference, candidate), classifying)
    record = read_json(run.directory / "artifacts" / "cv_comparison.json")
    assert "stratified_stability" == record["profile"]
    assert {"0", "1", "2"} == set(record["macro_f1_difference_by_fold"])
    assert ["card", "cash", "pin"] == [row["name"] for row in record["classes"]]
    assert run.outcome in ("passed", "failed", "not shown")
    assert "QWK" not in Path(run.html).with_suffix(".md").read_text(encoding="utf-8")
    with pytest.raises(PlanError, match="stratified_stability or none"):
        compare_cv_runs(comparing(reference, candidate, profile="prompt_holdout_primary"), classifying)


def test_words_are_not_featurized(class_plan: MakePlan, classifying: Services) -> None:
    """They are learnt within each fold; where nothing else is read, that is said before anything is done."""
    with pytest.raises(PlanError, match=r"nothing is measured of texts\.csv"):
        featurize(class_plan(), classifying)
