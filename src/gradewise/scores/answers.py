"""What stands in a stored answer, read back for whoever looks at it: grades, doubts, and the reasons."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradewise.errors import InputError
from gradewise.essays.scales import Scale, class_scale
from gradewise.features.advisories.advisory import ADVISORIES
from gradewise.scores.records import ScoreDraft

BY_CHANCE = "drawn by chance, to know how good released grades are"
"""Why somebody looks at an answer of the audit sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """A prediction as the score log keeps it."""

    grades: tuple[str, ...]
    """Of the model's scale, lowest first; empty where the answer does not say."""
    grade: str
    """The grade that was given."""
    agreement: float | None
    """Probability that the teacher agrees about every declared cut."""
    cuts: Mapping[str, float]
    """The same for each cut, named by the lowest grade above it."""
    advisories: tuple[tuple[str, str], ...]
    """Code and evidence of what speaks against believing the grade, most urgent first."""
    probabilities: Mapping[str, float] = field(default_factory=dict)
    """P(grade) for every grade; empty where the answer does not say."""
    ordered: bool = True
    """Whether `grades` are grades, or classes without order."""
    out_of_scope: str | None = None
    """The label of texts that belong to none of the classes; ``None`` where the model knew none."""

    @property
    def scale(self) -> Scale:
        """The model's scale.

        Raises:
            InputError: the answer does not say which grades there were.
        """
        if not self.grades:
            raise InputError("the answer does not say which grades its model gives; it cannot be corrected")
        return Scale("of this model", self.grades, ordered=self.ordered)

    @property
    def decidable(self) -> Scale:
        """What a teacher may decide: a grade, or a class, or that it is none of the classes.

        Raises:
            InputError: the answer does not say which grades there were.
        """
        return scale_of_decisions((self,))

    @property
    def no_class(self) -> str:
        """What a teacher decides about a text that belongs to none of the classes.

        Raises:
            InputError: the model knew no label for such texts.
        """
        if self.out_of_scope is None:
            what = "grades, of which every essay has one" if self.ordered else "classes and knows no label"
            raise InputError(
                f'the model gives {what}, so that nothing says "none of these"; decide for one of them'
                + ("" if self.ordered else ", or train with classifier.out_of_scope: LABEL")
            )
        return self.out_of_scope


def scale_of_decisions(answers: Sequence[StoredAnswer]) -> Scale:
    """What teachers may have decided about answers of one scale, at least one.

    Raises:
        InputError: the first answer does not say which grades there were.
    """
    scale = answers[0].scale
    labels = {each.out_of_scope: None for each in answers if each.out_of_scope is not None}
    more = [label for label in labels if label not in scale.grades]
    return class_scale((*scale.grades, *more)) if more and not scale.ordered else scale


def read_answer(draft: ScoreDraft) -> StoredAnswer:
    """What an answer says; what an older one does not say is empty.

    Raises:
        InputError: it is not JSON.
    """
    try:
        content = json.loads(draft.prediction)
    except ValueError as error:
        raise InputError(f"answer {draft.id} is not readable; verify the log: gradewise scores verify") from (
            error
        )
    told: Mapping[str, Any] = content if isinstance(content, dict) else {}
    agreement = told.get("agreement")
    return StoredAnswer(
        grades=tuple(told.get("probabilities", ())),
        probabilities=_numbers(told.get("probabilities")),
        grade=draft.grade,
        agreement=None if agreement is None else float(agreement),
        cuts={str(name): float(sure) for name, sure in told.get("cuts", {}).items()},
        advisories=tuple((str(each["code"]), str(each["message"])) for each in told.get("advisories", ())),
        ordered=told.get("in_scope") is None,
        out_of_scope=None if told.get("out_of_scope") is None else str(told["out_of_scope"]),
    )


def _numbers(told: object) -> dict[str, float]:
    """What are numbers among what is told by name; harmed answers are read too."""
    items = told.items() if isinstance(told, dict) else ()
    return {str(name): float(each) for name, each in items if isinstance(each, int | float)}


def why_reviewed(draft: ScoreDraft) -> str:
    """Why somebody is to look at an answer, in a line that quotes no essay; empty where nobody is."""
    if draft.route != "review":
        return BY_CHANCE if draft.route == "audit" else ""
    answer = read_answer(draft)
    reasons = [
        f"{ADVISORIES[code].label}: {message}"
        for code, message in answer.advisories
        if code in ADVISORIES and ADVISORIES[code].severity == "review"
    ]
    return "; ".join(reasons) or _doubt(answer)


def _doubt(answer: StoredAnswer) -> str:
    if answer.agreement is None:
        return "the model is not sure enough"
    if not answer.ordered:
        return f"this class with probability {answer.agreement:.2f}: it may be none of the known ones"
    if len(answer.cuts) == 1:
        (cut,) = answer.cuts
        return f"on the right side of {cut} with probability {answer.agreement:.2f}"
    nearest = min(answer.cuts, key=answer.cuts.__getitem__, default=None)
    beside = "" if nearest is None else f", least sure whether it reaches {nearest}"
    return f"this grade with probability {answer.agreement:.2f}{beside}"
