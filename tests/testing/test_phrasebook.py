"""The phrase books hold what the writer asks for, and phrases read as documented."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.testing.dice import Dice
from gradewise.testing.phrasebook import (
    LANGUAGES,
    LEVELS,
    Choice,
    Phrase,
    Reference,
    expand,
    parse_phrase,
    phrase_book,
)

ARGUMENT = {"point", "reason", "example", "effect"}
FUNCTIONS = ARGUMENT | {"opening", "thesis", "first_point", "counter", "remark", "closing"}


def _references(phrase: Phrase) -> set[str]:
    found: set[str] = set()
    for part in phrase:
        if isinstance(part, Reference):
            found.add(part.name)
        elif isinstance(part, Choice):
            found |= {name for option in (*part.plain, *part.rich) for name in _references(option)}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reference_resolves(language: str) -> None:
    """A phrase names only phrases that exist where it is used."""
    book = phrase_book(language)
    names = set(book.words)
    for word in book.words.values():
        assert _references(word) <= names
    for topic in book.topics:
        sides = [clause for side in topic.arguments for a in side for clause in _clauses(a)]
        for phrase in (topic.theme, *topic.stances, *topic.asides, *sides):
            assert _references(phrase) <= names
    in_frames = names | ARGUMENT | {"theme", "stance", "contra"}
    for levels in book.frames.values():
        for frame in (frame for frames in levels for frame in frames):
            assert _references(frame) <= in_frames


def _clauses(argument: object) -> list[Phrase]:
    return [getattr(argument, name) for name in sorted(ARGUMENT)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_function_has_sentences_at_every_level(language: str) -> None:
    """A writer of any ability finds a sentence for any purpose."""
    frames = phrase_book(language).frames
    assert set(frames) == FUNCTIONS
    assert all(len(levels) == len(LEVELS) and all(levels) for levels in frames.values())


@pytest.mark.parametrize(("language", "topics", "arguments"), [("en", 6, 4), ("sv", 3, 3)])
def test_there_is_enough_to_say(language: str, topics: int, arguments: int) -> None:
    """A book has several topics, and a topic several arguments on either side."""
    book = phrase_book(language)
    assert len(book.topics) >= topics
    assert all(len(side) >= arguments for topic in book.topics for side in topic.arguments)
    assert len({topic.title for topic in book.topics}) == len(book.topics)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_mistake_is_the_right_word(language: str) -> None:
    """A listed mistake differs from what it replaces."""
    errors = phrase_book(language).errors
    for table in (errors.spelling, errors.sounds, errors.grammar):
        assert all(wrong and right not in wrong for right, wrong in table.items())


def test_a_choice_with_rich_wordings_listens_to_richness() -> None:
    """Richness 0 gives the plain wording, richness 1 the rich one, however the dice fall."""
    phrase = parse_phrase("It is [big~{huge}].")
    scope = {"huge": parse_phrase("enormous")}
    assert expand(phrase, scope, dice=Dice(Random(1)), richness=0) == "It is big."
    assert expand(phrase, scope, dice=Dice(Random(1)), richness=1) == "It is enormous."


def test_choices_nest_and_may_be_empty() -> None:
    """A wording may hold choices, or nothing."""
    phrase = parse_phrase("a[ [very|so] big|]")
    seen = {expand(phrase, {}, dice=Dice(Random(seed)), richness=0) for seed in range(40)}
    assert seen == {"a", "a very big", "a so big"}


@given(st.text(alphabet=st.characters(exclude_characters="[]{}"), max_size=40))
def test_text_without_brackets_is_itself(source: str) -> None:
    """A phrase without choices expands to itself."""
    assert expand(parse_phrase(source), {}, dice=Dice(Random(0)), richness=0.5) == source


@pytest.mark.parametrize("source", ["[a|b", "a]", "{a", "a}", "[a}b]", "[a|[b]", "[{a]"])
def test_an_unmatched_bracket_is_named(source: str) -> None:
    """A phrase with a stray bracket is refused with the place where it stands."""
    with pytest.raises(InputError, match=r"unmatched .* at character"):
        parse_phrase(source)


def test_unknown_language_and_prompt_are_refused_with_what_there_is() -> None:
    """The error for an unknown name lists the known ones."""
    with pytest.raises(InputError, match="'fi'; there are: en, sv"):
        phrase_book("fi")
    with pytest.raises(InputError, match=r"'Cats' in language sv; there are: Mobiler i skolan; Läxor;"):
        phrase_book("sv").topic("Cats")
