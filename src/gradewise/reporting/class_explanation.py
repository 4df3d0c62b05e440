"""Why one text got its class: what each word did, by leaving it out; in one value for all renderings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gradewise.reporting.explanation import ExplainedModel
from gradewise.reporting.wording import percentage

FORMAT = 1
"""Of the record; raised whenever a field changes its meaning or goes away."""
LEAST_SHOWN = 0.005
"""Effects on the probability that would read 0 % are not named."""
NAMED = 8
"""Words that are named on each side."""
METHOD = (
    "Leave one word out: each word is taken out wherever it stands, the shorter text is classified again, "
    "and the fall of the probability of the class given is what the word did. It holds for any model. "
    "Effects do not add up: of two words that say the same, neither is missed alone."
)
"""What was done, and what it is not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a word stands."""

    start: int
    """First character."""
    end: int
    """The one behind its last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPart:
    """What one word did."""

    word: str
    """As it is first spelled."""
    places: tuple[Place, ...]
    """Wherever it stands, in any case."""
    effect: float
    """Probability of the class given, less that without the word: above 0 it speaks for the class."""
    without: str
    """The class that would be given without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassExplanation:
    """Why one text got its class."""

    text_id: str
    """Which text."""
    text: str
    """The text; no record holds it, but for its words."""
    text_sha256: str
    """SHA-256 of the text in UTF-8: 64 hex digits."""
    language: str
    """ISO 639-1 code."""
    n_words: int
    """Words in it."""
    given: str
    """The class."""
    probabilities: Mapping[str, float]
    """P(class) for every class; they sum to 1."""
    in_scope: bool
    """Whether the text is taken for one of the classes at all."""
    words: tuple[WordPart, ...]
    """What each word did, strongest first; none of a single word, without which there is no text."""
    n_left: int
    """Words that were not looked at, of a long text."""
    limits: tuple[str, ...]
    """What the model cannot know, a sentence each."""
    model: ExplainedModel
    """Which model."""
    explained_at: datetime
    """When."""
    out_of_scope: str | None = None
    """The label of texts that belong to none of the classes; ``None`` where the model knows none."""

    @property
    def confidence(self) -> float:
        """Probability of the class given."""
        return self.probabilities[self.given]

    @property
    def speaking_for(self) -> tuple[WordPart, ...]:
        """The words that speak most for the class, strongest first."""
        return tuple(each for each in self.words if each.effect >= LEAST_SHOWN)[:NAMED]

    @property
    def speaking_against(self) -> tuple[WordPart, ...]:
        """The words that speak most against it, strongest first."""
        return tuple(each for each in self.words if each.effect <= -LEAST_SHOWN)[:NAMED]


@dataclass(frozen=True, slots=True)
class MarkedPiece:
    """A piece of a text, and the word that it is where that one is marked."""

    text: str
    """The piece."""
    part: WordPart | None = None
    """What the word did."""


def marked_pieces(explanation: ClassExplanation) -> tuple[MarkedPiece, ...]:
    """The whole text in pieces: words that speak for or against the class, and what stands between."""
    named = (*explanation.speaking_for, *explanation.speaking_against)
    found = sorted(((place, part) for part in named for place in part.places), key=lambda item: item[0].start)
    pieces, reached, text = [], 0, explanation.text
    for place, part in found:
        pieces += [MarkedPiece(text[reached : place.start]), MarkedPiece(text[place.start : place.end], part)]
        reached = place.end
    return tuple(piece for piece in (*pieces, MarkedPiece(text[reached:])) if piece.text)


def class_words(explanation: ClassExplanation) -> str:
    """How sure the class is, in a sentence."""
    said = f"probability {percentage(explanation.confidence)}"
    if explanation.in_scope:
        return said
    apart = "" if explanation.out_of_scope is None else f" ({explanation.out_of_scope})"
    return f"{said}; less than the model asks for: it may be none of its classes{apart}, let a person look"


def quiet_words(explanation: ClassExplanation) -> str:
    """Where no word is named: why; else nothing."""
    if explanation.speaking_for or explanation.speaking_against:
        return ""
    if not explanation.words:
        return "There are no two different words; without the one there is nothing to classify."
    return (
        "No single word matters: without any one of them the class is as probable. Several say the same, or "
        "the model does not go by these words."
    )


def class_explanation_record(explanation: ClassExplanation) -> dict[str, Any]:
    """Everything but the text itself, which its SHA-256 stands for, as JSON values; words are quoted."""
    model = explanation.model
    return {
        "format": FORMAT,
        "task": "nominal",
        "text": {
            "id": explanation.text_id,
            "sha256": explanation.text_sha256,
            "language": explanation.language,
            "words": explanation.n_words,
        },
        "model": {
            "name": model.name,
            "version": model.version,
            "digest": model.digest,
            "feature_fingerprint": model.feature_fingerprint,
            "n_texts": model.n_essays,
            "classes": list(explanation.probabilities),
        },
        "explained_at": explanation.explained_at.isoformat(),
        "class": explanation.given,
        "confidence": explanation.confidence,
        "in_scope": explanation.in_scope,
        "out_of_scope": explanation.out_of_scope,
        "probabilities": dict(explanation.probabilities),
        "method": METHOD,
        "words": [_word_record(each) for each in explanation.words],
        "words_not_looked_at": explanation.n_left,
        "limits": list(explanation.limits),
    }


def _word_record(word: WordPart) -> dict[str, Any]:
    return {
        "word": word.word,
        "places": [[place.start, place.end] for place in word.places],
        "effect": word.effect,
        "class_without": word.without,
    }
