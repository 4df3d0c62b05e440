"""Numbers that come with essays, by name."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.essays.bad_rows import Fault, Faults
from gradewise.essays.given_columns import (
    COMPACT_FROM,
    GivenNumbers,
    chosen_places,
    given_reader,
    spread_given,
)
from gradewise.essays.given_names import (
    GivenName,
    component_names,
    parse_given,
    vectors_meant,
    with_every_component,
)
from gradewise.essays.records import Essay
from gradewise.features.given import given_values

ROW = {"score": "0,5", "flag": "Yes", "when": "2025-05-14T08:30+02:00", "vector": "[1, 2, 3]"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("score", GivenName("score")),
        ("vector__017", GivenName("vector", component=17)),
        ("vector__1234", GivenName("vector", component=1234)),
        ("when__hour", GivenName("when", part="hour")),
        ("a__b__year", GivenName("a__b", part="year")),
        ("vector__17", GivenName("vector__17")),
        ("__hour", GivenName("__hour")),
        ("kept__hour", GivenName("kept__hour")),
    ],
)
def test_a_name_is_a_column_a_component_or_a_part_of_a_time(name: str, meant: GivenName) -> None:
    """A column that is called just so is itself."""
    assert meant == parse_given(name, present=("score", "kept__hour"))


def test_every_component_is_named() -> None:
    """A star means as many as there are; other names stay."""
    names = ("score", "vector__*", "other__*")
    assert ("vector", "other") == vectors_meant(names)
    expected = ("score", "vector__000", "vector__001", "other__*")
    assert expected == with_every_component(names, {"vector": 2})


def test_cells_become_numbers() -> None:
    """Numbers, truths, parts of times on their own clock, and components in any order."""
    names = ("score", "flag", "when__hour", "when__weekday", "vector__002", "vector__000")
    reader, faults = given_reader(names, tuple(ROW)), Faults()
    assert (0.5, 1.0, 8.0, 2.0, 3.0, 1.0) == tuple(reader.read(ROW, faults, {}).values())
    assert ("score", "flag", "when", "vector") == reader.columns
    assert {} == faults.found


@pytest.mark.parametrize(
    ("names", "row", "fault"),
    [
        (
            ["flag"],
            {"flag": "maybe"},
            Fault("bad given number", "flag: 'maybe' is no finite number such as 2.5"),
        ),
        (["flag"], {"flag": " "}, Fault("no given number", "flag is empty; a given feature is a number")),
        (["when__day"], {"when": ""}, Fault("no given number", "when is empty; a given feature is a time")),
        (
            ["when__day"],
            {"when": "now"},
            Fault("bad date", "when: 'now' is not an ISO 8601 date such as 2025-05-14 or 2025-05-14T09:30"),
        ),
        (["v__000"], {"v": ""}, Fault("no given number", "v is empty; a given feature is a vector")),
        (["v__000"], {"v": "x"}, Fault("not a vector", "v: 'x' is no list of numbers such as [0.1, 0.2]")),
        (["v__000", "v__001"], {"v": "[1]"}, Fault("wrong width", "v: the list holds 1 numbers, not 2")),
        (["v__000", "v__001"], {"v": "[1 2 3]"}, Fault("wrong width", "v: the list holds 3 numbers, not 2")),
        (["v__004"], {"v": "[1]"}, Fault("wrong width", "v: the list holds 1 numbers, not at least 5")),
    ],
)
def test_what_a_cell_lacks_is_told(names: list[str], row: dict[str, str], fault: Fault) -> None:
    """Column and reason are named."""
    faults = Faults()
    given_reader(names, tuple(row)).read(row, faults, {})
    assert [fault] == list(faults.found)


def test_a_vector_that_was_read_is_not_read_again() -> None:
    """What is wrong with it has been said where it was."""
    faults, reader = Faults(), given_reader(["v__000"], ("v",))
    assert 7.0 == reader.read({"v": "x"}, faults, {"v": np.array([7.0], np.float32)})["v__000"]
    reader.read({"v": "x"}, faults, {"v": None})
    assert {} == faults.found


@settings(max_examples=40)
@given(st.integers(1, 2 * COMPACT_FROM), st.integers(0, 2**32 - 1))
def test_many_numbers_are_kept_as_one_array(width: int, seed: int) -> None:
    """They are a mapping like any other, cross processes, and are read in any order of columns."""
    numbers = np.random.default_rng(seed).normal(size=width).astype(np.float32)
    names = component_names("v", width)
    read = given_reader(names, ("v",)).read({"v": str(numbers.tolist())}, Faults(), {})
    assert (width >= COMPACT_FROM) == isinstance(read, GivenNumbers)
    assert dict(zip(names, numbers.tolist(), strict=True)) == read
    assert read == pickle.loads(pickle.dumps(read))  # noqa: S301 - own bytes
    essay = Essay(id="a", text="Hej", given=read)
    np.testing.assert_array_equal(numbers[None], given_values([essay], names))
    np.testing.assert_array_equal(numbers[None, ::-1], given_values([essay], names[::-1]))


def test_what_many_numbers_lack_is_named() -> None:
    """As of an essay with few; and they do not spill into a message."""
    numbers = GivenNumbers(component_names("v", 40), np.zeros(40, np.float32))
    assert chosen_places(numbers.names, ["w"]) is None
    assert ("v__039" in numbers, "w" in numbers, "GivenNumbers(<40 numbers>)") == (True, False, repr(numbers))
    with pytest.raises(InputError, match="comes without 'w'"):
        given_values([Essay(id="a", text="Hej", given=numbers)], ["w"])
    endless = GivenNumbers(numbers.names, np.full(40, np.inf, np.float32))
    with pytest.raises(InputError, match="comes with v__000 inf"):
        given_values([Essay(id="a", text="Hej", given=endless)], numbers.names)


def test_what_is_sent_with_one_essay_spreads_to_its_parts() -> None:
    """Numbers, truths, texts of them, times and lists."""
    sent = {"n": 2, "b": True, "t": "0,5", "y": "no", "when": "2025-05-14", "v": [1, 2.5], "w": "[3 4]"}
    times = {"when__hour": 0, "when__weekday": 2, "when__day": 14, "when__month": 5, "when__year": 2025}
    vectors = {"v__000": 1, "v__001": 2.5, "w__000": 3, "w__001": 4}
    assert {"n": 2, "b": 1, "t": 0.5, "y": 0, **times, **vectors} == spread_given(sent)
    assert isinstance(spread_given({"v": [0.5] * 384}), GivenNumbers)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "v: 'nan'; give a finite number"),
        (10**400, "v: <401 characters>; give a finite number"),
        ("high", "v: 'high' is no finite number"),
        ([], "v: give a number, true or false"),
        (None, "v: give a number, true or false"),
        ([1, "x"], "v: the list holds something else"),
        ([True], "v: the list holds something else"),
        ("[[1]]", "v: the list holds lists"),
    ],
    ids=["nan", "huge", "word", "empty list", "nothing", "word in a list", "truth in a list", "nested"],
)
def test_what_cannot_be_sent_is_named(value: object, said: str) -> None:
    """The message names it."""
    with pytest.raises(InputError, match=said.replace("<", "<").replace("(", r"\(")):
        spread_given({"v": value})
