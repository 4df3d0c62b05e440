"""Answers of two models to the same text, with what a teacher decided: what a trial is judged by.

Corrections of reviewed answers are about the hard essays: the model's own doubts chose them. Those of the
audit sample were drawn by chance, so that only they speak for everything that is released.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Graded
from gradewise.scores.answers import read_answer
from gradewise.scores.audits import Decided
from gradewise.scores.corrections import Correction
from gradewise.scores.records import ScoreDraft

Selection = Literal["audit", "all"]
"""Which corrections count: those of the audit sample, which chance drew, or every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPair:
    """What two models said of one text, and what a teacher says of it."""

    reference: ScoreDraft
    """What the champion said."""
    candidate: ScoreDraft
    """What the challenger said."""
    correction: Correction
    """What a teacher decided last."""


def decided_by_chance(decided: Iterable[Decided]) -> tuple[Decided, ...]:
    """Those whose essay was drawn for the audit sample."""
    return tuple(each for each in decided if each.answer.route == "audit")


def models_on_trial(answers: Iterable[ScoreDraft]) -> tuple[str, str]:
    """Content ids of champion and challenger: of the newest answers in either role.

    Raises:
        InputError: nobody has answered in one of the roles.
    """
    newest: dict[bool, ScoreDraft] = {}
    for answer in answers:
        on_trial = answer.arm != "champion"
        if on_trial not in newest or newest[on_trial].made_at <= answer.made_at:
            newest[on_trial] = answer
    if len(newest) < 2:  # noqa: PLR2004 - two roles
        missing = "challenger" if False in newest else "champion"
        raise InputError(
            f"no {missing} has answered about an essay that a teacher decided about; let a challenger answer "
            "in the shadow, or compare on a file: --data essays.csv"
        )
    return newest[False].model_digest, newest[True].model_digest


def pair_answers(
    decided: Sequence[Decided], answers: Iterable[ScoreDraft], *, reference: str, candidate: str
) -> tuple[AnswerPair, ...]:
    """Texts that both models answered and a teacher decided about, each once, in the order of decisions.

    Of texts that belong to none of the classes neither model can name the right one: they are left out.

    Args:
        decided: what teachers decided.
        answers: of any model, about any text; of one model and text the newest counts.
        reference: content id of the champion.
        candidate: content id of the challenger.
    """
    said = {(_text(each), each.model_digest): each for each in sorted(answers, key=lambda each: each.made_at)}
    pairs: dict[tuple[str, str], AnswerPair] = {}
    for each in sorted(decided, key=lambda each: each.correction.corrected_at):
        text = _text(each.answer)
        first, second = said.get((text, reference)), said.get((text, candidate))
        if first is not None and second is not None and not _is_of_no_class(each):
            pairs.pop(text, None)
            pairs[text] = AnswerPair(reference=first, candidate=second, correction=each.correction)
    return tuple(pairs.values())


def graded_pairs(pairs: Sequence[AnswerPair]) -> tuple[Scale, Graded, Graded]:
    """The scale, and what champion and challenger said of the texts, beside the teacher.

    Raises:
        InputError: there is no pair, the two grade on different scales, or an answer is not readable.
    """
    if not pairs:
        raise InputError(
            "there is no text that both models answered and a teacher decided about; collect more, or "
            "compare on a file: --data essays.csv"
        )
    drafts = [draft for pair in pairs for draft in (pair.reference, pair.candidate)]
    grades = {read_answer(draft).grades for draft in drafts}
    if len(grades) > 1:
        raise InputError("the two models give grades of different scales; only those of one can be compared")
    scale = read_answer(drafts[0]).scale
    true = scale.codes([pair.correction.grade for pair in pairs])
    ids = tuple(pair.reference.essay_id for pair in pairs)
    first = _graded(scale, ids, true, [pair.reference for pair in pairs])
    return scale, first, _graded(scale, ids, true, [pair.candidate for pair in pairs])


def _is_of_no_class(decided: Decided) -> bool:
    return decided.correction.grade == read_answer(decided.answer).out_of_scope


def _text(draft: ScoreDraft) -> tuple[str, str]:
    return draft.text_sha256, draft.task_sha256


def _graded(
    scale: Scale, essay_ids: tuple[str, ...], true: np.ndarray, drafts: Sequence[ScoreDraft]
) -> Graded:
    told: list[Mapping[str, object]] = [json.loads(draft.prediction) for draft in drafts]
    probabilities = [[float(of[grade]) for grade in scale.grades] for of in map(_likely, told)]
    return Graded(
        essay_ids=essay_ids,
        true_codes=true,
        predicted_codes=scale.codes([draft.grade for draft in drafts]),
        scores=np.array([float(str(each["score"])) for each in told]),
        probabilities=np.array(probabilities),
        ordered=scale.ordered,
    )


def _likely(told: Mapping[str, object]) -> Mapping[str, float]:
    likely = told["probabilities"]
    return likely if isinstance(likely, Mapping) else {}
