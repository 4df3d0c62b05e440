"""Runs of words, told apart by numbers."""

from hypothesis import given
from hypothesis import strategies as st

from gradewise.features.word_runs import number_words, repeated_share


@given(st.lists(st.text("abc", max_size=3), min_size=1, max_size=80), st.integers(1, 60))
def test_runs_by_number_are_runs_by_word(words: list[str], size: int) -> None:
    """As many runs are repeated as when words are compared, also of runs too long for one number."""
    every = [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]
    expected = 1 - len(set(every)) / len(every) if every else 0.0
    assert expected == repeated_share(number_words(words), size=size)


def test_long_runs_are_numbered_anew() -> None:
    """Of ten different words there are more runs of thirty than whole numbers; equal ones are still found."""
    words = [str(number) for number in range(10)] * 6
    assert 1 - 10 / 31 == repeated_share(number_words(words), size=30)
