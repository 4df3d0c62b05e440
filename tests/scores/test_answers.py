"""What is read back of a stored answer."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from gradewise.errors import InputError
from gradewise.scores.answers import BY_CHANCE, read_answer, scale_of_decisions, why_reviewed
from gradewise.scores.queue import WaitingCount, queue_state
from gradewise.scores.records import ScoreDraft
from gradewise.testing.score_logs import made_up_draft
from reviewed_essays import ALERT, GRADES, LONG, MONDAY, SHORT, answered


def test_an_answer_says_which_grades_there_were() -> None:
    """Grades come lowest first, as the model's scale has them."""
    answer = read_answer(answered(1, grade="D+", advisories=(SHORT,)))
    assert (GRADES, "D+", 0.7, {"E": 0.7}) == (answer.grades, answer.grade, answer.agreement, answer.cuts)
    assert GRADES == answer.scale.grades
    assert (("too_short", "40 words, fewest 100"),) == answer.advisories


def test_an_answer_that_does_not_say_its_grades_cannot_be_corrected() -> None:
    """An older answer is read as far as it goes."""
    answer = read_answer(replace(answered(1), prediction="[]"))
    assert ((), None, ()) == (answer.grades, answer.agreement, answer.advisories)
    with pytest.raises(InputError, match="which grades"):
        _ = answer.scale


def test_a_damaged_answer_is_refused() -> None:
    """The message names the answer and how to look further."""
    with pytest.raises(InputError, match="gradewise scores verify"):
        read_answer(replace(answered(1), prediction="{"))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"route": "release"}, ""),
        ({"route": "audit"}, BY_CHANCE),
        (
            {"advisories": (ALERT, SHORT, LONG)},
            "a person must read this: 1 sentence names harm; too short: 40 words, fewest 100",
        ),
        ({"advisories": (LONG,)}, "on the right side of E with probability 0.70"),
        ({"cuts": ("E", "A")}, "this grade with probability 0.70, least sure whether it reaches E"),
        ({"cuts": ()}, "this grade with probability 0.70"),
        ({"prediction": "{}"}, "the model is not sure enough"),
    ],
    ids=["released", "audit", "advisories", "note", "two-cuts", "no-cuts", "older"],
)  # fmt: skip
def test_why_somebody_looks(said: dict[str, object], why: str) -> None:
    """Advisories that a person must read come before doubts."""
    assert why == why_reviewed(answered(1, **said))  # type: ignore[arg-type]


def test_the_queue_counts_what_waits() -> None:
    """Days are those it takes if nothing more comes; the age is that of the oldest."""
    queued = WaitingCount(n_review=4, n_audit=1, oldest=MONDAY)
    state = queue_state(queued, now=MONDAY + timedelta(days=2), capacity=2)
    assert (4, 1, MONDAY, timedelta(days=2)) == (state.n_review, state.n_audit, state.oldest, state.age)
    assert (3, True) == (state.days, state.over_capacity)


def test_an_empty_queue_is_done() -> None:
    """Nothing waits, and nothing has an age; without a capacity there are no days."""
    state = queue_state(WaitingCount(), now=MONDAY)
    assert (0, None, timedelta(0), None, False) == (
        state.n, state.oldest, state.age, state.days, state.over_capacity,
    )  # fmt: skip
    assert 0 == queue_state(WaitingCount(), now=MONDAY, capacity=3).days


def classes_answer(number: int, *, out_of_scope: str | None = "oos") -> ScoreDraft:
    """An answer of a model of classes, which perhaps knows a label of texts of none."""
    known = {} if out_of_scope is None else {"out_of_scope": out_of_scope}
    told = {"probabilities": {"card": 0.6, "refund": 0.4}, "in_scope": False, **known}
    return made_up_draft(number, prediction=json.dumps(told), grade="card")


def test_a_teacher_may_say_that_it_is_none_of_the_classes() -> None:
    """Where the model knows a label for it; grades and other models have none, and say what to do."""
    known = read_answer(classes_answer(1))
    assert ("oos", ("card", "refund"), ("card", "oos", "refund")) == (
        known.no_class, known.scale.grades, known.decidable.grades,
    )  # fmt: skip
    older = read_answer(classes_answer(2, out_of_scope=None))
    assert older.scale == older.decidable
    with pytest.raises(InputError, match="classifier.out_of_scope: LABEL"):
        _ = older.no_class
    grades = read_answer(made_up_draft(3, prediction='{"probabilities":{"C":0.5,"B":0.5}}'))
    assert ("C", "B") == grades.decidable.grades
    with pytest.raises(InputError, match="of which every essay has one"):
        _ = grades.no_class


def test_decisions_about_several_models_are_on_one_scale() -> None:
    """What one of them calls none of the classes is on it, though another knows no such label."""
    answers = [read_answer(classes_answer(1, out_of_scope=None)), read_answer(classes_answer(2))]
    assert ("card", "oos", "refund") == scale_of_decisions(answers).grades
