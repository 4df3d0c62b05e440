"""A made-up model as a scoring service holds them: quick, and as well or badly behaved as a test wants it."""

import hashlib
import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.testing.graders import SCALE
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import ModelIdentity, Reading

Behaviour = Literal["well", "raises", "sleeps", "dies", "talks nonsense"]
"""How a made-up model behaves when it is asked to grade."""

LONG_S = 3600.0
"""Seconds that a model sleeps that does not answer: longer than any test."""


@dataclass(slots=True)
class MadeUpModel:
    """Grades an essay by its number of words; a `GradingModel`."""

    name: str = "made-up"
    """Of the model."""
    step: int = 5
    """Words that make a grade."""
    reads: str = "words"
    """What its readings are; models that read alike say the same."""
    behaves: Behaviour = "well"
    """How."""
    scale: Scale = SCALE
    """Of the grade."""
    width: int = 1
    """Numbers in a reading."""
    reads_judgement: bool = False
    """Whether it is said to read what judgement found."""
    n_read: int = 0
    """Essays read so far."""
    closed: bool = False
    """Whether it was closed."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model it is."""
        digest = hashlib.sha256(f"{self.name} {self.step}".encode()).hexdigest()
        return ModelIdentity(name=self.name, version="20260131_120000", digest=digest)

    @property
    def reading_fingerprint(self) -> str:
        """What the numbers of a reading are."""
        return hashlib.sha256(self.reads.encode()).hexdigest()

    def read(self, essays: Sequence[Essay]) -> tuple[Reading, ...]:
        """Count words."""
        self.n_read += len(essays)
        return tuple(Reading(np.array([len(each.text.split())], np.float32), ()) for each in essays)

    def grade(
        self, essay_ids: Sequence[str], readings: Sequence[Reading], *, n_reasons: int = 0
    ) -> tuple[Prediction, ...]:
        """Grade, or do what the first essay is called after, or what it always does."""
        del n_reasons
        asked = essay_ids[0] if essay_ids else ""
        match asked if asked in get_args(Behaviour) else self.behaves:
            case "raises":
                raise RuntimeError("words that may quote an essay")
            case "sleeps":
                time.sleep(LONG_S)
            case "dies":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "talks nonsense":
                return ()
        return tuple(map(self._prediction, essay_ids, readings))

    def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True

    def _prediction(self, essay_id: str, reading: Reading) -> Prediction:
        grades = self.scale.grades
        code = min(int(reading.values[0]) // self.step, len(grades) - 1)
        others = 0.4 / (len(grades) - 1)
        likely = {grade: 0.6 if grade == grades[code] else others for grade in grades}
        return Prediction(
            essay_id=essay_id,
            grade=grades[code],
            probabilities=likely,
            confidence=0.6,
            score=float(code),
            grade_set=(grades[code],),
            agreement=0.6,
            cuts={},
            released=True,
            traits={},
            advisories=(),
            reasons=(),
            model=f"{self.name} 20260131_120000",
        )


def build_made_up(files: Mapping[str, bytes]) -> MadeUpModel:
    """A made-up model of a bundle whose one file, ``name``, holds its name; others are refused."""
    return MadeUpModel(name=files["name"].decode())
