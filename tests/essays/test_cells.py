"""Cells as people and programs write them."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.essays.bad_rows import FaultError
from gradewise.essays.cells import MOST_COMPONENTS, read_boolean, read_number, read_time, read_vector

VECTORS = st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1, max_size=40)


@settings(max_examples=40)
@given(VECTORS)
def test_a_vector_is_read_however_programs_print_it(numbers: list[float]) -> None:
    """As JSON, as Python's list or tuple, and as NumPy prints arrays, over several lines."""
    array = np.array(numbers)
    spellings = [json.dumps(numbers), str(numbers), str(tuple(numbers)), f" {array.tolist()}\n"]
    with np.printoptions(threshold=10**6, floatmode="unique"):
        spellings.append(str(array))
    for spelling in spellings:
        np.testing.assert_array_equal(np.array(numbers, np.float32), read_vector(spelling))


@pytest.mark.parametrize(
    ("cell", "reason", "said"),
    [
        ("0.1, 0.2", "not a vector", "'0.1, 0.2' is no list of numbers such as"),
        ("[", "not a vector", "is no list"),
        ("[0.1)", "not a vector", "is no list"),
        ("[0.1, x]", "not a vector", "something else than numbers"),
        ("[__import__('os').system('x')]", "not a vector", "something else than numbers"),
        ("[1_0, 2]", "not a vector", "something else than numbers"),
        ("[٣, 2]", "not a vector", "something else than numbers"),
        ("[1, 2 3]", "not a vector", "component 1 of the list is no number"),
        ("[1,, 2]", "not a vector", "component 1 of the list is no number"),
        ("[1.2.3]", "not a vector", "component 0 of the list is no number"),
        ("[[1, 2]]", "nested vector", "write one flat list"),
        ("[0.1 ... 0.2]", "shortened vector", "array.tolist()"),
        ("[0.1, …, 0.2]", "shortened vector", "array.tolist()"),
        ("[0.1, nan]", "number not finite", "the list holds nan"),
        ("[0.1, -Infinity]", "number not finite", "the list holds -Infinity"),
        ("[0.1, 1e39]", "number not finite", "component 1 of the list is too large"),
        ("[]", "wrong width", "the list holds 0 numbers"),
        (f"[{'1,' * (MOST_COMPONENTS + 1)}]", "wrong width", "the list holds 20,001 numbers"),
    ],
)
def test_what_is_no_vector_is_told_why(cell: str, reason: str, said: str) -> None:
    """Nothing is evaluated, and the message says what to write instead."""
    with pytest.raises(FaultError) as caught:
        read_vector(cell)
    assert reason == caught.value.reason
    assert said in caught.value.detail


@pytest.mark.parametrize(
    ("cell", "truth"),
    [("True", True), (" yes", True), ("1", True), ("FALSE", False), ("No", False), ("0", False)],
)
def test_truths_are_read_in_any_spelling(cell: str, truth: bool) -> None:  # noqa: FBT001 - a table's column
    """In words or as a digit, in any case."""
    assert truth is read_boolean(cell)


def test_other_cells_are_told_apart() -> None:
    """A word is no number, an infinite number none to count with; a long cell is not shown."""
    found = []
    for cell in ("high", "1e99", "nan"):
        with pytest.raises(FaultError) as caught:
            read_number(cell)
        found.append(caught.value.reason)
    assert ["not a number", "number not finite", "number not finite"] == found
    with pytest.raises(FaultError, match="<31 characters> is neither true nor false"):
        read_boolean("I lost my card on the train now")
    with pytest.raises(FaultError, match="'14/5' is not an ISO 8601 date"):
        read_time("14/5")
    assert 8 == read_time(" 2025-05-14T08:30+02:00 ").hour
