"""Two models on the same essays."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.models.bundles.targets import TargetModel
from gradewise.models.onnx.session import OnnxGrader
from gradewise.models.predictions import GradePredictions
from gradewise.testing.synthetic import generate_essays, to_rows
from gradewise.workflows.plans.data import DataPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.registry.compare import compare_models
from gradewise.workflows.registry.opened import OpenedModel, open_directory
from gradewise.workflows.services import Services
from gradewise.workflows.training.learnt_texts import text_digest
from trials import Trained, read_json, write_csv


class _Kinder(OnnxGrader):
    """Gives every second essay a step more."""

    def __init__(self, grader: OnnxGrader) -> None:
        self._grader, self.grades, self.n_features = grader, grader.grades, grader.n_features
        self.is_even = True

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """The grades, some raised."""
        found = self._grader.predict(values)
        raised = np.minimum(found.codes + np.arange(len(found)) % 2, len(self.grades) - 1)
        return replace(found, codes=raised)


def kinder(model: OpenedModel) -> OpenedModel:
    """Another model of the same scale."""
    overall = model.bundle.overall
    other = TargetModel(
        name=overall.name,
        scale=overall.scale,
        grader=_Kinder(overall.grader),
        self_test=overall.self_test,
        confidence=overall.confidence,
        trees=overall.trees,
    )
    return replace(model, bundle=replace(model.bundle, overall=other, digest="f" * 64))


@pytest.fixture
def model(trained: Trained) -> OpenedModel:
    """A trained model."""
    return open_directory(trained.bundle)


@pytest.fixture
def plan() -> Plan:
    """Sixty essays that no model here has seen."""
    columns, rows = to_rows(generate_essays(60, seed=99))
    path = write_csv(Path("new.csv"), [dict(zip(columns, row, strict=True)) for row in rows])
    return Plan(data=DataPlan(train=path))


def test_what_changes_is_told_essay_by_essay(model: OpenedModel, real: Services, plan: Plan) -> None:
    """Every changed essay stands in the record with its three grades and nothing of its text."""
    run = compare_models(model, kinder(model), plan, real)
    record = read_json(run.directory / "artifacts" / "model_comparison.json")
    essays = record["changed"]["essays"]
    assert 25 <= len(essays) == record["changed"]["n"] <= 30
    assert {"record_id", "prompt", "y_true", "y_pred_reference", "y_pred_candidate", "change"} == set(
        essays[0]
    )
    assert {1} == {each["change"] for each in essays}
    assert list(record["scale"]["grades"]) == [row["name"] for row in record["grades"]]
    assert 60 == sum(row["n"] for row in record["grades"])
    assert (0, 0) == run.found.learnt
    assert record["unseen_by_both"] is None
    page = run.html.read_text(encoding="utf-8")
    assert "Grade by grade" in page
    assert not any(essay.text[:60] in page for essay in generate_essays(60, seed=99))


def test_essays_that_a_model_knows_are_told(model: OpenedModel, real: Services, plan: Plan) -> None:
    """Those that neither has learnt from are looked at alone; where it is not known, that is said."""
    texts = [text_digest(essay.text) for essay in generate_essays(60, seed=99)]
    first = replace(model, learnt_from=frozenset(texts[:10]))
    second = replace(kinder(model), learnt_from=frozenset(texts[5:25]))
    run = compare_models(first, second, plan, real)
    assert (10, 20) == run.found.learnt
    assert run.found.unseen is not None
    assert 35 == run.found.unseen.n
    assert "has learnt from 10 of the 60 essays" in run.notices[0]
    unknown = compare_models(first, replace(second, learnt_from=None), plan, real)
    assert unknown.found.unseen is None
    assert "is not known" in unknown.notices[1]


def test_models_of_unlike_scales_are_not_compared(model: OpenedModel, real: Services, plan: Plan) -> None:
    """The message says which grades each gives."""
    scale = replace(model.bundle.metadata.scale, name="pass", grades=("fail", "pass"))
    other = replace(model.bundle, metadata=replace(model.bundle.metadata, scale=scale))
    with pytest.raises(InputError, match=r"fail pass \(pass\); only models of one scale"):
        compare_models(model, replace(model, bundle=other), plan, real)
