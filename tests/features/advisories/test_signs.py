"""Signs that a text shows by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.features.advisories.signs import copied_share, listed_share, repeated_share, symbol_share
from ordinary_essays import ordinary, read, words_of

TASK = "Many schools collect pupils' phones in the morning. Should phones be banned during the day?"
words = st.lists(st.sampled_from(["ice", "sea", "tall", "run", "blue"]), min_size=1, max_size=40)


def test_repetition_counts_runs_that_were_there_before() -> None:
    """A text twice has half of its runs twice, but for those across the seam."""
    own = "one two three four five six seven eight nine ten"
    assert 0.0 == repeated_share(words_of(own))
    assert 6 / 16 == pytest.approx(repeated_share(words_of(f"{own} {own}")))
    assert 0.0 == repeated_share(words_of("only four words here"))


@given(words, st.integers(2, 5))
def test_more_copies_never_repeat_less(text: list[str], copies: int) -> None:
    """Repetition is a share, and grows with every copy of the whole."""
    shares = [repeated_share(words_of(" ".join(text * times))) for times in range(1, copies + 1)]
    assert all(0 <= share < 1 for share in shares)
    assert shares == sorted(shares)


def test_case_and_marks_do_not_hide_repetition() -> None:
    """Words are compared in small letters, without what stands between them."""
    assert repeated_share(words_of("We like it here a lot! we like it here A LOT.")) > 0


def test_copying_counts_words_in_runs_of_the_task() -> None:
    """Of eight words, the six that stand in the task in a row are copied; four in a row are not."""
    assert 6 / 8 == copied_share(words_of("i ask should phones be banned during the"), words_of(TASK))
    assert 0.0 == copied_share(words_of("should phones be banned at all"), words_of(TASK))
    assert 1.0 == copied_share(words_of(TASK), words_of(TASK))


def test_of_a_short_task_nothing_can_be_copied() -> None:
    """A title is no run of five words."""
    assert 0.0 == copied_share(words_of("phones in school"), words_of("Phones in school"))


def test_lists_have_short_lines() -> None:
    """Items count by their words; a single line is no list, and long lines are sentences."""
    assert 1.0 == listed_share(read("- milk and bread\n- six eggs\n\n- tea"))
    assert 4 / 11 == pytest.approx(
        listed_share(read("Dear headmaster\nwe all think that you are right\nYour class"))
    )
    assert 0.0 == listed_share(read("No list at all"))


def test_ordinary_essays_are_no_lists_and_hold_no_symbols() -> None:
    """Generated essays have paragraphs, plain marks and their own words."""
    for essay in ordinary()[:40]:
        assert listed_share(read(essay.text)) < 0.2
        assert 0.0 == symbol_share(essay.text)


@pytest.mark.parametrize("text", ["if (x == 2) { return y; }", "<p class='a'>text</p>", "a|b|c|d", "#~#~ x"])
def test_code_and_tables_have_symbols(text: str) -> None:
    """Braces, bars, tags and signs of equality are no school writing."""
    assert symbol_share(text) > 0.03


def test_what_pupils_write_is_no_symbol() -> None:
    """Prices, times, quotations, dashes, degrees and letters of any language are plain."""
    assert 0.0 == symbol_share("“It’s 50 % off – 3 €,” she said (at 5:30 p.m.)… 20° & åäö été; 1/2 + 1/2!")
