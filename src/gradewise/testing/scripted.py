"""A model that says what it was told to say, or does not answer, for tests of whoever asks it."""

from collections.abc import Callable, Sequence

from gradewise.errors import InputError
from gradewise.testing.judged import GRADES, probabilities
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import ModelIdentity
from gradewise.workflows.scoring.requests import Scored, ScoreRequest

IDENTITY = ModelIdentity(name="essays", version="20260101_000000", digest="a" * 64)
"""Of the model."""


class ScriptedScoring:
    """Grades every essay of a made-up batch by its number; what it was told to fail on, it fails on."""

    def __init__(
        self,
        *,
        grades: Sequence[str] = GRADES,
        share: float = 0.6,
        unreadable: frozenset[str] = frozenset(),
        breaks_on: frozenset[str] = frozenset(),
        fails_with: Callable[[], Exception] | None = None,
        identities: Sequence[ModelIdentity] = (IDENTITY,),
        reads_judgement: bool = False,
    ) -> None:
        """Say how.

        Args:
            grades: Of its scale, lowest first.
            share: Probability of the grade that it gives.
            unreadable: Essays that cannot be read.
            breaks_on: Essays on which it breaks down.
            fails_with: What every question ends in.
            identities: Of the models that answer one question after the other; the last stays.
            reads_judgement: Whether it is said to read what judgement found.
        """
        self.asked: list[tuple[str, ...]] = []
        """Essays of every question, in order."""
        self.given: dict[str, dict[str, float]] = {}
        """Numbers that essays came with."""
        self.fails_with = fails_with
        self._grades, self._share = tuple(grades), share
        self._unreadable, self._breaks_on = unreadable, breaks_on
        self._identities = list(identities)
        self._reads_judgement = reads_judgement

    async def score_many(
        self, requests: Sequence[ScoreRequest], *, batch_id: str = "", deadline_s: float | None = None
    ) -> tuple[Scored, ...]:
        """Answers in order."""
        del batch_id, deadline_s
        names = tuple(request.essay.id for request in requests)
        self.asked.append(names)
        self.given |= {request.essay.id: dict(request.essay.given) for request in requests}
        if self.fails_with is not None:
            raise self.fails_with()
        if bad := self._unreadable & set(names):
            raise InputError(f"essay {min(bad)!r} holds no word")
        if self._breaks_on & set(names):
            raise RuntimeError("the reader has died")
        model = self._identities.pop(0) if len(self._identities) > 1 else self._identities[0]
        return tuple(self._answer(name, model) for name in names)

    def _answer(self, name: str, model: ModelIdentity) -> Scored:
        grade = self._grades[min(int(name[1:]) * len(self._grades) // 10, len(self._grades) - 1)]
        prediction = Prediction(
            essay_id=name,
            grade=grade,
            probabilities=probabilities(self._grades, grade, self._share),
            confidence=self._share,
            score=float(self._grades.index(grade)),
            grade_set=(grade,),
            agreement=self._share,
            cuts={},
            released=True,
            traits={},
            advisories=(),
            reasons=(),
            model=f"{model.name} {model.version}",
        )
        return Scored(
            score_id=name.encode().hex().ljust(32, "0"),
            prediction=prediction,
            model=model,
            arm="champion",
            route="release",
            cached=False,
            reads_judgement=self._reads_judgement,
        )
