"""Answers of two models to one text meet, each text once, with what was decided last."""

import json
from datetime import timedelta
from typing import Any

import pytest

from gradewise.errors import InputError
from gradewise.scores.answer_pairs import (
    decided_by_chance,
    graded_pairs,
    models_on_trial,
    pair_answers,
)
from gradewise.scores.audits import Decided
from gradewise.scores.records import ScoreDraft
from gradewise.testing.score_logs import NOON, made_up_correction, made_up_digest, made_up_draft

CHAMPION, CHALLENGER = made_up_digest("champion"), made_up_digest("challenger")
GRADES = ("E", "D", "C", "B", "A")


def answer(number: int, essay: int, *, grade: str = "C", shadow: bool = False, **changes: Any) -> ScoreDraft:
    """An answer of either model about an essay."""
    likely = {each: 0.6 if each == grade else 0.1 for each in GRADES}
    told: dict[str, Any] = {
        "essay_id": f"essay-{essay}",
        "text_sha256": made_up_digest("text", essay),
        "model_digest": CHALLENGER if shadow else CHAMPION,
        "arm": "shadow" if shadow else "champion",
        "grade": grade,
        "prediction": json.dumps({"grade": grade, "score": 2.5, "probabilities": likely}),
    }
    return made_up_draft(number, **{**told, **changes})


def decided(number: int, about: ScoreDraft, *, grade: str = "B", days: int = 1) -> Decided:
    """What a teacher decided about an answer."""
    when = NOON + timedelta(days=days)
    return Decided(answer=about, correction=made_up_correction(number, about, grade=grade, corrected_at=when))


def test_answers_to_the_same_text_meet() -> None:
    """Pairs come in the order of decisions; a text that one model alone answered is left out."""
    answers = [answer(1, 1), answer(2, 1, shadow=True), answer(3, 2, shadow=True), answer(4, 2), answer(5, 3)]
    said = [decided(1, answers[0], days=3), decided(2, answers[3], days=2), decided(3, answers[4])]
    pairs = pair_answers(said, answers, reference=CHAMPION, candidate=CHALLENGER)
    assert ["essay-2", "essay-1"] == [pair.reference.essay_id for pair in pairs]
    assert [CHALLENGER] * 2 == [pair.candidate.model_digest for pair in pairs]


def test_a_text_counts_once_with_its_last_decision_and_newest_answers() -> None:
    """Decided twice, about either model's answer, a text is one pair still."""
    answers = [answer(1, 1, grade="D"), answer(2, 1, shadow=True), answer(3, 1, grade="A")]
    said = [decided(1, answers[1], grade="A", days=2), decided(2, answers[0], grade="E", days=1)]
    (pair,) = pair_answers(said, reversed(answers), reference=CHAMPION, candidate=CHALLENGER)
    assert ("A", "A") == (pair.reference.grade, pair.correction.grade)


def test_another_task_is_another_text() -> None:
    """The same words in answer to another task make no pair."""
    answers = [answer(1, 1), answer(2, 1, shadow=True, task_sha256=made_up_digest("task"))]
    assert () == pair_answers([decided(1, answers[0])], answers, reference=CHAMPION, candidate=CHALLENGER)


def test_pairs_become_grades() -> None:
    """Scale, grades and probabilities come from the answers."""
    answers = [answer(1, 1, grade="D"), answer(2, 1, grade="A", shadow=True)]
    pairs = pair_answers([decided(1, answers[0])], answers, reference=CHAMPION, candidate=CHALLENGER)
    scale, first, second = graded_pairs(pairs)
    assert GRADES == scale.grades
    assert ([3], [1], [4]) == (
        first.true_codes.tolist(), first.predicted_codes.tolist(), second.predicted_codes.tolist(),
    )  # fmt: skip
    assert [[0.1, 0.6, 0.1, 0.1, 0.1]] == first.probabilities.tolist()
    assert [2.5] == second.scores.tolist()


def test_without_a_pair_there_is_nothing_to_judge() -> None:
    """The message says where else to look."""
    with pytest.raises(InputError, match="--data"):
        graded_pairs(())


def test_two_scales_are_refused() -> None:
    """Grades of different scales cannot be held against each other."""
    other = json.dumps({"score": 1.0, "probabilities": {"C": 0.5, "fail": 0.5}})
    answers = [answer(1, 1), answer(2, 1, shadow=True, prediction=other)]
    pairs = pair_answers([decided(1, answers[0])], answers, reference=CHAMPION, candidate=CHALLENGER)
    with pytest.raises(InputError, match="different scales"):
        graded_pairs(pairs)


def test_the_newest_models_are_on_trial() -> None:
    """Of several champions and challengers, those of the newest answers are meant."""
    older = answer(1, 1, model_digest=made_up_digest("older"))
    answers = [answer(3, 2), older, answer(2, 1, shadow=True), answer(4, 1, arm="challenger", shadow=False)]
    assert (CHAMPION, CHAMPION) == models_on_trial(answers)
    assert (CHAMPION, CHALLENGER) == models_on_trial(answers[:3])


@pytest.mark.parametrize(("shadow", "missing"), [(True, "champion"), (False, "challenger")])
def test_a_role_that_nobody_played_is_named(shadow: bool, missing: str) -> None:  # noqa: FBT001
    """Without one of the two there is no trial."""
    with pytest.raises(InputError, match=f"no {missing} has answered"):
        models_on_trial([answer(1, 1, shadow=shadow)])


def test_the_audit_sample_is_told_apart() -> None:
    """Only what chance drew."""
    drawn = decided(1, answer(1, 1, route="audit"))
    assert (drawn,) == decided_by_chance([drawn, decided(2, answer(2, 2, route="review"))])


def test_texts_of_no_class_are_left_out() -> None:
    """Neither model can name the right class of a text that has none."""
    said = json.dumps(
        {"score": 0.6, "probabilities": {"C": 0.6, "B": 0.4}, "in_scope": True, "out_of_scope": "oos"}
    )
    answers = [answer(at, at // 2, shadow=bool(at % 2), prediction=said) for at in range(4)]
    given = [decided(1, answers[0], grade="oos"), decided(2, answers[2], grade="B")]
    pairs = pair_answers(given, answers, reference=CHAMPION, candidate=CHALLENGER)
    assert ["essay-1"] == [pair.reference.essay_id for pair in pairs]
