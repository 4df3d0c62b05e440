"""Rows of decisions become arrays, and what is no comparison is set aside."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.judgement.comparisons import UNKNOWN_JUDGE, ComparisonColumns, compare, take_in
from gradewise.judgement.decisions import Comparison

SHOWN = ComparisonColumns(first="a", second="b", winner="winner", judge="judge", confidence="sure")


def _row(first: str, second: str, winner: str, judge: str = "ann", sure: str = "") -> dict[str, str]:
    return {"a": first, "b": second, "winner": winner, "judge": judge, "sure": sure}


def test_a_published_session_names_who_won_and_who_lost() -> None:
    """Without a winner column the first column won, and nobody knows what was shown first."""
    rows = [{"candidate_chosen": "7", "candidate_not_chosen": "3", "judge": "1", "time_taken": "9.5"}]
    judged = take_in(rows)
    assert {} == judged.set_aside
    assert ("3", "7") == judged.comparisons.items
    assert [1] == judged.comparisons.winners.tolist()
    assert [0] == judged.comparisons.losers.tolist()
    assert not judged.comparisons.positions_known


@pytest.mark.parametrize(
    ("winner", "first_won"),
    [("x", True), ("first", True), ("essay_a", True), ("y", False), ("second", False), ("essay_b", False)],
    ids=["its-name", "first", "essay-a", "the-other-name", "second", "essay-b"],
)
def test_a_winner_is_named_or_pointed_at(winner: str, first_won: bool) -> None:  # noqa: FBT001 - a case
    """A winner column holds the item, or the place at which it was shown."""
    comparisons = take_in([_row("x", "y", winner)], SHOWN).comparisons
    assert [first_won] == comparisons.first_won.tolist()
    assert comparisons.positions_known


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (_row("", "y", "y"), "missing item"),
        (_row("x", " NA ", "x"), "missing item"),
        (_row("x", "x", "x"), "self-pair"),
        (_row("x", "y", "error"), "undecided"),
        (_row("x", "y", ""), "undecided"),
        (_row("x", "y", "x", sure="very"), "bad confidence"),
    ],
    ids=["empty-item", "item-not-available", "self-pair", "error", "no-winner", "confidence-in-words"],
)
def test_a_row_that_is_no_comparison_is_set_aside(row: dict[str, str], reason: str) -> None:
    """What cannot be used is counted by reason, and the rest is kept."""
    judged = take_in([_row("x", "y", "x", sure="4,5"), row], SHOWN)
    assert {reason: 1} == judged.set_aside
    assert 1 == judged.comparisons.n
    assert [4.5] == judged.comparisons.confidences.tolist()


def test_known_items_keep_others_out_and_themselves_in() -> None:
    """With a list of items, a row about another is set aside, and an item without a row is there."""
    judged = take_in([_row("x", "y", "x"), _row("x", "other", "x")], SHOWN, items=["z", "y", "x"])
    assert {"unknown item": 1} == judged.set_aside
    assert ("x", "y", "z") == judged.comparisons.items


def test_unnamed_judges_have_no_name() -> None:
    """A judge who is not named is nobody in particular."""
    comparisons = take_in([_row("x", "y", "x", judge=""), _row("x", "y", "y")], SHOWN).comparisons
    assert ("ann",) == comparisons.judge_names
    assert [UNKNOWN_JUDGE, 0] == comparisons.judges.tolist()
    columns = ComparisonColumns(first="a", second="b", winner="winner", judge=None)
    assert () == take_in([_row("x", "y", "x")], columns).comparisons.judge_names


def test_a_missing_column_is_refused_by_name() -> None:
    """A table without a column that is asked for says which there are."""
    with pytest.raises(
        InputError, match="column 'candidate_chosen' is missing; there are 'a', 'b', 'winner'"
    ):
        take_in([_row("x", "y", "x")])


def test_nothing_to_compare_is_refused() -> None:
    """A table without any comparison or item is refused, one with items alone is not."""
    with pytest.raises(InputError, match="no row is a comparison: 1 self-pair; give at least one"):
        take_in([_row("x", "x", "x")], SHOWN)
    with pytest.raises(InputError, match="no comparison and no item"):
        take_in([], SHOWN)
    with pytest.raises(InputError, match="no row is a comparison: 2 undecided; write the id of"):
        take_in([_row("x", "y", ""), _row("y", "x", "")], SHOWN)
    assert 0 == take_in([], SHOWN, items=["x", "y"]).comparisons.n


@pytest.mark.parametrize(
    ("row", "items", "said"),
    [
        (Comparison("x", "x", first_won=True), None, "'x' is compared with itself"),
        (Comparison("x", "y", first_won=True), ["y"], "'x' is compared and is not among the 1 items"),
    ],
    ids=["itself", "stranger"],
)
def test_decisions_made_by_programs_are_checked(row: Comparison, items: list[str] | None, said: str) -> None:
    """A decision that cannot be is refused rather than set aside."""
    with pytest.raises(InputError, match=said):
        compare([row], items=items)


def test_some_of_the_comparisons_are_between_the_same_items() -> None:
    """A part keeps items and judges; swapping exchanges places and keeps winners."""
    both = compare([Comparison("a", "b", first_won=True, judge="j"), Comparison("c", "a", first_won=False)])
    part = both.only(np.array([False, True]))
    assert ("a", "b", "c") == part.items
    assert [0] == part.winners.tolist()
    assert [UNKNOWN_JUDGE] == part.judges.tolist()
    assert both.winners.tolist() == both.swapped().winners.tolist()
    assert both.second.tolist() == both.swapped().first.tolist()
