"""Pictures and topics of the research bench: well formed, honest, whole where figures are missing."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graded_essays import noisy_grades
from gradewise.evaluation.comparison import compare_graded
from gradewise.evaluation.comparison_gates import judge_comparison
from gradewise.evaluation.fold_figures import FoldFigures
from gradewise.evaluation.gains import turned
from gradewise.evaluation.prompts import PromptLimits
from gradewise.evaluation.residual_diagnostics import Covariate, ResidualDiagnostics
from gradewise.evaluation.results import Interval, Resampling, SliceRow
from gradewise.features.schema import FeatureMatrix, FeatureSchema, FeatureSpec
from gradewise.reporting.charts.folds import folds_chart
from gradewise.reporting.charts.forest import difference_row, forest_chart
from gradewise.reporting.charts.swarm import MOST_DOTS, REACH, SwarmRow, stacked, swarm_chart
from gradewise.reporting.comparison_verdict import comparison_verdict, direction
from gradewise.reporting.report import UNDEFINED, Report
from gradewise.reporting.topics.comparison import whole_section
from gradewise.reporting.topics.contributions import EMBEDDING_NAME, contributions_section, swarm_rows
from gradewise.reporting.topics.folds import decoding_section
from gradewise.reporting.topics.residuals import prompts_section, residuals_section

HOSTILE = "<script>alert('&\"')</script>\x07"
NAN = float("nan")
LIMITS = PromptLimits(min_prompt=10, bottom_k=5)


def parsed(svg: str) -> ET.Element:
    """The chart as a tree; fails when it is not well formed, or shows what is not a number."""
    assert "nan" not in re.sub("<(title|desc)>.*?</", "", svg)
    return ET.fromstring(svg)  # noqa: S314 - our own output


def a_fold(number: int, seen: float, unseen: float) -> FoldFigures:
    """A fold with this agreement."""
    return FoldFigures(
        fold=number, n_train=9, n_validate=3, rounds=1, train={"qwk": seen}, validate={"qwk": unseen}
    )


def test_every_fold_has_two_dots_where_both_are_defined() -> None:
    """A fold without a figure has its row and no dot for it; the band is all folds together."""
    chart = folds_chart(
        [a_fold(0, 0.9, 0.6), a_fold(1, 0.8, NAN)], Interval(0.6, 0.5, 0.7), metric="qwk", words="QWK"
    )
    circles = [node.attrib["class"] for node in parsed(chart).iter("circle")]
    assert {"model": 1 + 1, "baseline": 1 + 2} == {kind: circles.count(kind) for kind in set(circles)}
    bare = folds_chart([a_fold(0, NAN, NAN)], UNDEFINED, metric="qwk", words="QWK")
    assert 2 == len(list(parsed(bare).iter("circle")))


def test_a_forest_shows_which_side_an_interval_is_on() -> None:
    """Colours follow bounds, names are escaped, and what is not defined has neither dot nor line."""
    rows = [
        difference_row(HOSTILE, 10, Interval(0.02, 0.01, 0.03), bound=0.01),
        difference_row("worse", 10, Interval(-0.02, -0.03, -0.01)),
        difference_row("noise", 10, Interval(0.0, -0.01, 0.01)),
        difference_row("unknown", 10, UNDEFINED),
        difference_row("alone", 1, Interval(0.1, NAN, NAN)),
    ]
    root = parsed(forest_chart("Differences", rows, left="less", right="more"))
    assert ["model", "human", "baseline", "baseline"] == [
        node.attrib["class"] for node in root.iter("circle")
    ]
    assert 1 == sum(node.attrib["class"] == "limit" for node in root.iter("line"))
    assert parsed(forest_chart("Nothing", [], left="less", right="more")) is not None


@given(hnp.arrays(np.float64, st.integers(0, 400), elements=st.floats(0, 400)))
def test_dots_stay_in_their_row(across: np.ndarray) -> None:
    """However many dots share a place, they are stacked within the height of a row."""
    up = stacked(across)
    assert across.shape == up.shape
    assert (np.abs(up) <= REACH + 1e-9).all()


def test_a_swarm_draws_both_ends_of_many_essays() -> None:
    """Of more essays than there is room for, evenly spaced ones are drawn, the extremes among them."""
    values = np.linspace(-1, 1, 1000)
    row = SwarmRow(name=HOSTILE, contributions=values, values=values)
    flat = SwarmRow(name="nothing", contributions=np.zeros(1000), values=None)
    paths = [node.attrib["d"] for node in parsed(swarm_chart([row, flat])).iter("path")]
    assert 2 * MOST_DOTS == sum(path.count("M") for path in paths)


def matrix(groups: list[str], names: list[str], n: int = 6) -> FeatureMatrix:
    """Random features of these groups."""
    specs = tuple(
        FeatureSpec(name, "none", group, -np.inf, np.inf, "Made up.")
        for group, name in zip(groups, names, strict=True)
    )
    values = np.random.default_rng(0).normal(size=(n, len(names))).astype(np.float32)
    return FeatureMatrix(values, FeatureSchema(specs, "en"), tuple(f"e{row}" for row in range(n)))


def test_dimensions_of_a_text_model_are_one_row_without_a_name() -> None:
    """What they add is summed, and no dimension is named anywhere in the section."""
    features = matrix(["length", "embedding", "embedding"], ["words", "embedding_000", "embedding_001"])
    contributions = np.random.default_rng(1).normal(size=(6, 3))
    rows = {row.name: row for row in swarm_rows(contributions, features)}
    assert {"words", EMBEDDING_NAME} == set(rows)
    np.testing.assert_allclose(contributions[:, 1:].sum(axis=1), rows[EMBEDDING_NAME].contributions)
    section = contributions_section(contributions, features)
    assert "embedding_" not in repr(section)


def test_columns_that_say_the_same_are_one_row() -> None:
    """Words and their logarithm are one thing to a reader; nothing is lost in all."""
    features = matrix(["length", "length", "surface"], ["words", "log_words", "mean_word_length_characters"])
    contributions = np.random.default_rng(2).normal(size=(6, 3))
    rows = swarm_rows(contributions, features)
    assert 2 == len(rows)
    np.testing.assert_allclose(contributions.sum(axis=1), sum(row.contributions for row in rows))
    assert sorted((row.size for row in rows), reverse=True) == [row.size for row in rows]


@pytest.mark.parametrize(
    ("metric", "difference", "expected"),
    [
        ("qwk", Interval(0.2, 0.1, 0.3), "better"),
        ("mae", Interval(0.2, 0.1, 0.3), "worse"),
        ("rps", Interval(-0.2, -0.3, -0.1), "better"),
        ("qwk", Interval(0.0, 0.0, 0.0), "equal"),
        ("qwk", Interval(0.1, 0.0, 0.2), "inside the noise"),
        ("qwk", UNDEFINED, "inside the noise"),
    ],
    ids=str,
)
def test_directions_follow_bounds(metric: str, difference: Interval, expected: str) -> None:
    """Of errors less is better; a bound on zero does not decide."""
    assert expected == direction(difference, metric=metric)
    assert difference == turned(metric, turned(metric, difference)) or np.isnan(difference.estimate)


def test_a_comparison_says_where_it_is_better_and_worse() -> None:
    """Better and worse runs, with or without prompts, each have a verdict in words and whole pictures."""
    first = noisy_grades(400, seed=1, n_prompts=4)
    top = first.probabilities.shape[1] - 1
    rough = first.__class__(
        **{name: getattr(first, name) for name in first.__dataclass_fields__}
        | {"predicted_codes": np.clip(first.predicted_codes + np.arange(400) % 5 - 2, 0, top)}
    )
    sure = Resampling(100, 0.95, 0, None)
    for reference, candidate, words in ((rough, first, "agrees better"), (first, rough, "agrees less")):
        comparison = compare_graded(reference, candidate, resampling=sure, limits=LIMITS)
        gates = judge_comparison("prompt_holdout_primary", comparison)
        said = [row.text for row in comparison_verdict(comparison, gates)]
        assert any(words in text for text in said)
        assert any("get another grade" in text for text in said)
        for figure in whole_section(comparison, gates).figures:
            if figure.svg:
                parsed(figure.svg)


def test_a_wide_draw_of_prompts_is_said() -> None:
    """Where essays alone settle what whole prompts do not, the verdict warns."""
    graded = noisy_grades(300, seed=2, n_prompts=2)
    assert graded.prompts is not None
    hit = np.array([prompt == "prompt-0" for prompt in graded.prompts])
    worse = np.where(hit, 8 - graded.predicted_codes, graded.predicted_codes)
    other = graded.__class__(
        **{name: getattr(graded, name) for name in graded.__dataclass_fields__} | {"predicted_codes": worse}
    )
    found = compare_graded(other, graded, resampling=Resampling(200, 0.95, 0, None), limits=LIMITS)
    said = " ".join(row.text for row in comparison_verdict(found, None))
    assert "For other prompts than these that is inside the noise" in said
    assert "Better on 1 of 2 prompts taken alone (prompt-0)" in said


def test_rounding_has_no_price(report: Report) -> None:
    """A decision that is rounding itself is compared without a word in the verdict."""
    graded = report.evaluations[0].graded
    whole = compare_graded(graded, graded, resampling=Resampling(100, 0.95, 0, None), limits=LIMITS).whole
    assert () == decoding_section("rounding", whole, ()).statements
    (said,) = decoding_section("cutpoints", whole, ()).statements
    assert "is not shown to win" in said.text


def test_a_lean_along_something_measured_is_said(report: Report) -> None:
    """Residuals that surely go along with a property are a warning; a long scale is drawn in part."""
    row = SliceRow("D", 4, {name: Interval(0.1, 0.0, 0.2) for name in GRADE_FIGURES})
    strict = Covariate("word_count", Interval(-0.3, -0.4, -0.2), UNDEFINED)
    kind = Covariate("errors", Interval(0.3, 0.2, 0.4), UNDEFINED)
    unsure = Covariate("other", UNDEFINED, UNDEFINED)
    found = ResidualDiagnostics(grades=(row,) * 30, covariates=(strict, kind, unsure), worst=())
    section = residuals_section(report.evaluations[0], found, report.scale)
    assert ["strictly", "kindly"] == [
        word for said in section.statements for word in ("strictly", "kindly") if word in said.text
    ]
    for figure in section.figures:
        if figure.svg:
            parsed(figure.svg)


GRADE_FIGURES = ("accuracy", "adjacent_accuracy", "mae", "mean_residual")


def test_prompts_that_are_too_small_are_counted_and_not_drawn(report: Report) -> None:
    """With no prompt large enough there is a table and no picture."""
    rows = report.evaluations[0].evaluation.prompts
    section = prompts_section(rows, min_prompt=10_000)
    assert section.intro.startswith(f"0 of {len(rows)} prompts have 10000 essays or more")
    assert "" == section.figures[0].svg
    drawn = prompts_section(rows, min_prompt=2)
    assert "the lowest are" in drawn.intro
    parsed(drawn.figures[0].svg)
