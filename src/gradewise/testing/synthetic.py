"""Synthetic school essays with grades: text that may be shared, with a known truth behind it.

Every writer has a quality, around which abilities vary; the abilities shape the text, and teachers see the
quality with some error. A grading model that reads the text well therefore finds real signal, and none finds
more than there is. Lengths, mistakes and noise are set so that the figures are those of real essays: two
teachers agree to a QWK of about .8, and length alone gives .4 to .5.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import floor, sqrt
from random import Random
from statistics import NormalDist

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.testing.composition import Traits, compose
from gradewise.testing.dice import Dice
from gradewise.testing.phrasebook import phrase_book

GRADES = ("F", "E", "D", "D+", "C", "C+", "B", "A")
"""The Swedish eight-grade scale, lowest first."""

SCHOOLS = ("Almskolan", "Bergaskolan", "Dalskolan", "Ekskolan", "Havsskolan", "Lindskolan")
"""Made-up schools; none is better than another, so a difference between them is chance."""

YEARS = ("7", "8", "9")
"""School years; none is better than another here."""

COLUMNS = ("id", "text", "grade", "prompt", "prompt_text", "written_at", "school", "year")
"""Columns of `to_rows`."""

TEACHER_NOISE = 0.75
"""Standard deviation of one teacher's deviation from an essay's quality, in grade steps."""

_MEAN_GRADE, _GRADE_SPREAD = 3.35, 1.65  # of quality in grade steps, before teachers err
_TRAIT_SPREAD = 0.75  # of an ability around the writer's quality: abilities correlate at about .6
_LENGTH_PULL = 0.58  # of quality on length
_FARTHEST = 3.0  # standard deviations from the average writer
_STANDARD = NormalDist()

_TERMS = tuple(
    (datetime(year + spring, 1 if spring else 8, 10 if spring else 22, tzinfo=UTC), 148 if spring else 116)
    for year in (2022, 2023, 2024)
    for spring in (False, True)
)
"""School terms as first day and number of days."""


@dataclass(frozen=True, slots=True)
class SyntheticEssay:
    """An essay together with what is never known of a real one."""

    essay: Essay
    """The essay, graded by a teacher."""
    quality: float
    """The quality behind the grade, as the share of writers below it: 0 to 1."""
    traits: Traits
    """The writer's abilities."""
    second_label: str
    """The grade that another teacher gave, knowing nothing of the first."""


def prompts(language: str = "en") -> tuple[str, ...]:
    """Titles of the writing tasks.

    Raises:
        InputError: there are no synthetic essays in this language.
    """
    return tuple(topic.title for topic in phrase_book(language).topics)


def generate_essays(
    n: int, *, seed: int, language: str = "en", teacher_noise: float = TEACHER_NOISE
) -> tuple[Essay, ...]:
    """Write and grade essays on the Swedish eight-grade scale.

    Args:
        n: How many, at least one. The first essays of a larger set are those of a smaller one.
        seed: Of everything; the same on every platform.
        language: ISO 639-1 code, one of `LANGUAGES`.
        teacher_noise: Standard deviation of the teacher's error in grade steps; texts do not depend on it.

    Raises:
        InputError: an argument is out of range.

    >>> essay = generate_essays(1, seed=7)[0]
    >>> essay.id, essay.label in GRADES, essay.prompt in prompts()
    ('essay-00001', True, True)
    """
    return tuple(
        truth.essay
        for truth in generate_with_truth(n, seed=seed, language=language, teacher_noise=teacher_noise)
    )


def generate_with_truth(
    n: int, *, seed: int, language: str = "en", teacher_noise: float = TEACHER_NOISE
) -> tuple[SyntheticEssay, ...]:
    """The essays of `generate_essays`, with the quality and the abilities behind them.

    Raises:
        InputError: an argument is out of range.
    """
    if n < 1:
        raise InputError(f"cannot generate {n} essays; ask for at least 1")
    if not 0 <= teacher_noise < float("inf"):
        raise InputError(f"teacher noise is {teacher_noise} grade steps; it must be 0 or more")
    return tuple(_generate(n, seed=seed, language=language, teacher_noise=teacher_noise))


def generate_one(quality: float, *, prompt: str, rng: Random, language: str = "en") -> str:
    """Write one essay of a given quality.

    Args:
        quality: Share of writers that are worse, 0 to 1.
        prompt: Title of the task, one of `prompts`.
        rng: Where chance comes from.
        language: ISO 639-1 code.

    Raises:
        InputError: the quality is out of range, or language or prompt are not known.
    """
    if not 0 <= quality <= 1:
        raise InputError(f"quality is {quality}; it must be between 0 and 1")
    book = phrase_book(language)
    dice = Dice(rng)
    return compose(_traits(_deviations(quality), dice), book.topic(prompt), book=book, dice=dice)


def to_rows(essays: Sequence[Essay]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Column names and rows of text, as a table for people and for `gradewise` to read; unknown is empty."""
    return COLUMNS, tuple(_row(essay) for essay in essays)


def _row(essay: Essay) -> tuple[str, ...]:
    return (
        essay.id,
        essay.text,
        essay.label or "",
        essay.prompt or "",
        essay.prompt_text or "",
        essay.written_at.isoformat() if essay.written_at else "",
        essay.groups.get("school", ""),
        essay.groups.get("year", ""),
    )


def _generate(n: int, *, seed: int, language: str, teacher_noise: float) -> Iterator[SyntheticEssay]:
    """Yield essays, each from seeds of its own, so that none depends on how many there are."""
    book = phrase_book(language)
    for number in range(1, n + 1):
        dice = Dice(Random(f"{language} {seed} {number}"))
        teachers = Dice(Random(f"{language} {seed} {number} teachers"))
        quality = dice.roll()
        traits = _traits(_deviations(quality), dice)
        first, second = (_grade(quality, teacher_noise * teachers.normal()) for _ in range(2))
        topic = dice.pick(book.topics)
        essay = Essay(
            id=f"essay-{number:05d}",
            text=compose(traits, topic, book=book, dice=dice),
            label=first,
            prompt=topic.title,
            prompt_text=topic.task,
            written_at=_school_day(dice),
            groups={"school": dice.pick(SCHOOLS), "year": dice.pick(YEARS)},
        )
        yield SyntheticEssay(essay=essay, quality=quality, traits=traits, second_label=second)


def _deviations(quality: float) -> float:
    """Quality in standard deviations from the average writer."""
    return min(max(_STANDARD.inv_cdf(min(max(quality, 1e-9), 1 - 1e-9)), -_FARTHEST), _FARTHEST)


def _traits(deviations: float, dice: Dice) -> Traits:
    """Abilities around a quality: a text shows it in part, as real texts do what teachers value."""
    accuracy, vocabulary, cohesion, content = (deviations + _TRAIT_SPREAD * dice.normal() for _ in range(4))
    length = _LENGTH_PULL * deviations + sqrt(1 - _LENGTH_PULL**2) * dice.normal()
    return Traits(accuracy=accuracy, vocabulary=vocabulary, cohesion=cohesion, content=content, length=length)


def _grade(quality: float, error: float) -> str:
    """The grade whose cut points, half a step to either side, hold the quality as this teacher sees it."""
    seen = _MEAN_GRADE + _GRADE_SPREAD * _deviations(quality) + error
    return GRADES[min(max(floor(seen + 0.5), 0), len(GRADES) - 1)]


def _school_day(dice: Dice) -> datetime:
    """A time between 8 and 15 o'clock on a weekday of a school term."""
    first, days = dice.pick(_TERMS)
    day = first + timedelta(days=int(dice.roll() * days))
    friday = timedelta(days=max(day.weekday() - 4, 0))
    return day - friday + timedelta(hours=8, minutes=int(dice.roll() * 7 * 60))
