"""What makes a figure count: nothing that is judged has taught, and the same plan gives the same model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cv_trials import plain_services
from gradewise.errors import InputError, TrainingError
from gradewise.essays.texts import text_hash
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.features.schema import FeatureMatrix
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.grader import Grader
from gradewise.models.onnx.graph import build_onnx
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD
from gradewise.telemetry import silent
from gradewise.testing.fakes import FakeLanguageChecker
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.score import Scorer, score_many
from gradewise.workflows.services import Services
from gradewise.workflows.train import TrainedRun, train
from gradewise.workflows.training.experiment import Experiment, gather
from gradewise.workflows.training.learning import judge, learn
from trials import WITH_WORDING, Row, changed, essay_rows, read_json, small_plan, write_csv

N = 240


@pytest.fixture(scope="module")
def experiment(tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    """Measured essays, divided, before anything is learnt but wording; for tests that do not change it."""
    plan = read_plan(small_plan(tmp_path_factory.mktemp("experiment"), essay_rows(N), features=WITH_WORDING))
    services = plain_services(checker=FakeLanguageChecker)
    return gather(prepare_dataset(plan, services, silent), services, silent)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """A run of the small plan that learns from wording, for tests that only read it."""
    directory = tmp_path_factory.mktemp("run")
    plan = small_plan(directory, features=WITH_WORDING, output=str(directory / "output"))
    return train(read_plan(plan), plain_services(checker=FakeLanguageChecker))


def trained(services: Services, rows: list[Row] | None = None, **changes: object) -> TrainedRun:
    """A run of the small plan."""
    return train(read_plan(small_plan(Path(), rows, **changes)), services)


def honest_qwk(experiment: Experiment) -> float:
    """Agreement out of fold."""
    honest = learn(experiment, silent).fitted.out_of_fold
    n_grades = experiment.dataset.scale.n_grades
    codes = experiment.train_codes[honest.rows]
    return quadratic_weighted_kappa(codes, honest.predictions.codes, n_grades=n_grades)


def test_no_locked_test_essay_trains(experiment: Experiment) -> None:
    """Neither an id nor a text of the locked test set is among the training essays."""
    assert not {essay.id for essay in experiment.train} & {essay.id for essay in experiment.test}
    train_texts, test_texts = (
        {text_hash(essay.text) for essay in part} for part in (experiment.train, experiment.test)
    )
    assert not train_texts & test_texts
    assert experiment.train_matrix.essay_ids == tuple(essay.id for essay in experiment.train)
    assert experiment.test_matrix.essay_ids == tuple(essay.id for essay in experiment.test)
    for fold in experiment.folds:
        assert set(range(len(experiment.train))) >= {*fold.train_rows, *fold.validate_rows}


def test_the_locked_test_set_shapes_nothing(services: Services) -> None:
    """With other grades in the locked test file the very same model comes out."""
    rows = essay_rows()
    models = []
    for held in (rows[:30], [{**row, "grade": "F"} for row in rows[:30]]):
        write_csv(Path("held.csv"), held)
        run = trained(
            services, rows=rows[30:], data={"train": "essays.csv", "test": "held.csv"}, features=WITH_WORDING
        )
        models.append((run.bundle / "model.onnx").read_bytes())
    assert models[0] == models[1]


def test_the_bundle_grades_the_locked_test_as_the_report_says(run: TrainedRun, services: Services) -> None:
    """What was evaluated is what ships: grades, probabilities and scores of every essay."""
    bundle = load_bundle(run.bundle)
    graded = next(each.graded for each in run.report.evaluations if each.name == LOCKED_TEST)
    by_id = {row["id"]: row for row in essay_rows()}
    essays = [replace(run.example, id=each, text=by_id[each]["text"]) for each in graded.essay_ids]
    found = list(score_many(bundle, essays, services))
    grades = [bundle.scale.grades[code] for code in graded.predicted_codes]
    assert grades == [each.grade for each in found]
    np.testing.assert_array_equal(graded.scores, [each.score for each in found])
    np.testing.assert_array_equal(graded.probabilities, [list(each.probabilities.values()) for each in found])
    make_checker = services.find_checker("harper", "en")
    assert make_checker is not None
    scorer = Scorer(bundle, make_checker())
    alone = scorer.score(essays[0])
    assert (found[0].grade, found[0].score) == (alone.grade, alone.score)


def test_the_same_plan_gives_the_same_model_and_figures(run: TrainedRun, services: Services) -> None:
    """Bytes of the model and every figure are equal when a plan is followed twice."""
    first, second = run, trained(services, features=WITH_WORDING)
    assert first.directory != second.directory
    for name in ("model.onnx", "trees.safetensors", "parity.json", "feature_config.json"):
        assert (first.bundle / name).read_bytes() == (second.bundle / name).read_bytes(), name
    records = [read_json(run.directory / "reports" / "report.json") for run in (first, second)]
    for key in ("evaluations", "baselines", "importance", "data"):
        assert records[0][key] == records[1][key]


@pytest.mark.parametrize(
    ("model", "n_boosters"),
    [
        ({"linear_share": 0.5, "seeds": 2, "engine": "both", "band_weights": True}, 4),
        ({"probabilities": "cumulative_link"}, 1),
        ({"probabilities": "frank_hall", "seeds": 2}, 2),
        ({"probabilities": "multiclass"}, 1),
    ],
    ids=str,
)
def test_every_way_to_a_score_ships(services: Services, model: dict[str, object], n_boosters: int) -> None:
    """A plan may ask for any of them: the bundle loads, tells how it was made, and its reasons add up."""
    run = trained(services, model={**model, "booster": {"rounds": 30}})
    bundle = load_bundle(run.bundle)
    assert n_boosters == len(bundle.metadata.engines) == len(list(run.bundle.glob("booster_*")))
    assert model.get("probabilities", "residuals") == bundle.overall.score_model.kind
    assert {name: bundle.metadata.hyperparameters[name] for name in model if name != "engine"} == {
        name: value for name, value in model.items() if name != "engine"
    }
    found = next(iter(score_many(bundle, [run.example], services, n_reasons=1000)))
    effects = sum(reason.effect for reason in found.reasons)
    assert found.score == pytest.approx(bundle.explainer.expected_value + effects, abs=1e-4)


def test_a_second_run_measures_nothing(services: Services, read: list[int]) -> None:
    """Features of an essay are measured once, whatever is learnt from them afterwards."""
    trained(services)
    assert len(essay_rows()) == len(read)
    trained(services, model={"engine": "xgboost", "booster": {"rounds": 5}})
    assert len(essay_rows()) == len(read)


def test_shuffled_grades_cannot_be_learnt(experiment: Experiment) -> None:
    """With grades dealt at random, honest agreement is near nothing; with the real ones it is not."""
    shuffled = np.random.default_rng(5).permutation(experiment.train_codes)
    assert (
        abs(honest_qwk(replace(experiment, overall=replace(experiment.overall, train_codes=shuffled)))) < 0.2
    )
    assert honest_qwk(experiment) > 0.4


def noise(matrix: FeatureMatrix, rng: np.random.Generator, columns: slice) -> FeatureMatrix:
    """The matrix with some columns replaced by noise."""
    values = matrix.values.copy()
    values[:, columns] = rng.normal(size=values[:, columns].shape).astype(np.float32)
    return FeatureMatrix(values, matrix.schema, matrix.essay_ids)


def test_noise_gives_no_skill(experiment: Experiment) -> None:
    """Features that are nothing but noise give no agreement, and one such column takes none away."""
    rng = np.random.default_rng(8)
    blind = noise(experiment.train_matrix, rng, slice(None))
    unseeing = replace(experiment, train_matrix=blind, views=(blind,) * len(experiment.folds))
    assert abs(honest_qwk(unseeing)) < 0.2
    one = noise(experiment.train_matrix, rng, slice(0, 1))
    views = tuple(noise(view, rng, slice(0, 1)) for view in experiment.views)
    disturbed = replace(experiment, train_matrix=one, views=views)
    assert abs(honest_qwk(disturbed) - honest_qwk(experiment)) < 0.1


def test_grades_of_held_out_essays_do_not_reach_their_scores(experiment: Experiment) -> None:
    """With other grades in a fold's held-out essays, their scores stay to the bit; others change."""
    rows = experiment.folds[0].validate_rows
    codes = experiment.train_codes.copy()
    codes[rows] = 7 - codes[rows]
    before, after = (
        learn(each, silent).fitted.out_of_fold.predictions.scores
        for each in (experiment, replace(experiment, overall=replace(experiment.overall, train_codes=codes)))
    )
    np.testing.assert_array_equal(before[rows], after[rows])
    assert not np.array_equal(before, after)


def test_temporal_folds_are_judged_on_what_they_held_out(services: Services) -> None:
    """Figures out of fold are over the held-out essays alone, each beside its own grade."""
    plan = read_plan(small_plan(Path(), split={"scheme": "temporal"}))
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    evaluations = judge(experiment, learn(experiment, silent), silent)
    graded = next(each.graded for each in evaluations if each.name == OUT_OF_FOLD)
    folds = experiment.dataset.split.folds
    assert {each for fold in folds for each in fold.validate_ids} == set(graded.essay_ids)
    labels = {row["id"]: row["grade"] for row in essay_rows()}
    expected = [experiment.dataset.scale.code(labels[each]) for each in graded.essay_ids]
    assert expected == graded.true_codes.tolist()


def test_a_model_that_changes_on_export_is_refused(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph that grades otherwise than the trees is never shipped."""

    def shifted(grader: Grader) -> bytes:
        cuts = grader.decoding.cuts + np.float32(1)
        return build_onnx(replace(grader, decoding=replace(grader.decoding, cuts=cuts)))

    monkeypatch.setattr("gradewise.workflows.training.learning.build_onnx", shifted)
    with pytest.raises(TrainingError, match="exported model changes .* grades"):
        learn(experiment, silent)


def test_an_essay_without_words_is_named_before_a_run_is_begun(services: Services) -> None:
    """There is nothing in it to grade."""
    small_plan(Path(), changed(essay_rows(), 6, text="..."))
    with pytest.raises(InputError, match="essay 'essay-00007'"):
        train(read_plan(Path("plan.yaml")), services)
    assert not Path("output").exists()


@pytest.mark.parametrize(
    "asked",
    [{}, {"linear_share": 0.5}, {"probabilities": "cumulative_link"}, {"probabilities": "frank_hall"}],
)
def test_more_errors_never_raise_a_score_and_better_wording_never_lowers_it(
    experiment: Experiment, asked: dict[str, object]
) -> None:
    """Where theory fixes a sign the model keeps it, for every essay and whatever else is in it."""
    plan = experiment.dataset.plan
    plan = plan.model_copy(update={"model": plan.model.model_copy(update=asked)})
    learned = learn(replace(experiment, dataset=replace(experiment.dataset, plan=plan)), silent)
    values = experiment.train_matrix.values
    before = learned.fitted.grader.predict(values).scores
    signed = [
        (column, spec) for column, spec in enumerate(experiment.train_matrix.schema.specs) if spec.direction
    ]
    assert {"errors", "wording"} == {spec.group for _, spec in signed}
    for column, spec in signed:
        for step in (0.1, 1.0, 10.0):
            more = values.copy()
            more[:, column] += step
            moved = learned.fitted.grader.predict(more).scores - before
            assert (spec.direction * moved >= 0).all(), spec.name
