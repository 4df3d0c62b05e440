"""How good grades were, by what teachers decided."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta
from sklearn.metrics import cohen_kappa_score

from gradewise.essays.scales import Scale
from gradewise.evaluation.release import exact_interval
from gradewise.evaluation.results import Resampling
from gradewise.scores.audits import FEWEST_FOR_DRIFT, Decided, decided_agreement, review_findings
from reviewed_essays import GRADES, answered, decided

SCALE = Scale("swedish8", GRADES)
QUICK = Resampling(50, 0.95, 0, None)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_exact_interval_is_that_of_the_beta_distribution(counts: tuple[int, int]) -> None:
    """Bounds equal quantiles of beta distributions, and hold the share."""
    hits, n = counts
    found = exact_interval(hits, n, level=0.95)
    low = beta.ppf(0.025, hits, n - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, n - hits) if hits < n else 1.0
    np.testing.assert_allclose([low, high], [found.low, found.high], atol=1e-9)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_a_share_of_nothing_is_not_defined() -> None:
    """Nothing was looked at, so nothing is said."""
    assert np.isnan(exact_interval(0, 0, level=0.95).estimate)


@given(st.lists(st.tuples(st.sampled_from(GRADES), st.sampled_from(GRADES)), min_size=1, max_size=30))
def test_figures_are_those_of_the_pairs(pairs: list[tuple[str, str]]) -> None:
    """Shares, kappa and mean follow from model's and teacher's grades alone."""
    every = [decided(n, teacher, grade=model) for n, (model, teacher) in enumerate(pairs)]
    found = decided_agreement(every, scale=SCALE, resampling=QUICK)
    assert found is not None
    assert found.within_one is not None
    assert found.qwk is not None
    assert found.generous is not None
    model, teacher = (SCALE.codes(side) for side in zip(*pairs, strict=True))
    assert len(pairs) == found.n
    assert np.mean((model >= 1) == (teacher >= 1)) == pytest.approx(found.cuts.estimate)
    assert np.mean(model == teacher) == pytest.approx(found.exact.estimate)
    assert np.mean(abs(model - teacher) <= 1) == pytest.approx(found.within_one.estimate)
    assert np.mean(model - teacher) == pytest.approx(found.generous.estimate)
    if len(set(model) | set(teacher)) > 1:
        kappa = cohen_kappa_score(teacher, model, weights="quadratic", labels=range(len(GRADES)))
        assert kappa == pytest.approx(found.qwk.estimate, nan_ok=True)


def test_released_and_held_back_are_told_apart() -> None:
    """Reviewed answers are in no figure of the audit sample, nor are grades that nobody drew."""
    every = [
        *(decided(n, "C", route="audit") for n in range(6)),
        *(decided(n, "A", route="review") for n in range(6, 10)),
        decided(10, "F", route="release"),
    ]
    found = review_findings(every, n_audits_waiting=2, resampling=QUICK)
    assert found is not None
    assert found.audited is not None
    assert found.reviewed is not None
    assert (6, 1.0, 4, 0.0, 2) == (
        found.audited.n, found.audited.exact.estimate, found.reviewed.n, found.reviewed.exact.estimate,
        found.n_audits_waiting,
    )  # fmt: skip


def test_weeks_and_models_are_told_apart() -> None:
    """A week is named by its Monday, a model by name and version, in the order of their first answer."""
    week = 7 * 24
    every = [
        decided(0, "C", route="audit"),
        decided(week, "B", route="audit", model_version="20260201_120000"),
        decided(week + 1, "B", route="review"),
    ]
    found = review_findings(every[::-1], resampling=QUICK)
    assert found is not None
    assert ["2026-03-02", "2026-03-09"] == [each.name for each in found.weeks]
    assert ["essays 20260131_120000", "essays 20260201_120000"] == [each.name for each in found.models]
    assert found.weeks[0].reviewed is None
    assert found.weeks[1].reviewed is not None
    assert found.weeks[1].audited is not None
    assert None is found.drift


@pytest.mark.parametrize(("after", "falls"), [("F", True), ("C", False)], ids=["falls", "stays"])
def test_a_fall_of_agreement_shows(after: str, *, falls: bool) -> None:
    """The later half of the audit sample is held against the earlier, and the interval knows its size."""
    every = [
        decided(n, "C" if n < FEWEST_FOR_DRIFT // 2 else after, route="audit")
        for n in range(FEWEST_FOR_DRIFT)
    ]
    found = review_findings(every, resampling=QUICK)
    assert found is not None
    assert found.drift is not None
    assert (falls, -1.0 if falls else 0.0) == (found.drift.change.high < 0, found.drift.change.estimate)
    assert every[FEWEST_FOR_DRIFT // 2].answer.made_at == found.drift.since


def test_the_newest_scale_counts() -> None:
    """Answers on another scale are counted and in no figure."""
    every = [decided(1, "VG", grade="G", grades=("IG", "G", "VG"), cuts=("G",)), decided(2, "C")]
    found = review_findings(every, resampling=QUICK)
    assert found is not None
    assert found.reviewed is not None
    assert (1, 1, GRADES) == (found.n_other_scales, found.reviewed.n, found.scale.grades)


def test_without_declared_cuts_every_boundary_counts() -> None:
    """Then agreement about the cuts is the teacher's very grade."""
    found = decided_agreement(
        [decided(1, "C", cuts=()), decided(2, "C+", cuts=())], scale=SCALE, resampling=QUICK
    )
    assert found is not None
    assert 0.5 == found.cuts.estimate == found.exact.estimate


def test_nothing_decided_is_nothing_found() -> None:
    """Before any decision there are no figures."""
    assert None is review_findings([])


def test_none_of_the_classes_is_a_decision_like_any_other() -> None:
    """The model named a class, so that the two disagree; an older model that knew no label does no harm."""

    def about(number: int, teacher: str, **known: str) -> Decided:
        told = {"probabilities": {"card": 0.6, "refund": 0.4}, "in_scope": True, **known}
        draft = answered(number, grade="card", route="audit", prediction=json.dumps(told))
        return decided(number, teacher, draft=draft)

    found = review_findings([about(1, "oos", out_of_scope="oos"), about(2, "card")])
    assert found is not None
    assert found.audited is not None
    assert (2, 0.5) == (found.audited.n, found.audited.exact.estimate)
    assert ("card", "oos", "refund") == found.scale.grades
