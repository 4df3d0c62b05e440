"""Mistakes land where they can, as many as asked for, and nowhere else."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.testing.dice import Dice
from gradewise.testing.learner_errors import BREAK, Habits, add_errors, draw_habits
from gradewise.testing.phrasebook import ErrorTable

TABLE = ErrorTable(
    spelling={"because": ("becouse",)},
    sounds={"tion": ("sion",)},
    grammar={"is": ("are",), "the": ("",)},
)
SPELLING = Habits(1, 0, 0, 0)
GRAMMAR = Habits(0, 1, 0, 0)
CAPITALS = Habits(0, 0, 1, 0)
PUNCTUATION = Habits(0, 0, 0, 1)


def _damaged(text: str, habits: Habits, *, seed: int = 1, count: int = 1) -> str:
    words = text.split(" ")
    rate = 100 * count / len(words)
    return " ".join(
        add_errors(words, per_100_words=rate, habits=habits, dice=Dice(Random(seed)), table=TABLE)
    )


@pytest.mark.parametrize(
    ("expected", "text", "habits"),
    [
        ("Becouse, so", "Because, so", SPELLING),
        ("It are so", "It is so", GRAMMAR),
        ("In end", "In the end", GRAMMAR),
        ("and i go", "and I go", CAPITALS),
        ("yes it does", "yes, it does", PUNCTUATION),
        ("we dont go", "we don't go", PUNCTUATION),
    ],
)
def test_a_mistake_of_each_kind(expected: str, text: str, habits: Habits) -> None:
    """Case and punctuation survive a mistake that is not about them."""
    assert expected == _damaged(text, habits)


def test_a_lost_full_stop_runs_two_sentences_together() -> None:
    """The next sentence loses its capital, except for the word I."""
    seen = {_damaged("We go. They stay", PUNCTUATION, seed=seed) for seed in range(20)}
    assert seen == {"We go, they stay", "We go they stay"}
    seen = {_damaged("We go. I stay", PUNCTUATION, seed=seed) for seed in range(20)}
    assert seen == {"We go, I stay", "We go I stay"}


def test_a_word_spelt_by_ear_or_by_slip_keeps_its_first_letter() -> None:
    """A long word that is in no table gets one wrong sound or one slip inside."""
    seen = {_damaged("nation", SPELLING, seed=seed) for seed in range(60)}
    assert "nasion" in seen
    assert len(seen) > 4
    assert all(word[0] == "n" and word != "nation" and 5 <= len(word) <= 7 for word in seen)


@pytest.mark.parametrize("habits", [SPELLING, GRAMMAR, CAPITALS, PUNCTUATION])
def test_text_that_cannot_bear_a_mistake_stays(habits: Habits) -> None:
    """No mistake is forced: short words, digits, the last full stop and paragraph breaks stay."""
    text = ["a", "12345", BREAK, "b."]
    assert text == add_errors(text, per_100_words=100, habits=habits, dice=Dice(Random(3)), table=TABLE)


def test_a_word_before_a_mark_is_not_left_out() -> None:
    """Leaving out a word never loses a full stop, and never a capital."""
    assert _damaged("The point of the.", GRAMMAR, count=4) == "The point of the."


@given(
    words=st.lists(
        st.sampled_from(["because", "is", "the", "I", "nation.", "don't", "we,", BREAK]), max_size=60
    ),
    rate=st.floats(0, 30),
    seed=st.integers(0, 1000),
)
def test_words_are_never_empty_nor_more_than_before(words: list[str], rate: float, seed: int) -> None:
    """Mistakes change or drop words; paragraph breaks stay; the input is left alone."""
    before = list(words)
    dice = Dice(Random(seed))
    damaged = add_errors(words, per_100_words=rate, habits=draw_habits(dice), dice=dice, table=TABLE)
    assert words == before
    assert all(damaged)
    assert len(damaged) <= len(words)
    assert damaged.count(BREAK) == words.count(BREAK)


def test_no_rate_no_mistakes() -> None:
    """A perfect writer's text comes back as it was."""
    assert (
        _damaged("Because the nation is here. I go", SPELLING, count=0) == "Because the nation is here. I go"
    )
