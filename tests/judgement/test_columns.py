"""Columns of a table of decisions are found by their usual names."""

import pytest

from gradewise.errors import InputError
from gradewise.judgement.columns import NamedColumns, guess_columns
from gradewise.judgement.comparisons import ComparisonColumns

CHOSEN = ComparisonColumns(first="candidate_chosen", second="candidate_not_chosen", judge="judge")


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("judge", "candidate_chosen", "candidate_not_chosen"), CHOSEN),
        (
            ("id", "judgeId", "chosen", "notChosen", "task"),
            ComparisonColumns(first="chosen", second="notChosen", judge="judgeId"),
        ),
        (
            ("ID1", "ID2", "better_id"),
            ComparisonColumns(first="ID1", second="ID2", winner="better_id", judge=None),
        ),
        (
            ("essay_a_els_id", "essay_b_els_id", "winner", "confidence"),
            ComparisonColumns(
                first="essay_a_els_id",
                second="essay_b_els_id",
                winner="winner",
                judge=None,
                confidence="confidence",
            ),
        ),
        (
            ("essay_a_id", "essay_b_id", "winner_essay_id"),
            ComparisonColumns(first="essay_a_id", second="essay_b_id", winner="winner_essay_id", judge=None),
        ),
        (("winner", "loser"), ComparisonColumns(first="winner", second="loser", judge=None)),
    ],
    ids=["published", "wheadon", "pairwise", "real-tables", "seed", "winner-and-loser"],
)
def test_usual_names_tell(columns: tuple[str, ...], expected: ComparisonColumns) -> None:
    """Published sessions, the real tables and those of the request need no option."""
    assert expected == guess_columns(columns)


def test_what_is_named_comes_first() -> None:
    """A column that somebody names is the one that is read."""
    named = NamedColumns(first="x", second="y", winner="z", judge="who", confidence="sure")
    expected = ComparisonColumns(first="x", second="y", winner="z", judge="who", confidence="sure")
    assert expected == guess_columns(("judge", "winner", "x", "y", "z", "who", "sure"), named)


def test_two_named_columns_without_a_winner_hold_winner_and_loser() -> None:
    """Where no column has a winner, the first of two that are named is the better one."""
    assert guess_columns(("x", "y"), NamedColumns(first="x", second="y")).winner is None


def test_two_named_columns_beside_a_winner_are_as_shown() -> None:
    """A column that usually holds the winner is taken for it."""
    assert "winner" == guess_columns(("x", "y", "winner"), NamedColumns(first="x", second="y")).winner


@pytest.mark.parametrize(
    ("columns", "named", "message"),
    [
        (("a", "b"), None, "no two columns hold essays .* among 'a', 'b'"),
        (("first", "second"), None, "none holds the winner"),
        (("a", "b"), NamedColumns(first="a"), "--second is None"),
        (("a", "b"), NamedColumns(judge="c"), "column 'c' is missing"),
    ],
    ids=["no-items", "no-winner", "one-item-named", "not-there"],
)
def test_what_cannot_be_told_is_refused(
    columns: tuple[str, ...], named: NamedColumns | None, message: str
) -> None:
    """The message says what is missing and how to name it."""
    with pytest.raises(InputError, match=message):
        guess_columns(columns, named)
