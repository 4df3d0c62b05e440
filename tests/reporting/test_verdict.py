"""The verdict: each rule fires on interval bounds and on nothing less."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from gradewise.evaluation.results import GradeRow, Interval, ReliabilityBin, SliceRow
from gradewise.reporting.confidence_verdict import honest_ece, overconfidence
from gradewise.reporting.parts import Statement
from gradewise.reporting.report import (
    LENGTH_ONLY,
    LOCKED_TEST,
    OUT_OF_FOLD,
    UNDEFINED,
    BaselineRow,
    Report,
)
from gradewise.reporting.verdict import verdict

Make = Callable[..., Report]


def said(report: Report, part: str) -> Statement:
    """The one statement that holds these words."""
    (found,) = (statement for statement in verdict(report) if part in statement.text)
    return found


def silent_on(report: Report, part: str) -> bool:
    """Whether no statement holds these words."""
    return not any(part in statement.text for statement in verdict(report))


def baseline(difference: Interval | None, name: str = LENGTH_ONLY) -> BaselineRow:
    """A rule that the model was compared with."""
    return BaselineRow(name=name, description="", metrics={}, difference=difference)


def test_the_agreement_comes_first_with_its_interval(with_metrics: Make) -> None:
    """The first sentence says how often grades are the same and how often within one."""
    lead = verdict(
        with_metrics(
            metrics={
                "accuracy": Interval(0.47, 0.44, 0.5),
                "adjacent_accuracy": Interval(0.92, 0.9, 0.94),
                "qwk": Interval(0.74, 0.71, 0.77),
            }
        )
    )[0]
    assert lead.kind == "good"
    assert lead.text.startswith(
        "The model gives the teacher’s grade in 47\u202f% of essays and is within one grade in 92\u202f% "
        "(95\u202f% interval 90–94\u202f%). Beyond chance, agreement (QWK) is 0.74"
    )


@pytest.mark.parametrize(
    ("qwk", "kind"),
    [
        (Interval(0.75, 0.70, 0.80), "good"),
        (Interval(0.75, 0.69, 0.80), "info"),
        (Interval(0.60, 0.52, 0.69), "warn"),
        (Interval(0.30, 0.20, 0.39), "bad"),
        (Interval(0.75, float("nan"), float("nan")), "info"),
        (UNDEFINED, "info"),
    ],
)
def test_agreement_is_judged_by_its_bounds(with_metrics: Make, qwk: Interval, kind: str) -> None:
    """An estimate above the mark is not enough: the whole interval must be."""
    assert kind == verdict(with_metrics(metrics={"qwk": qwk}))[0].kind


def test_the_rest_is_sorted_by_severity(report: Report) -> None:
    """After the lead: problems, doubts, good news, remarks."""
    order = ["bad", "warn", "good", "info"]
    kinds = [order.index(statement.kind) for statement in verdict(report)[1:]]
    assert sorted(kinds) == kinds


def test_blocked_data_yields_one_statement_without_a_figure(report: Report) -> None:
    """Where figures are not allowed, the verdict says so and judges nothing."""
    (only,) = verdict(replace(report, metrics_allowed=False))
    assert only.kind == "info"
    assert "CC BY 4.0" in only.text
    assert "QWK" not in only.text


def test_nothing_evaluated_is_said(report: Report, with_metrics: Make) -> None:
    """No evaluation, or an empty one, gives no verdict on the model."""
    for nothing in (replace(report, evaluations=()), with_metrics(n=0)):
        (only,) = verdict(nothing)
        assert only.kind == "warn"


@pytest.mark.parametrize(
    ("difference", "kind", "words"),
    [
        (Interval(0.12, 0.08, 0.16), "good", "beats simple rules"),
        (Interval(0.02, -0.03, 0.07), "warn", "not shown to be better"),
        (Interval(-0.1, -0.15, -0.05), "bad", "does better than the model"),
    ],
)
def test_baselines_are_judged_by_the_paired_interval(
    report: Report, difference: Interval, kind: str, words: str
) -> None:
    """Better, not shown to be better, worse: by whether the interval holds zero."""
    judged = said(replace(report, baselines=(baseline(difference),)), words)
    assert kind == judged.kind
    assert LENGTH_ONLY in judged.text


@pytest.mark.parametrize("difference", [None, UNDEFINED])
def test_a_rule_without_comparison_is_passed_over(report: Report, difference: Interval | None) -> None:
    """A rule that was not compared says nothing."""
    assert silent_on(replace(report, baselines=(baseline(difference),)), "simple rule")


def test_missing_baselines_are_remarked(report: Report) -> None:
    """Without a simple rule beside it, a figure cannot be weighed."""
    assert said(replace(report, baselines=()), "No simple rule").kind == "info"


@pytest.mark.parametrize(
    ("model", "teachers", "kind"),
    [
        (Interval(0.78, 0.75, 0.81), Interval(0.80, 0.76, 0.84), "good"),
        (Interval(0.78, 0.75, 0.81), Interval(0.80, 0.70, 0.90), "info"),
        (Interval(0.70, 0.66, 0.74), Interval(0.80, 0.76, 0.84), "info"),
        (Interval(0.55, 0.50, 0.60), Interval(0.80, 0.76, 0.84), "warn"),
        (Interval(0.55, 0.50, 0.60), Interval(0.80, 0.55, 0.95), "info"),
        (Interval(0.78, 0.75, 0.81), Interval(0.80, float("nan"), float("nan")), "info"),
    ],
)
def test_the_model_is_held_against_a_second_teacher(
    with_metrics: Make, model: Interval, teachers: Interval, kind: str
) -> None:
    """A tenth below two teachers' agreement is forgiven, and what is not known of either settles nothing."""
    report = replace(with_metrics(metrics={"qwk": model}), human={"qwk": teachers})
    assert kind == said(report, "second teacher").kind


@pytest.mark.parametrize("human", [None, {"qwk": UNDEFINED}, {"accuracy": Interval(0.5, 0.4, 0.6)}])
def test_no_second_teacher_no_statement(report: Report, human: dict[str, Interval] | None) -> None:
    """Where no two teachers marked the same essays, nothing is held against them."""
    assert silent_on(replace(report, human=human), "second teacher")


@pytest.mark.parametrize(("n", "silent"), [(199, False), (200, True)])
def test_few_essays_are_a_warning(with_metrics: Make, n: int, *, silent: bool) -> None:
    """Below two hundred essays, figures are called rough."""
    assert silent == silent_on(with_metrics(n=n), "every figure is rough")


def test_grades_with_fewer_than_five_essays_are_named(with_metrics: Make) -> None:
    """Four essays are too few to know a grade by, five are not."""
    rows = tuple(GradeRow(grade, n, n, UNDEFINED, UNDEFINED, UNDEFINED) for grade, n in (("F", 4), ("E", 5)))
    found = said(with_metrics(grades=rows), "fewer than 5")
    assert found.kind == "warn"
    assert "1 of 2 grades" in found.text
    assert "F (4)" in found.text
    assert "E (5)" not in found.text


@pytest.mark.parametrize(
    ("ece", "kind"),
    [
        (Interval(0.03, 0.02, 0.05), "good"),
        (Interval(0.05, 0.03, 0.08), "info"),
        (Interval(0.08, 0.06, 0.1), "warn"),
        (Interval(0.15, 0.11, 0.2), "bad"),
    ],
)
def test_confidence_is_judged_by_bounds(with_metrics: Make, ece: Interval, kind: str) -> None:
    """A confidence error is bad only where it surely is."""
    assert (
        kind
        == said(
            with_metrics(metrics={"ece": ece}, reliability=()),
            "onfiden" if kind in {"good", "info"} else "than it should be",
        ).kind
    )


def test_undefined_confidence_is_passed_over(with_metrics: Make) -> None:
    """No confidence error, no statement."""
    assert silent_on(with_metrics(metrics={"ece": UNDEFINED}), "of itself")


@pytest.mark.parametrize(("confidence", "words"), [(0.9, "surer of itself"), (0.3, "less sure of itself")])
def test_the_direction_of_misplaced_confidence_is_said(
    with_metrics: Make, confidence: float, words: str
) -> None:
    """Too sure and too modest are told apart."""
    bins = (
        ReliabilityBin(0, 0.1, 0, float("nan"), UNDEFINED),
        ReliabilityBin(confidence, 1, 1000, confidence, Interval(0.6, 0.5, 0.7)),
    )
    report = with_metrics(metrics={"ece": Interval(0.3, 0.25, 0.35)}, reliability=bins)
    assert said(report, words).kind == "bad"


def test_confidence_that_errs_both_ways_is_said(with_metrics: Make) -> None:
    """Too sure here and too modest there is neither of the two."""
    bins = (
        ReliabilityBin(0.3, 0.4, 1000, 0.35, Interval(0.6, 0.57, 0.63)),
        ReliabilityBin(0.8, 0.9, 1000, 0.85, Interval(0.6, 0.57, 0.63)),
    )
    report = with_metrics(metrics={"ece": Interval(0.25, 0.22, 0.28)}, reliability=bins)
    assert said(report, "sometimes surer").kind == "bad"


def test_a_confidence_error_that_chance_explains_is_no_warning(with_metrics: Make) -> None:
    """On few essays even an honest model shows an error; it is not held against it."""
    bins = (ReliabilityBin(0.4, 0.5, 40, 0.5, Interval(0.58, 0.4, 0.7)),)
    report = with_metrics(metrics={"ece": Interval(0.08, 0.06, 0.12)}, reliability=bins)
    assert said(report, "roughly right, as far as these show: off by 8").kind == "info"
    assert said(report, "an honest model would show 6").kind == "info"


def test_honest_models_show_the_expected_error(with_metrics: Make) -> None:
    """The error that chance alone gives is that of simulated honest models."""
    random = np.random.default_rng(0)
    right = random.binomial(100, 0.5, 20_000) / 100
    bins = (ReliabilityBin(0.4, 0.6, 100, 0.5, Interval(0.5, 0.4, 0.6)),)
    evaluation = with_metrics(reliability=bins).evaluations[0].evaluation
    assert honest_ece(evaluation) == pytest.approx(np.abs(right - 0.5).mean(), rel=0.02)


def test_overconfidence_of_nothing_is_zero(with_metrics: Make) -> None:
    """Without confidences there is no direction."""
    assert overconfidence(with_metrics(reliability=()).evaluations[0].evaluation) == 0


@pytest.mark.parametrize(
    ("tail", "residual", "words"),
    [
        ("low", Interval(0.8, 0.55, 1.1), "weakest essays are graded too kindly"),
        ("high", Interval(-0.8, -1.1, -0.6), "strongest essays are graded too strictly"),
    ],
)
def test_a_lean_at_the_ends_is_a_warning(
    with_metrics: Make, tail: str, residual: Interval, words: str
) -> None:
    """Half a grade off on average, surely, is worth a teacher's look."""
    report = with_metrics(tails=(SliceRow(tail, 30, {"mean_residual": residual}),))
    assert said(report, words).kind == "warn"


@pytest.mark.parametrize(
    "row",
    [
        SliceRow("low", 30, {"mean_residual": Interval(0.8, 0.45, 1.1)}),
        SliceRow("middle", 30, {"mean_residual": Interval(0.9, 0.8, 1.0)}),
        SliceRow("high", 0, {}),
    ],
)
def test_an_unsure_lean_is_passed_over(with_metrics: Make, row: SliceRow) -> None:
    """An interval that reaches below half a grade is no finding; nor is the middle, nor an empty part."""
    assert silent_on(with_metrics(tails=(row,)), "essays are graded too")


def prompt(name: str, mae: Interval, residual: Interval = UNDEFINED, n: int = 50) -> SliceRow:
    """A prompt with these figures."""
    return SliceRow(name, n, {"mae": mae, "mean_residual": residual})


def test_a_prompt_that_is_much_worse_is_named(with_metrics: Make) -> None:
    """A prompt whose distance surely exceeds the overall one is named; one too small to judge is not."""
    rows = (
        prompt("holiday", Interval(0.9, 0.8, 1.0)),
        prompt("school", Interval(0.5, 0.4, 0.6)),
        prompt("tiny", Interval(2.0, 1.5, 2.5), n=19),
    )
    found = said(
        with_metrics(metrics={"mae": Interval(0.5, 0.45, 0.55)}, prompts=rows), "further off than usual"
    )
    assert found.kind == "warn"
    assert "1 prompt: “holiday”" in found.text


def test_prompts_graded_too_kindly_are_named(with_metrics: Make) -> None:
    """A prompt that surely leans by half a grade is named with its direction."""
    near, lean = Interval(0.5, 0.4, 0.6), Interval(0.9, 0.6, 1.2)
    report = with_metrics(
        metrics={"mae": near},
        prompts=(prompt("kind one", near, lean), prompt("strict one", near, Interval(-0.9, -1.2, -0.6))),
    )
    assert "“kind one”" in said(report, "too kindly on").text
    assert "“strict one”" in said(report, "too strictly on").text


def test_even_prompts_are_told_only_when_all_are_judged(with_metrics: Make) -> None:
    """That no prompt is shown to be worse is told where each has enough essays; it proves nothing."""
    near = Interval(0.5, 0.4, 0.6)
    even = with_metrics(metrics={"mae": near}, prompts=(prompt("a", near), prompt("b", near)))
    unsure = with_metrics(metrics={"mae": near}, prompts=(prompt("a", near), prompt("b", near, n=3)))
    assert said(even, "No prompt of 2").kind == "info"
    assert silent_on(unsure, "No prompt of")


def test_figures_from_development_say_so(with_metrics: Make) -> None:
    """Without a locked test, a reader learns that nothing confirmed the figures."""
    assert said(with_metrics(name=OUT_OF_FOLD), "No locked test").kind == "info"
    assert said(with_metrics(name=LOCKED_TEST), "locked away").kind == "info"


def test_a_locked_test_below_development_is_a_warning(report: Report, with_metrics: Make) -> None:
    """Figures that do not hold up on the locked test are named as such."""
    high = with_metrics(name=OUT_OF_FOLD, metrics={"qwk": Interval(0.8, 0.77, 0.83)}).evaluations
    low = with_metrics(name=LOCKED_TEST, metrics={"qwk": Interval(0.65, 0.6, 0.7)}).evaluations
    assert said(replace(report, evaluations=(*high, *low)), "promised more").kind == "warn"
