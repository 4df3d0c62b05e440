"""The verdict on a challenger in words and as a picture."""

import numpy as np
import pytest

from gradewise.evaluation.challenge import Challenge, judge_challenge
from gradewise.evaluation.results import Graded, Resampling
from gradewise.reporting.charts.sequence import sequence_chart
from gradewise.reporting.topics.challenge import (
    challenge_record,
    challenge_sections,
    challenge_statements,
    figure_rows,
)
from gradewise.testing.graders import SCALE


def judged(n: int, *, first_off: int, second_off: int, every: int = 1) -> Challenge:
    """A trial in which the models are so many steps off, the second only now and then."""
    true = np.arange(n) % 3
    offs = (np.full(n, first_off), np.where(np.arange(n) % every == 0, second_off, first_off))
    first, second = (
        Graded(
            essay_ids=tuple(map(str, range(n))),
            true_codes=true,
            predicted_codes=true + off,
            scores=(true + off).astype(np.float64),
            probabilities=np.eye(SCALE.n_grades)[true + off],
        )
        for off in offs
    )
    return judge_challenge(first, second, scale=SCALE, resampling=Resampling(20, 0.95, 0, None))


@pytest.mark.parametrize(
    ("found", "kind", "words"),
    [
        (judged(300, first_off=1, second_off=0), "good", "Ready to promote"),
        (judged(300, first_off=0, second_off=1), "bad", "Do not promote"),
        (judged(30, first_off=1, second_off=0, every=9), "warn", "more will."),
        (judged(30, first_off=1, second_off=1), "warn", "would hardly show"),
    ],
    ids=["ready", "worse", "not yet", "never"],
)
def test_the_verdict_comes_first(found: Challenge, kind: str, words: str) -> None:
    """It says what to do, and how long it takes where it is not known."""
    verdict, described, *others = challenge_statements(found, ["a notice"])
    assert kind == verdict.kind
    assert words in verdict.text
    assert "do not stop the trial by it" in described.text
    assert ["a notice"] == [each.text for each in others]


def test_the_record_tells_in_squared_grades() -> None:
    """A challenger that is right where the champion is one step off gains one squared grade an essay."""
    record = challenge_record(judged(300, first_off=1, second_off=0))
    assert pytest.approx(1.0) == record["squared_distance"]["mean"]
    assert 300 == record["n_changed"] == len(record["changed"])


def test_changes_have_a_section_where_there_are_any() -> None:
    """Models that say the same have none."""
    assert ["nearer", "changed"] == [
        each.name for each in challenge_sections(judged(30, first_off=1, second_off=0))
    ]
    assert ["nearer"] == [each.name for each in challenge_sections(judged(30, first_off=1, second_off=1))]


def test_figures_stand_beside_each_other() -> None:
    """Each of the usual ones, with an interval for one look."""
    rows = list(figure_rows(judged(30, first_off=1, second_off=0)))
    assert ("Same grade", "0.000", "1.000") == rows[1][:3]


@pytest.mark.parametrize("n", [1, 2, 700])
def test_a_picture_of_any_length(n: int) -> None:
    """One grade or many: a line within its band."""
    found = judged(n, first_off=1, second_off=0)
    picture = sequence_chart("title", found.sequence, unit=16.0, ends=("worse", "better"))
    assert picture.count("<polygon") == 1
    assert f">{n:,}</text>" in picture
    assert picture.count(" ", picture.index('points="'), picture.index("/>", picture.index('points="'))) < 500
