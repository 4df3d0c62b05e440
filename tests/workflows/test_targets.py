"""Several kinds of grade in one plan: trained, judged, kept and given together; other essays teach too."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cv_trials import plain_services
from gradewise.essays.scales import find_scale
from gradewise.models.bundles.bundle import load_bundle
from gradewise.telemetry import silent
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.score import Prediction, score_many
from gradewise.workflows.services import Services
from gradewise.workflows.train import TrainedRun, train
from gradewise.workflows.training.experiment import gather
from gradewise.workflows.training.learning import learn
from trials import WITH_WORDING, Row, essay_rows, small_plan, write_csv

OWN = 180
SWEDISH = find_scale("swedish8").grades


def with_traits() -> list[Row]:
    """Essays whose style is graded like the whole, and whose neatness is passed by every other one."""
    rows = essay_rows(OWN + 80)
    return [
        {**row, "Style": str(1 + SWEDISH.index(row["grade"]) // 2), "Neatness": str(1 + number % 4)}
        for number, row in enumerate(rows)
    ]


@pytest.fixture(scope="module")
def plan_changes() -> dict[str, object]:
    """Two traits on a scale of their own, and a set of other essays with marks."""
    return {
        "trait_scale": "1-4",
        "data": {
            "columns": {"traits": ["Style", "Neatness"]},
            "auxiliary": [{"name": "others", "file": "others.csv", "targets": ["mark"]}],
        },
        "features": WITH_WORDING,
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, plan_changes: dict[str, object]) -> TrainedRun:
    """A training with two traits and an auxiliary set, for tests that only read it."""
    directory, rows = tmp_path_factory.mktemp("run"), with_traits()
    marks = [{"text": row["text"], "mark": str(SWEDISH.index(row["grade"]) / 2)} for row in rows[OWN:]]
    write_csv(directory / "others.csv", marks)
    plan = small_plan(directory, rows[:OWN], output=str(directory / "output"), **plan_changes)
    return train(read_plan(plan), plain_services(checker=FakeLanguageChecker))


def test_every_kind_of_grade_is_trained_judged_and_kept(run: TrainedRun) -> None:
    """The bundle grades traits on their own scale, each with figures; the report tells them apart."""
    bundle = load_bundle(run.bundle)
    assert ["Style", "Neatness"] == [trait.name for trait in bundle.traits] == list(run.traits)
    assert {("1", "2", "3", "4")} == {trait.scale.grades for trait in bundle.traits}
    assert SWEDISH == bundle.scale.grades
    assert all("qwk" in trait.metrics for trait in bundle.metadata.traits)
    style, neatness = (named[0].evaluation.metrics["qwk"].estimate for named in run.traits.values())
    assert style > 0.5
    assert neatness < 0.3
    assert "traits" in {section.name for section in run.report.sections}


def test_predictions_hold_every_trait(run: TrainedRun, services: Services) -> None:
    """One essay gets its overall grade and a grade for each trait, all with sets that hold it."""
    (found,) = score_many(load_bundle(run.bundle), [run.example], services, n_reasons=3)
    assert isinstance(found, Prediction)
    assert ["Style", "Neatness"] == list(found.traits)
    for said in (found, *found.traits.values()):
        assert said.grade in said.grade_set
        assert list(said.grade_set) == [grade for grade in said.probabilities if grade in said.grade_set]
        assert 1 == pytest.approx(sum(said.probabilities.values()), abs=1e-6)


def test_other_essays_teach_columns_that_carry_weight(run: TrainedRun) -> None:
    """What they teach stands last in the schema, is told in the metadata, and moves grades."""
    bundle = load_bundle(run.bundle)
    assert "auxiliary_others_mark" == bundle.schema.names[-1]
    (told,) = bundle.metadata.auxiliaries
    assert ("others", ("mark",), 80) == (told.name, told.targets, told.n)
    shares = {share.construct: share.share for share in run.report.importance}
    assert shares["traits learnt elsewhere"] > 0


def test_views_differ_in_wording_alone(services: Services, plan_changes: dict[str, object]) -> None:
    """Folds see other wording columns, for each target; what other essays teach is the same for all."""
    rows = with_traits()
    write_csv(Path("others.csv"), [{"text": row["text"], "mark": "1"} for row in rows[OWN:]])
    plan = read_plan(small_plan(Path(), rows[:OWN], **plan_changes))
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    names = experiment.train_matrix.schema.names
    wording = [column for column, name in enumerate(names) if name.startswith("wording_")]
    assert 3 * len(plan.features.text_learners) == len(wording)
    rest = np.setdiff1d(np.arange(len(names)), wording)
    for view in experiment.views:
        np.testing.assert_array_equal(experiment.train_matrix.values[:, rest], view.values[:, rest])
        assert (experiment.train_matrix.values[:, wording] != view.values[:, wording]).any(axis=0).all()


def test_a_trait_is_learnt_without_its_own_grades(services: Services) -> None:
    """Turning a fold's trait grades upside down changes nothing of what is said about that fold's trait."""
    plan = read_plan(
        small_plan(Path(), with_traits()[:OWN], trait_scale="1-4", data={"columns": {"traits": ["Style"]}})
    )
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    (style,) = experiment.traits
    rows = experiment.folds[0].validate_rows
    codes = style.train_codes.copy()
    codes[rows] = 3 - codes[rows]
    before, after = (
        learn(experiment, silent, target=each).fitted.out_of_fold.predictions.scores
        for each in (style, replace(style, train_codes=codes))
    )
    np.testing.assert_array_equal(before[rows], after[rows])
    assert not np.array_equal(before, after)
