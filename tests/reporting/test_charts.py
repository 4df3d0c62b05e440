"""The charts: well formed, honest and whole at every size of scale."""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Evaluation, Interval, ReliabilityBin, Resampling
from gradewise.reporting.charts.agreement import hundred, hundred_chart, track_chart
from gradewise.reporting.charts.confusion import confusion_chart, row_shares
from gradewise.reporting.charts.distribution import distribution_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.reliability import reliability_chart
from gradewise.reporting.charts.residuals import (
    MOST_POINTS,
    MOST_PROMPTS,
    length_chart,
    length_stretches,
    prompt_chart,
    residuals,
    spread_by_prompt,
    stretches,
)
from gradewise.reporting.charts.rows import comparison_chart, importance_chart, lean_chart
from gradewise.reporting.figures import figures, tiles
from gradewise.reporting.report import UNDEFINED, ConstructShare, NamedEvaluation, Report

HOSTILE = "<script>alert('&\"')</script>\x07"
PASS_FAIL = Scale("pass", ("fail", "pass"))
POINTS_60 = Scale("points", tuple(str(points) for points in range(61)))


def parsed(svg: str) -> ET.Element:
    """The chart as a tree; fails when it is not well formed."""
    return ET.fromstring(svg)  # noqa: S314 - our own output


def texts(svg: str) -> list[str]:
    """Every visible line of text."""
    return [node.text or "" for node in parsed(svg).iter("text")]


@pytest.fixture
def named(report: Report) -> NamedEvaluation:
    """The evaluation of a hundred and twenty essays on eight grades."""
    return report.evaluations[0]


@pytest.mark.parametrize("scale", [PASS_FAIL, POINTS_60], ids=["2 grades", "61 grades"])
@pytest.mark.parametrize("n_prompts", [0, 30])
def test_every_chart_is_whole_on_any_scale(
    make_report: Callable[..., Report], scale: Scale, n_prompts: int
) -> None:
    """Two grades or sixty-one, no prompts or thirty: each chart is well formed, titled and described."""
    for evaluated in make_report(80, scale, n_prompts=n_prompts).evaluations:
        charts = [*(figure.svg for figure in figures(evaluated)), hundred_chart(evaluated.evaluation)]
        charts += [tile.svg for tile in tiles(evaluated.evaluation)]
        assert len(charts) == (11 if n_prompts else 10)
        for chart in charts:
            root = parsed(chart)
            assert root.attrib["role"] == "img"
            assert all(root.findtext(part) for part in ("title", "desc"))
            assert "nan" not in re.sub("<(title|desc)>.*?</", "", chart)


@given(hnp.arrays(np.int64, (5, 5), elements=st.integers(0, 40)))
def test_hundred_squares_are_a_hundred(confusion: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    """Squares always add up, and a share is off by less than one square."""
    evaluation = _evaluation_of(confusion)
    split, total = hundred(evaluation), int(confusion.sum())
    assert sum(split) == (100 if total else 0)
    assert abs(split[0] - 100 * int(np.trace(confusion)) / max(total, 1)) < 1


def _evaluation_of(confusion: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Evaluation:
    return Evaluation(
        scale=Scale("five", ("1", "2", "3", "4", "5")),
        n=int(confusion.sum()),
        metrics={},
        confusion=confusion,
        grades=(),
        tails=(),
        prompts=(),
        reliability=(),
        resampling=Resampling(1),
    )


def test_charts_of_nothing_are_whole() -> None:
    """No essays, no grades used, no bins: the charts are empty, not broken."""
    empty = _evaluation_of(np.zeros((5, 5), dtype=np.int64))
    for chart in (hundred_chart, confusion_chart, distribution_chart, reliability_chart):
        assert parsed(chart(empty)).tag == "svg"
    for svg in (comparison_chart("nothing", ()), importance_chart(()), lean_chart("nothing", ())):
        assert parsed(svg).tag == "svg"


def test_confusion_shows_counts_and_row_shares(named: NamedEvaluation) -> None:
    """Each count that is not zero is written in its cell, and nothing else is."""
    counts = named.evaluation.confusion
    cells = [node.text for node in parsed(confusion_chart(named.evaluation)).iter("text")]
    assert [str(count) for count in counts[counts > 0]] == [text for text in cells if text and text.isdigit()]


@given(hnp.arrays(np.int64, (4, 4), elements=st.integers(0, 9)))
def test_row_shares_sum_to_one_or_nothing(counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> None:
    """Shares of a row sum to 1, of an empty row to 0."""
    np.testing.assert_allclose(row_shares(counts).sum(axis=1), counts.any(axis=1), atol=1e-12)


def test_medium_scale_shows_counts_without_shares(make_report: Callable[..., Report]) -> None:
    """Where cells are small, the count stays and the share goes."""
    scale = Scale("fifteen", tuple(str(points) for points in range(15)))
    assert "\u202f%</text>" not in confusion_chart(make_report(60, scale).evaluations[0].evaluation)


def test_hostile_names_are_escaped(named: NamedEvaluation) -> None:
    """Names of prompts, rules and constructs cannot become markup."""
    graded = replace(named.graded, prompts=(HOSTILE,) * len(named.graded.essay_ids))
    for svg in (
        prompt_chart(graded),
        comparison_chart(HOSTILE, [IntervalRow(HOSTILE, UNDEFINED, "model")]),
        importance_chart([ConstructShare(construct=HOSTILE, share=0.4)]),
    ):
        assert "<script" not in svg
        assert any("<script>" in text for text in texts(svg))


def test_undefined_figures_have_no_dot() -> None:
    """A contender without a figure has a dash and no mark."""
    svg = comparison_chart("agreement", [IntervalRow("model", UNDEFINED, "model")])
    assert "–" in texts(svg)
    assert "<circle" not in svg
    assert "<circle" not in track_chart("agreement", UNDEFINED, low=0, high=1)


def test_an_estimate_without_bounds_has_a_dot_and_no_line() -> None:
    """One essay gives an estimate but no interval."""
    alone = Interval(0.4, float("nan"), float("nan"))
    svg = lean_chart("lean", [IntervalRow("low", alone, "model")])
    assert "<circle" in svg
    assert "span" not in svg


def test_shares_that_are_not_defined_are_dashes() -> None:
    """A construct without a share has an empty bar."""
    svg = importance_chart([ConstructShare(construct="cohesion", share=float("nan"))])
    assert texts(svg) == ["cohesion", "–"]


def test_negative_agreement_fits_on_the_axis() -> None:
    """A model worse than guessing is drawn where it is, not on the edge."""
    svg = comparison_chart("agreement", [IntervalRow("model", Interval(-0.4, -0.5, -0.3), "model")])
    assert any(text.startswith("−") for text in texts(svg))


def test_empty_confidence_bins_are_left_out(named: NamedEvaluation) -> None:
    """A bin without essays has no dot."""
    hollow = ReliabilityBin(0.0, 0.1, 0, float("nan"), UNDEFINED)
    full = ReliabilityBin(0.6, 0.7, 9, 0.65, Interval(0.6, 0.3, 0.8))
    svg = reliability_chart(replace(named.evaluation, reliability=(hollow, full)))
    assert svg.count("<circle") == 1


def test_residual_is_model_less_teacher(named: NamedEvaluation) -> None:
    """Above zero means too kind."""
    kind = replace(named.graded, scores=named.graded.true_codes.astype(np.float64) + 0.5)
    np.testing.assert_allclose(residuals(kind), 0.5)


def test_prompts_are_ordered_by_size_and_the_rest_is_counted(make_report: Callable[..., Report]) -> None:
    """Fifteen prompts are drawn, the largest first; the description says how many are not."""
    graded = make_report(200, n_prompts=20).evaluations[0].graded
    spreads = spread_by_prompt(graded)
    svg = prompt_chart(graded)
    assert sorted((spread.n for spread in spreads), reverse=True) == [spread.n for spread in spreads]
    assert sum(spread.n for spread in spreads) == 200
    assert svg.count("<circle") == MOST_PROMPTS
    assert "5 smaller prompts not shown" in svg


def test_charts_leave_out_scores_that_are_not_numbers(named: NamedEvaluation) -> None:
    """An essay without a score is not drawn; the others are."""
    scores = named.graded.scores.copy()
    scores[0] = np.nan
    graded = replace(named.graded, scores=scores)
    assert sum(part.n for part in length_stretches(graded)) == len(scores) - 1
    assert sum(spread.n for spread in spread_by_prompt(graded)) == len(scores) - 1
    assert parsed(length_chart(graded)).tag == "svg"
    assert spread_by_prompt(replace(graded, scores=np.full_like(scores, np.nan))) == ()


def test_unknown_lengths_and_prompts_give_empty_charts(named: NamedEvaluation) -> None:
    """Where lengths and prompts are not known, there is nothing to draw."""
    graded = replace(named.graded, word_counts=None, prompts=None)
    assert (length_stretches(graded), spread_by_prompt(graded)) == ((), ())
    assert parsed(length_chart(graded)).tag == "svg"
    assert parsed(prompt_chart(graded)).tag == "svg"


def test_points_are_thinned(make_report: Callable[..., Report]) -> None:
    """No more than two thousand points are drawn."""
    svg = length_chart(make_report(4100, n_resamples=2).evaluations[0].graded)
    assert 0 < svg.count("h0") <= MOST_POINTS


def test_one_essay_has_a_mean_and_no_error() -> None:
    """A stretch of one essay has no standard error."""
    (only,) = stretches(np.array([120.0]), np.array([0.5]))
    assert (only.n, only.mean) == (1, 0.5)
    assert np.isnan(only.error)


@given(hnp.arrays(np.float64, st.integers(1, 300), elements=st.integers(0, 900)))
def test_stretches_partition_the_essays(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    """Every essay is in one stretch, from short to long, and their means average to the mean."""
    parts = stretches(values, values / 100)
    assert sum(part.n for part in parts) == values.size
    assert sorted(part.at for part in parts) == [part.at for part in parts]
    mean = sum(part.n * part.mean for part in parts) / values.size
    np.testing.assert_allclose(mean, values.mean() / 100, atol=1e-9)
