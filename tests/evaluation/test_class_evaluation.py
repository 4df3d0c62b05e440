"""The whole evaluation of classes that have no order, and what compares models of them."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from graded_essays import certain_grades, classified_texts
from gradewise.errors import InputError
from gradewise.essays.scales import Scale, class_scale
from gradewise.evaluation.challenge import judge_challenge
from gradewise.evaluation.comparison import compare_graded, fold_differences
from gradewise.evaluation.prompts import PromptLimits, worst_prompt_kappa
from gradewise.evaluation.results import (
    CLASS_COMPARED,
    CLASS_HEADLINE,
    CLASS_METRICS,
    Evaluation,
    Resampling,
    compared_metrics,
    few_metrics,
    headline_metrics,
    leading_metric,
)
from gradewise.evaluation.side_by_side import paired_difference
from gradewise.evaluation.standings import choose_elsewhere, stand
from gradewise.evaluation.summary import evaluate, evaluation_to_json

FOUR = class_scale(("greeting", "lost card", "opening hours", "refund"))
LIMITS = PromptLimits(min_prompt=20, bottom_k=1)
RESAMPLING = Resampling(30, 0.95, 0)


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Two hundred texts of four classes."""
    return evaluate(classified_texts(200), FOUR, resampling=Resampling(40))


def test_figures_are_those_of_scikit_learn(evaluation: Evaluation) -> None:
    """F1s, accuracy and log loss are what scikit-learn says, in the order of CLASS_METRICS."""
    texts = classified_texts(200)
    truth, given, metrics = texts.true_codes, texts.predicted_codes, evaluation.metrics
    expected = {
        "macro_f1": f1_score(truth, given, average="macro"),
        "weighted_f1": f1_score(truth, given, average="weighted"),
        "accuracy": accuracy_score(truth, given),
        "log_loss": log_loss(truth, texts.probabilities),
    }
    assert tuple(metrics) == CLASS_METRICS == headline_metrics(FOUR)
    assert expected == pytest.approx({name: metrics[name].estimate for name in expected})
    f1s = f1_score(truth, given, average=None)
    assert list(f1s) == pytest.approx([row.f1.estimate for row in evaluation.grades])


def test_intervals_hold_their_figure_and_have_a_width(evaluation: Evaluation) -> None:
    """Every figure lies within its interval, which is no point."""
    for interval in evaluation.metrics.values():
        assert interval.low <= interval.estimate <= interval.high
        assert interval.low < interval.high


def test_nothing_is_said_of_an_order(evaluation: Evaluation) -> None:
    """There are no tails, and no prompts where none are known; each text is in one bin."""
    assert evaluation.tails == evaluation.prompts == ()
    assert 200 == sum(held.n for held in evaluation.reliability) == evaluation.confusion.sum()


def test_renaming_classes_moves_no_figure(evaluation: Evaluation) -> None:
    """Classes in another order have the same figures: nothing depends on which code a class has."""
    texts = classified_texts(200)
    turned = replace(
        texts,
        true_codes=3 - texts.true_codes,
        predicted_codes=3 - texts.predicted_codes,
        probabilities=texts.probabilities[:, ::-1],
    )
    again = evaluate(turned, FOUR, resampling=Resampling(40)).metrics
    for name, interval in evaluation.metrics.items():
        assert (interval.low, interval.high) == pytest.approx((again[name].low, again[name].high))


def test_prompts_are_judged_where_they_are_known() -> None:
    """A part of the texts has macro F1, weighted F1 and accuracy."""
    found = evaluate(classified_texts(80, n_prompts=2), FOUR, resampling=Resampling(10))
    assert [("macro_f1", "weighted_f1", "accuracy")] * 2 == [tuple(row.metrics) for row in found.prompts]


def test_a_class_without_texts_has_no_figures() -> None:
    """A class that is neither due nor given is left out of macro F1."""
    truth = np.array([0, 0, 1, 1])
    found = evaluate(certain_grades(truth, truth, n_grades=4), FOUR, resampling=Resampling(10))
    assert found.metrics["macro_f1"].estimate == found.metrics["roc_auc"].estimate == 1
    assert np.isnan(found.grades[3].f1.estimate)


def test_the_record_keeps_that_there_is_no_order(evaluation: Evaluation) -> None:
    """A record without the word is of grades."""
    assert {"name": FOUR.name, "grades": list(FOUR.grades), "ordered": False} == evaluation_to_json(
        evaluation
    )["scale"]


def test_two_models_are_compared_by_what_classes_have() -> None:
    """Differences are of macro F1 and its kin; a changed class is won, lost, or neither."""
    better, worse = (
        classified_texts(150, n_prompts=3),
        classified_texts(150, n_prompts=3, seed=0, sharpness=0.5),
    )
    found = compare_graded(worse, better, resampling=RESAMPLING, limits=LIMITS)
    assert tuple(found.whole.differences) == CLASS_COMPARED == compared_metrics(better)
    assert found.whole.differences["macro_f1"].estimate > 0
    assert found.tails == ()
    assert {-1, 0, 1} >= {each.gain for each in found.changed}
    assert {0} == {each.change for each in found.changed}
    won = sum(each.gain for each in found.changed) / 150
    assert won == pytest.approx(found.whole.differences["accuracy"].estimate)
    assert found.hardest is not None


def test_paired_differences_are_of_the_metrics_of_classes() -> None:
    """Macro F1 can be asked for, agreement beyond chance cannot."""
    texts = classified_texts(60)
    assert 0 == paired_difference("macro_f1", texts, texts, resampling=Resampling(5)).estimate
    with pytest.raises(InputError, match="unknown metric 'qwk'; use one of macro_f1"):
        paired_difference("qwk", texts, texts)


def test_standings_are_by_macro_f1() -> None:
    """Ways to classify stand by CLASS_HEADLINE, fold by fold too, and none has tails."""
    texts, other = classified_texts(90), classified_texts(90, sharpness=1.0)
    folds = [np.arange(45), np.arange(45, 90)]
    found = stand({"a": (texts,), "b": (other,)}, folds, reference="b", resampling=RESAMPLING, limits=LIMITS)[
        "a"
    ]
    assert tuple(found.gains) == CLASS_HEADLINE == few_metrics(texts)
    assert found.tails == ()
    assert found.by_fold["macro_f1"].shape == (1, 2)
    assert not choose_elsewhere([texts, other], folds, name=leading_metric(texts)).graded.ordered
    assert {0, 1} == set(fold_differences(other, texts, dict(enumerate(folds))))


def test_a_challenger_is_nearer_where_it_is_right() -> None:
    """Classes are right or wrong: however far apart two codes lie, a miss is a miss."""
    truth = np.tile(np.arange(4), 60)
    right, wrong = (
        replace(certain_grades(truth, given, n_grades=4), ordered=False) for given in (truth, 3 - truth)
    )
    found = judge_challenge(wrong, right, scale=FOUR, resampling=RESAMPLING)
    assert ("ready", 1.0) == (found.readiness, found.squared_grades)
    assert found.sequence.means[-1] == pytest.approx(1.0)


def test_the_worst_prompt_is_by_macro_f1() -> None:
    """Prompts of classes are ranked by macro F1."""
    texts = classified_texts(100, n_prompts=2)
    (worst,) = worst_prompt_kappa(texts, np.ones((1, 100)), min_prompt=20)
    assert 0 < worst < 1


def test_a_scale_decides_what_is_said() -> None:
    """Whatever texts are marked as, the scale of the evaluation says whether there is an order."""
    texts = replace(classified_texts(40), ordered=True)
    assert CLASS_METRICS == tuple(evaluate(texts, FOUR, resampling=Resampling(5)).metrics)
    grades = Scale("grades", ("F", "E", "D", "C"))
    assert "qwk" in evaluate(classified_texts(40), grades, resampling=Resampling(5)).metrics
