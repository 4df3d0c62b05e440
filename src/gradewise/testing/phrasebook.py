"""What synthetic essays are put together from: phrases with choices in them, topics, frames."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from gradewise.errors import InputError
from gradewise.testing.dice import Dice

LANGUAGES = ("en", "sv")
"""Languages with a phrase book, ISO 639-1."""

LEVELS = ("loose", "linked", "woven")
"""How firmly a sentence is tied to the one before it, least first."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a phrase where another phrase goes."""

    name: str
    """Which one."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place in a phrase with several wordings."""

    plain: tuple["Phrase", ...]
    """Wordings that anybody uses, at least one."""
    rich: tuple["Phrase", ...]
    """Wordings of a writer who has many words; empty when there is no difference."""


Phrase = tuple[str | Reference | Choice, ...]
"""Literal text, references and choices, in order."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, from claim to consequence: clauses in lower case without a full stop."""

    point: Phrase
    """What is claimed."""
    reason: Phrase
    """Why it is so."""
    example: Phrase
    """Something that happened."""
    effect: Phrase
    """What comes of it."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A writing task with what can be said about it."""

    title: str
    """What the task is told apart by."""
    task: str
    """The task as the writer sees it."""
    theme: Phrase
    """What it is about, after a preposition."""
    stances: tuple[Phrase, Phrase]
    """A clause for it and a clause against it."""
    arguments: tuple[tuple[Argument, ...], tuple[Argument, ...]]
    """Arguments for and arguments against."""
    asides: tuple[Phrase, ...]
    """Things that one may say about it and that prove nothing."""


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """Which mistakes learners of a language make; an empty string means that the word is left out."""

    spelling: Mapping[str, tuple[str, ...]]
    """Wrong spellings of a word."""
    sounds: Mapping[str, tuple[str, ...]]
    """Wrong letters for the letters of a sound."""
    grammar: Mapping[str, tuple[str, ...]]
    """Wrong forms of a word."""


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """Everything needed to write in one language."""

    language: str
    """ISO 639-1 code."""
    words: Mapping[str, Phrase]
    """Phrases by name, for use in other phrases."""
    frames: Mapping[str, tuple[tuple[Phrase, ...], ...]]
    """Sentences by their function in the essay; one tuple for each of `LEVELS`."""
    topics: tuple[Topic, ...]
    """Writing tasks."""
    errors: ErrorTable
    """Mistakes."""

    def topic(self, title: str) -> Topic:
        """The topic of this title.

        Raises:
            InputError: there is none.
        """
        for topic in self.topics:
            if topic.title == title:
                return topic
        titles = "; ".join(topic.title for topic in self.topics)
        raise InputError(f"no prompt {title!r} in language {self.language}; there are: {titles}")


def parse_phrase(source: str) -> Phrase:
    """Read a phrase: ``[a|b]`` is a choice, ``[a|b~c]`` one with rich wordings, ``{name}`` a reference.

    Raises:
        InputError: a bracket has no partner.

    >>> parse_phrase("a [b|c~d]")
    ('a ', Choice(plain=(('b',), ('c',)), rich=(('d',),)))
    """
    phrase, end = _sequence(source, 0, stops="")
    if end != len(source):
        raise InputError(f"phrase {source!r} has an unmatched {source[end]!r} at character {end}")
    return phrase


def _sequence(source: str, start: int, *, stops: str) -> tuple[Phrase, int]:
    """Read parts up to a stop character, a closing bracket or the end."""
    parts: list[str | Reference | Choice] = []
    at = literal = start
    while at < len(source) and source[at] not in stops + "]}":
        if source[at] not in "[{":
            at += 1
            continue
        parts += [source[literal:at]] if literal < at else []
        part, at = _choice(source, at) if source[at] == "[" else _reference(source, at)
        parts.append(part)
        literal = at
    parts += [source[literal:at]] if literal < at else []
    return tuple(parts), at


def _reference(source: str, start: int) -> tuple[Reference, int]:
    end = source.find("}", start)
    if end < 0:
        raise InputError(f"phrase {source!r} has an unmatched '{{' at character {start}")
    return Reference(source[start + 1 : end]), end + 1


def _choice(source: str, start: int) -> tuple[Choice, int]:
    kinds: tuple[list[Phrase], list[Phrase]] = ([], [])
    rich = False
    at = start
    while True:
        option, end = _sequence(source, at + 1, stops="|~")
        if end == len(source) or source[end] == "}":
            raise InputError(f"phrase {source!r} has an unmatched '[' at character {start}")
        kinds[rich].append(option)
        rich = rich or source[end] == "~"
        at = end
        if source[end] == "]":
            return Choice(tuple(kinds[0]), tuple(kinds[1])), end + 1


def expand(phrase: Phrase, scope: Mapping[str, Phrase], *, dice: Dice, richness: float) -> str:
    """Make every choice in a phrase; ``richness`` is how often the rich wordings win, 0 to 1."""
    text = ""
    for part in phrase:
        if isinstance(part, str):
            text += part
        elif isinstance(part, Reference):
            text += expand(scope[part.name], scope, dice=dice, richness=richness)
        else:
            options = part.rich if part.rich and dice.chance(richness) else part.plain
            text += expand(dice.pick(options), scope, dice=dice, richness=richness)
    return text


@lru_cache
def phrase_book(language: str) -> PhraseBook:
    """The phrase book of a language.

    Raises:
        InputError: there is none.
    """
    if language not in LANGUAGES:
        raise InputError(f"no synthetic essays in language {language!r}; there are: {', '.join(LANGUAGES)}")
    content = tomllib.loads((files(__package__) / "phrases" / f"{language}.toml").read_text("utf-8"))
    return PhraseBook(
        language=language,
        words={name: parse_phrase(source) for name, source in content["words"].items()},
        frames={
            function: tuple(tuple(parse_phrase(source) for source in levels[level]) for level in LEVELS)
            for function, levels in content["frames"].items()
        },
        topics=tuple(_topic(entry) for entry in content["topics"]),
        errors=ErrorTable(**{kind: _wrong_forms(table) for kind, table in content["errors"].items()}),
    )


def _topic(entry: Mapping[str, Any]) -> Topic:
    return Topic(
        title=entry["title"],
        task=entry["task"],
        theme=parse_phrase(entry["theme"]),
        stances=(parse_phrase(entry["stance_for"]), parse_phrase(entry["stance_against"])),
        arguments=(_arguments(entry["for"]), _arguments(entry["against"])),
        asides=tuple(parse_phrase(aside) for aside in entry["asides"]),
    )


def _arguments(rows: list[list[str]]) -> tuple[Argument, ...]:
    return tuple(Argument(*(parse_phrase(source) for source in row)) for row in rows)


def _wrong_forms(table: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {right: tuple(wrong) for right, wrong in table.items()}
