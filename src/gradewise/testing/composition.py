"""One synthetic essay: from a writer's abilities to a text with a plan, paragraphs and mistakes."""

from dataclasses import dataclass, field
from math import exp

from gradewise.testing.dice import Dice
from gradewise.testing.learner_errors import BREAK, add_errors, draw_habits
from gradewise.testing.phrasebook import LEVELS, Argument, Phrase, PhraseBook, Reference, Topic, expand

SHORTEST, LONGEST = 90, 650
"""About how many words an essay has at least and at most."""

_MOST_POINTS = 4
_SHORT_SENTENCE = 6  # words
_MOST_ERRORS_PER_100_WORDS = 16.0
_DETAILS = ("reason", "example", "effect")


@dataclass(frozen=True, slots=True)
class Traits:
    """A writer's abilities on the day, each in standard deviations from the average writer."""

    accuracy: float
    """Few mistakes in spelling, grammar, capitals and punctuation."""
    vocabulary: float
    """Precise and rare words."""
    cohesion: float
    """Connectives, complex sentences, paragraphs."""
    content: float
    """Arguments, reasons, examples, answers to the other side."""
    length: float
    """How much is written; related to the others, and no quality in itself."""


@dataclass(slots=True)
class _Paragraph:
    """A paragraph of the main part, as it grows."""

    argument: Argument
    """What it is about."""
    lead: str
    """Its first sentence."""
    open: list[str]
    """Details of the argument that may still be given."""
    details: dict[str, str] = field(default_factory=dict)
    """Details that are given."""
    remarks: list[str] = field(default_factory=list)
    """Sentences that carry little."""

    def sentences(self) -> list[str]:
        """Lead, details in their natural order, remarks."""
        details = [self.details[kind] for kind in _DETAILS if kind in self.details]
        return [self.lead, *details, *self.remarks]


def share(deviations: float, *, slope: float) -> float:
    """An ability as a probability: 0.5 for the average writer."""
    return 1 / (1 + exp(-slope * deviations))


def compose(traits: Traits, topic: Topic, *, book: PhraseBook, dice: Dice) -> str:
    """Write an essay, mistakes included; newlines stand between paragraphs."""
    paragraphs = [written for written in _Writer(traits, topic, book, dice).paragraphs() if written]
    joined = share(traits.cohesion + 1, slope=1.8)
    words: list[str] = []
    for number, paragraph in enumerate(paragraphs):
        words += [BREAK] if number and dice.chance(joined) else []
        for sentence in paragraph:
            words += sentence.split(" ")
    mistakes = exp(1.15 - 0.95 * traits.accuracy + 0.25 * dice.normal())
    damaged = add_errors(
        words,
        per_100_words=min(mistakes, _MOST_ERRORS_PER_100_WORDS),
        habits=draw_habits(dice),
        dice=dice,
        table=book.errors,
    )
    return " ".join(damaged).replace(f" {BREAK} ", BREAK)


class _Writer:
    """Plans and phrases one essay, without mistakes."""

    def __init__(self, traits: Traits, topic: Topic, book: PhraseBook, dice: Dice) -> None:
        self._traits, self._topic, self._book, self._dice = traits, topic, book, dice
        self._richness = share(traits.vocabulary - 0.4, slope=1.4)
        self._linking = share(traits.cohesion - 0.2, slope=1.5)
        self._depth = share(traits.content, slope=1.2)
        self._target = min(max(exp(5.42 + 0.40 * traits.length), SHORTEST), LONGEST)
        side = int(dice.chance(0.5))
        self._own = dice.shuffled(topic.arguments[side])
        self._others = dice.shuffled(topic.arguments[1 - side])
        self._scope = {**book.words, "theme": topic.theme, "stance": topic.stances[side]}
        self._used: set[int] = set()
        self._length = 0

    def paragraphs(self) -> list[list[str]]:
        """Opening, main part and closing, each a list of sentences."""
        opening = [self._sentence("opening"), self._sentence("thesis")]
        closing = [self._sentence("closing")] if self._dice.chance(0.5 + 0.5 * self._depth) else []
        points = self._points()
        body = [*points, *self._counters([*self._own, *(point.argument for point in points)])]
        self._elaborate(body)
        self._fill(body)
        return [opening, *(paragraph.sentences() for paragraph in body), closing]

    def _points(self) -> list[_Paragraph]:
        """One paragraph for each argument that the writer finds; the first even when there is no room."""
        wanted = min(max(self._dice.whole(1.7 + 0.8 * self._traits.content), 1), _MOST_POINTS)
        paragraphs = [self._paragraph(self._own.pop(), "first_point")]
        while len(paragraphs) < wanted and self._own and self._length < self._target:
            paragraphs.append(self._paragraph(self._own.pop(), "point"))
        return paragraphs

    def _counters(self, answers: list[Argument]) -> list[_Paragraph]:
        """Say what the other side says, and answer; with what is new before what was said."""
        paragraphs: list[_Paragraph] = []
        wanted = self._dice.whole(2 * self._depth - 0.5)
        for contra, answer in zip(self._others[:wanted], answers, strict=False):
            if self._length < self._target:
                self._scope["contra"] = contra.point
                paragraphs.append(self._paragraph(answer, "counter"))
                paragraphs[-1].open.clear()
        return paragraphs

    def _elaborate(self, body: list[_Paragraph]) -> None:
        """Give reasons, examples and effects, as far as ability and length go."""
        places = [(paragraph, kind) for paragraph in body for kind in paragraph.open]
        for paragraph, kind in self._dice.shuffled(places):
            if self._length < self._target and self._dice.chance(0.15 + 0.85 * self._depth):
                self._speak_of(paragraph.argument)
                paragraph.details[kind] = self._sentence(kind)

    def _fill(self, body: list[_Paragraph]) -> None:
        """Say things that carry little until the essay is as long as the writer makes it."""
        asides = self._dice.shuffled(self._topic.asides)
        while self._length < self._target - _SHORT_SENTENCE:
            aside = bool(asides) and self._dice.chance(0.25)
            sentence = self._finished(asides.pop()) if aside else self._sentence("remark")
            self._dice.pick(body).remarks.append(sentence)

    def _paragraph(self, argument: Argument, function: str) -> _Paragraph:
        self._speak_of(argument)
        frame = self._frame(function)
        open_details = [kind for kind in _DETAILS if Reference(kind) not in frame]
        return _Paragraph(argument, self._finished(frame), open_details)

    def _speak_of(self, argument: Argument) -> None:
        """Make the clauses of this argument those that frames refer to."""
        self._scope |= {
            "point": argument.point,
            "reason": argument.reason,
            "example": argument.example,
            "effect": argument.effect,
        }

    def _sentence(self, function: str) -> str:
        """A sentence with this function."""
        return self._finished(self._frame(function))

    def _frame(self, function: str) -> Phrase:
        """A frame for this function, none twice in an essay while there are others."""
        level = sum(self._dice.chance(self._linking) for _ in LEVELS[1:])
        frames = self._book.frames[function][level]
        frame = self._dice.pick([frame for frame in frames if id(frame) not in self._used] or frames)
        self._used.add(id(frame))
        return frame

    def _finished(self, phrase: Phrase) -> str:
        """The phrase with its choices made, a capital in front and a full stop behind."""
        text = expand(phrase, self._scope, dice=self._dice, richness=self._richness)
        self._length += text.count(" ") + 1
        return text[0].upper() + text[1:] + ("" if text.endswith("?") else ".")
