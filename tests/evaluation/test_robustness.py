"""What is concluded from grades before and after a change."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graded_essays import BANDS
from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.interval_json import interval_to_json
from gradewise.evaluation.perturbations import MOST_CHANGED, PERTURBATIONS, SMALLEST_SHIFT
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.robustness import (
    FEWEST_ESSAYS,
    Answers,
    Response,
    RobustnessEvaluation,
    evaluate_robustness,
    judge,
    robustness_to_json,
)

codes = st.lists(st.integers(0, 8), min_size=1, max_size=60)


def answers(before: list[int] | Codes, after: list[int] | Codes) -> Answers:
    """Grades before and after, with scores that are the grades."""
    first, second = (np.asarray(grades, dtype=np.int64) for grades in (before, after))
    return Answers(first, second, first.astype(np.float64), second.astype(np.float64))


def respond(name: str, before: list[int], after: list[int], scale: Scale = BANDS) -> Response:
    """The response to one change."""
    found = evaluate_robustness(
        {name: answers(before, after)}, scale, n=len(before), resampling=Resampling(200)
    )
    (response,) = found.responses
    return response


def whole(n: int = 60) -> RobustnessEvaluation:
    """A model that loves padding, hates damage, and minds half of what is invisible."""
    middle = np.full(n, 4)
    moved = {"padding": middle + 1, "damage": middle - 2, "invisible": middle - np.arange(n) % 2}
    given_all = {name: answers(middle, moved[each.kind]) for name, each in PERTURBATIONS.items()}
    given_all["task_copied"] = answers([], [])
    return evaluate_robustness(given_all, BANDS, n=n, resampling=Resampling(100))


def test_every_change_has_a_limit_of_its_kind() -> None:
    """Padding may raise a little, damage must lower, and what is invisible is about shares."""
    assert {"padding", "damage", "invisible"} == {each.kind for each in PERTURBATIONS.values()}
    for name, each in PERTURBATIONS.items():
        assert name == each.name
        allowed = {
            "padding": each.most == SMALLEST_SHIFT,
            "damage": -4 * SMALLEST_SHIFT <= each.most <= -SMALLEST_SHIFT,
            "invisible": each.most == MOST_CHANGED,
        }
        assert allowed[each.kind], name
        assert all((each.title, each.does, each.why))


@given(st.integers(2, 200))
def test_limits_fit_the_scale(n_grades: int) -> None:
    """A fall that is asked for is possible; heavier damage is never asked less; shares stay as they are."""
    limits = {name: each.limit(n_grades) for name, each in PERTURBATIONS.items()}
    assert all(-(n_grades - 1) / 4 <= limit for limit in limits.values())
    assert limits["shuffled_words"] <= limits["many_slips"] <= limits["some_slips"] < 0
    assert limits["rare_words"] == SMALLEST_SHIFT * max(1, (n_grades - 1) / 10)
    assert MOST_CHANGED == limits["trailing_space"]


@pytest.mark.parametrize(
    ("name", "shift", "verdict"),
    [
        ("stock_sentences", 1, "broken"),
        ("stock_sentences", 0, "holds"),
        ("stock_sentences", -1, "holds"),
        ("shuffled_sentences", 0, "broken"),
        ("shuffled_sentences", -1, "holds"),
        ("shuffled_words", -1, "holds"),
        ("no_punctuation", 1, "broken"),
        ("swapped_quotes", 0, "holds"),
        ("swapped_quotes", -1, "broken"),
        ("swapped_quotes", 1, "broken"),
    ],
)
def test_a_clear_answer_is_judged(name: str, shift: int, verdict: str) -> None:
    """Eighty essays that all move alike leave no doubt."""
    response = respond(name, [4] * 80, [4 + shift] * 80)
    assert verdict == response.verdict
    assert Interval(shift, shift, shift) == response.change
    assert (float(shift > 0), float(shift < 0)) == (response.raised, response.lowered)
    assert shift == response.score_change


def test_a_mean_change_of_nothing_does_not_hide_grades_that_move() -> None:
    """When half rise and half fall, what is invisible is broken all the same."""
    response = respond("windows_line_ends", [4] * 80, [3, 5] * 40)
    assert 0 == response.change.estimate
    assert "broken" == response.verdict
    assert wilson_interval(80, 80) == response.changed == response.judged


def test_the_bounds_decide_and_not_the_estimate() -> None:
    """A figure on the good side whose interval reaches beyond the limit shows nothing."""
    limit = PERTURBATIONS["rare_words"].most
    few = respond("rare_words", [4] * 30, [4] * 24 + [5] * 6)
    assert few.change.estimate < limit < few.change.high
    many = respond("rare_words", [4] * 3000, [4] * 2400 + [5] * 600)
    assert ("not shown", "holds") == (few.verdict, many.verdict)


@given(st.floats(-2, 2), st.floats(0, 1), st.floats(0, 1), st.floats(-2, 2), st.integers(1, 100))
def test_verdicts_follow_from_bounds(
    estimate: float, below: float, above: float, limit: float, n: int
) -> None:
    """Surely within, surely beyond, or neither; of few essays nothing is concluded."""
    figure = Interval(estimate, estimate - below, estimate + above)
    verdict = judge(figure, limit=limit, n=n)
    if verdict == "holds":
        assert figure.high <= limit
    if verdict == "broken":
        assert figure.low > limit
    assert (verdict == "not shown") == (n < FEWEST_ESSAYS or figure.low <= limit < figure.high)


@given(codes, st.randoms(use_true_random=False))
def test_only_essays_with_room_are_counted(before: list[int], random: Any) -> None:
    """Padding cannot raise the highest grade, nor damage lower the lowest."""
    after = [random.randrange(9) for _ in before]
    padded = respond("rare_words", before, after)
    assert sum(code < 8 for code in before) == padded.n
    damaged = respond("shuffled_words", before, after)
    assert sum(code > 0 for code in before) == damaged.n
    unseen = respond("trailing_space", before, after)
    assert len(before) == unseen.n
    assert unseen.changed.estimate == pytest.approx(unseen.raised + unseen.lowered)
    if padded.n:
        low, high = padded.change.low, padded.change.high
        assert padded.n == 1 or low <= padded.change.estimate <= high


def test_room_grows_with_what_is_asked() -> None:
    """Where six steps of sixty must be lost, essays with five to lose are left out."""
    points = Scale("points", tuple(str(score) for score in range(61)))
    response = respond("shuffled_words", [5, 6, 30], [0, 0, 0], points)
    assert (-6.0, 2) == (response.limit, response.n)


def test_what_no_essay_allows_is_not_tried() -> None:
    """The row stays, without figures and without a verdict."""
    response = respond("task_copied", [], [])
    assert (0, "not tried") == (response.n, response.verdict)
    figures = (response.change.estimate, response.changed.low, response.raised, response.score_change)
    assert all(math.isnan(figure) for figure in figures)


def test_responses_are_found_by_verdict() -> None:
    """Every response has one verdict, and the four together are all."""
    found = whole()
    by_verdict = {
        verdict: {each.name for each in found.having(verdict)}
        for verdict in ("holds", "broken", "not shown", "not tried")
    }
    assert {"task_copied"} == by_verdict["not tried"]
    assert "shuffled_words" in by_verdict["holds"]
    assert {"off_topic_ending", "trailing_space"} <= by_verdict["broken"]
    assert set(PERTURBATIONS) == set.union(*by_verdict.values())


def test_a_record_holds_every_response() -> None:
    """As strict JSON, undefined figures as null."""
    found = whole()
    record = json.loads(json.dumps(robustness_to_json(found), allow_nan=False))
    assert [each.name for each in found.responses] == [row["name"] for row in record["responses"]]
    assert (found.n, {"name": found.scale.name, "grades": list(found.scale.grades)}) == (
        record["n"],
        record["scale"],
    )
    first = found.responses[0]
    assert interval_to_json(first.change) == record["responses"][0]["change"]
    (untried,) = (row for row in record["responses"] if row["verdict"] == "not tried")
    assert {"estimate": None, "low": None, "high": None} == untried["change"]


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    """Unknown changes, and arrays of different essays."""
    with pytest.raises(InputError, match="perturbation 'rot13' is not known; use one of repeated_paragraph"):
        evaluate_robustness({"rot13": answers([1], [1])}, BANDS, n=1)
    with pytest.raises(InputError, match="rare_words: arrays of shapes"):
        evaluate_robustness({"rare_words": answers([1, 2], [1])}, BANDS, n=2)
    with pytest.raises(InputError, match="confidence is 1.5"):
        evaluate_robustness({}, BANDS, n=0, resampling=Resampling(confidence=1.5))
