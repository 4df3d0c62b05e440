"""What a model in a process of its own is asked, and says: JSON values of known types."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradewise.errors import BundleError, InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.features.advisories.advisory import Advisory
from gradewise.workflows.score import Prediction
from gradewise.workflows.scoring.models import GradingModel, ModelIdentity, Reading

MESSAGE = "message"
"""What a message is called where it cannot be read."""


@dataclass(frozen=True, slots=True)
class SaidReading:
    """What a model has read of an essay, as it travels."""

    values: tuple[float, ...]
    """Its numbers, of 32 bits each."""
    advisories: tuple[Advisory, ...]
    """What speaks against believing a grade."""
    cached: bool
    """Whether it was in the cache."""

    @classmethod
    def of(cls, reading: Reading) -> "SaidReading":
        """A reading that is to travel."""
        return cls(tuple(reading.values.tolist()), reading.advisories, reading.cached)

    @property
    def reading(self) -> Reading:
        """The same reading, bit for bit."""
        return Reading(np.array(self.values, dtype=np.float32), self.advisories, self.cached)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a model, as it travels."""

    identity: ModelIdentity
    """Which it is."""
    scale: Scale
    """Of the overall grade."""
    width: int
    """Numbers in a reading."""
    reading_fingerprint: str
    """What those numbers are."""
    reads_judgement: bool
    """Whether it reads what comparative judgement found."""

    @classmethod
    def of(cls, model: GradingModel) -> "Known":
        """What a model says of itself."""
        fingerprint = model.reading_fingerprint
        return cls(model.identity, model.scale, model.width, fingerprint, model.reads_judgement)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the process: to read, or to grade."""

    essays: tuple[Essay, ...] = ()
    """Essays to be read; when empty, something is to be graded."""
    essay_ids: tuple[str, ...] = ()
    """Essays to be graded."""
    readings: tuple[SaidReading, ...] = ()
    """What was read of them, in their order."""
    n_reasons: int = 0
    """How many reasons to give."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What it says: what it knows of itself, what it has read, what it grades, or why it cannot."""

    known: Known | None = None
    """What it knows of itself."""
    readings: tuple[SaidReading, ...] = ()
    """What it has read."""
    predictions: tuple[Prediction, ...] = ()
    """What it grades."""
    error: Literal["", "input", "bundle", "other"] = ""
    """The family of what went wrong; empty where nothing did."""
    message: str = ""
    """What went wrong, without a word of an essay."""

    def require(self) -> "Answered":
        """The same, where it is no error.

        Raises:
            InputError: the model refuses an essay.
            BundleError: the model cannot be built, or the readings are another model's.
            UnavailableError: the model failed in any other way.
        """
        match self.error:
            case "":
                return self
            case "input":
                raise InputError(self.message)
            case "bundle":
                raise BundleError(self.message)
            case _:
                raise UnavailableError(self.message)
