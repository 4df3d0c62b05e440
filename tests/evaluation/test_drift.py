"""Texts held against a profile: silent where nothing has changed, loud where something has."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, ks_2samp

from gradewise.evaluation.data_profile import LABEL, WORDS, Said, TextTable, describe_data
from gradewise.evaluation.drift import CONFIDENCE, FEWEST, GIVEN_LABEL, measure_drift
from gradewise.evaluation.drift_report import DriftReport
from gradewise.evaluation.two_samples import (
    corrected,
    curves_apart,
    in_parts,
    means_apart,
    population_stability,
    shares_apart,
)

COUNTS = st.lists(st.integers(0, 60), min_size=2, max_size=9)
WORDS_THERE = np.array([f"word{chr(97 + number)}" for number in range(26)])


def made_up(n: int, *, seed: int, longer: int = 0, shift: float = 0.0, tilt: float = 0.0) -> TextTable:
    """Texts with a number, a flag, a vector, labels and answers of a model."""
    generator = np.random.default_rng(seed)
    lengths = generator.integers(5, 15, n) + longer
    classes = generator.choice(["x", "y", "z"], n, p=[0.5 - tilt, 0.3, 0.2 + tilt])
    return TextTable(
        texts=[" ".join(generator.choice(WORDS_THERE, length)) for length in lengths],
        numbers={"formality": generator.normal(size=n) + shift},
        labels={LABEL: list(classes), "urgent": list(generator.choice(["yes", "no"], n))},
        vectors={"embedding": (generator.normal(size=(n, 5)) + shift).astype(np.float32)},
        said=Said(labels=list(classes), confidence=generator.beta(8, 1 + shift, n)),
    )


PROFILE = describe_data(made_up(1000, seed=0))


def drifted(report: DriftReport) -> set[str]:
    """Names of the checks that raise the alarm."""
    return {check.name for check in report.drifted}


def test_texts_of_the_same_kind_raise_no_alarm() -> None:
    """In fifteen draws nothing drifts, and everything that both have is looked at."""
    reports = [measure_drift(PROFILE, made_up(200, seed=seed), seed=seed) for seed in range(1, 16)]
    assert {"alike"} == {report.verdict for report in reports}
    assert {"texts", "column", "label", "vector", "predicted"} == {c.topic for c in reports[0].checks}
    assert (1000, 200, ()) == (reports[0].n_then, reports[0].n_now, reports[0].absent)


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        (made_up(300, seed=1, longer=4), {WORDS, "characters"}),
        (made_up(300, seed=1, shift=0.7), {"formality", "embedding: centre", CONFIDENCE}),
        (made_up(300, seed=1, tilt=0.3), {LABEL, GIVEN_LABEL}),
        (replace(made_up(300, seed=1), texts=["something else entirely"] * 300), {"unknown_words", WORDS}),
        (
            replace(made_up(300, seed=1), numbers={"formality": np.full(300, np.nan)}),
            {"formality (there or not)"},
        ),
        (
            replace(made_up(300, seed=1), labels={LABEL: ["never seen"] * 300, "urgent": [None] * 300}),
            {LABEL},
        ),
    ],
    ids=["longer", "shifted", "tilted", "other-words", "emptied", "new-label"],
)
def test_what_has_changed_is_named(changed: TextTable, found: set[str]) -> None:
    """A shift raises the alarm where it is, with a size that says so."""
    report = measure_drift(PROFILE, changed)
    assert "drift" == report.verdict
    assert found <= drifted(report)
    assert all(check.corrected < 0.01 and check.share_of_alarm >= 1 for check in report.drifted)


def test_what_is_too_small_to_matter_is_no_alarm() -> None:
    """With many texts a shift of a tenth of a standard deviation is certain, and slight."""
    profile = describe_data(
        TextTable(texts=["a"], numbers={"x": np.random.default_rng(0).normal(size=50_000)})
    )
    new = TextTable(texts=["a"], numbers={"x": np.random.default_rng(1).normal(0.1, size=50_000)})
    report = measure_drift(profile, new)
    assert ["slight"] == [check.verdict for check in report.checks if check.name == "x"]
    assert "slight" == report.verdict


def test_few_texts_are_too_few_to_tell() -> None:
    """However strange they are, nothing is said of fewer than fifty."""
    report = measure_drift(PROFILE, made_up(FEWEST - 1, seed=1, longer=40))
    assert "too few" == report.verdict
    assert {1.0} == {check.corrected for check in report.checks}


def test_what_is_not_there_is_named() -> None:
    """Columns of the profile that new texts lack, and vectors of another width, are told."""
    bare = TextTable(texts=["a b c"] * 60, vectors={"embedding": np.zeros((60, 4), dtype=np.float32)})
    report = measure_drift(PROFILE, bare)
    assert ("embedding", "formality", "urgent") == report.absent
    assert {"texts"} == {check.topic for check in report.checks}
    assert 59 / 60 == pytest.approx(report.repeated_now)


def test_a_column_that_was_empty_is_asked_whether_it_still_is() -> None:
    """Where there was no number, only that can be told."""
    empty = describe_data(TextTable(texts=["a"] * 60, numbers={"x": np.full(60, np.nan)}))
    report = measure_drift(empty, TextTable(texts=["a"] * 60, numbers={"x": np.ones(60)}))
    assert {"x (there or not)"} == drifted(report)


def test_curves_agree_with_the_exact_test() -> None:
    """On stretches that end at every value, the distance is that of Kolmogorov and Smirnov."""
    generator = np.random.default_rng(0)
    then, now = generator.integers(0, 20, 400), generator.integers(2, 22, 300)
    counts = [np.bincount(each, minlength=22).tolist() for each in (then, now)]
    exact = ks_2samp(then, now, method="asymp")
    found = curves_apart(*counts)
    assert exact.pvalue == pytest.approx(found.p_value, rel=0.6)
    assert exact.statistic**2 - np.pi**2 / 12 / (400 * 300 / 700) == pytest.approx(found.effect**2)


def test_shares_agree_with_the_chi_square() -> None:
    """With many texts a label, shuffling comes to what the curve of the chi-square says."""
    then, now = [300, 200, 100, 400], [40, 30, 30, 50]
    found = shares_apart(then, now, generator=np.random.default_rng(0))
    assert chi2_contingency([then, now]).pvalue == pytest.approx(found.p_value, rel=0.3)


@pytest.mark.parametrize(
    "counts",
    [([5, 0], [7, 0]), ([0, 0], [1, 2]), ([3, 4], [0, 0])],
    ids=["one-label", "none-then", "none-now"],
)
def test_what_cannot_differ_does_not(counts: tuple[list[int], list[int]]) -> None:
    """One label, or no text, is no difference."""
    assert (0.0, 1.0) == (
        (moved := shares_apart(*counts, generator=np.random.default_rng(0))).effect,
        moved.p_value,
    )
    assert curves_apart([0], [0]).p_value == 1.0
    assert means_apart(np.zeros(3), np.eye(3), 2, np.zeros((1, 3))).p_value == 1.0


def test_shuffles_that_are_all_alike_say_nothing() -> None:
    """Where each label stands once, every deal is as far apart."""
    found = shares_apart([1, 0], [0, 1], generator=np.random.default_rng(0))
    assert 1.0 == found.p_value


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.data())
def test_a_sample_is_not_apart_from_itself(then: list[int], data: st.DataObject) -> None:
    """P-values lie within 0 to 1, sizes are not negative, and no sample differs from itself."""
    now = data.draw(st.lists(st.integers(0, 60), min_size=len(then), max_size=len(then)))
    generator = np.random.default_rng(0)
    for moved in (curves_apart(then, now), shares_apart(then, now, generator=generator)):
        assert 0 <= moved.p_value <= 1
        assert moved.effect >= 0
    assert 0 == curves_apart(then, then).effect
    assert 0 == population_stability(then, then)
    assert [sum(then), sum(now)] == [sum(each) for each in in_parts(then, now)]


def test_the_stability_index_is_the_known_one() -> None:
    """Shares of .5 and .5 that become .7 and .3: 0.1695, less what chance makes of it."""
    expected = 0.2 * np.log(1.4) - 0.2 * np.log(0.6)
    size = 10_000 * 10_000 / 20_000
    found = population_stability([5000, 5000], [7000, 3000])
    assert expected - 1 / size == pytest.approx(found)


@given(st.lists(st.floats(0, 1), max_size=12))
def test_correction_keeps_the_order_and_never_makes_certain(p_values: list[float]) -> None:
    """Corrected values are no smaller than before, at most 1, and in the same order."""
    found = corrected(p_values)
    assert all(before <= after <= 1 for before, after in zip(p_values, found, strict=True))
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert sorted(found) == [found[place] for place in order]
