"""Names of datasets: dates that exist, wildcards, and what is passed over."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.workflows.watching.names import AnyTable, NamePattern, NoDate, Wanted, is_unfinished

DATED = NamePattern("balanced_dataset_%Y%m%d.csv")


@given(st.dates(min_value=date(1000, 1, 1)))
def test_every_date_is_read(day: date) -> None:
    """What is written by a pattern is read by it."""
    wanted = Wanted(datetime(day.year, day.month, day.day))  # noqa: DTZ001
    assert wanted == DATED.read(f"balanced_dataset_{day:%Y%m%d}.csv")


@pytest.mark.parametrize(
    "digits", ["20260230", "20261301", "20260000", "20250229", "00000101"],
    ids=["30 February", "month 13", "day 0", "no leap year", "year 0"],
)  # fmt: skip
def test_dates_that_do_not_exist_are_told(digits: str) -> None:
    """They are no match, and no silence either."""
    assert isinstance(DATED.read(f"balanced_dataset_{digits}.csv"), NoDate)


@pytest.mark.parametrize(
    "name", ["balanced_dataset_2026031.csv", "balanced_dataset_.csv", "xbalanced_dataset_20260301.csv",
             "balanced_dataset_20260301.csv.gz", "BALANCED_dataset_20260301.csv"],
)  # fmt: skip
def test_other_names_are_not_meant(name: str) -> None:
    """A pattern fits whole names, letter by letter."""
    assert DATED.read(name) is None


def test_wildcards_times_and_per_cent_signs() -> None:
    """They stand for what the help says."""
    pattern = NamePattern("*_%Y-%m-%dT%H%M%S_100%%_?.jsonl.gz")
    found = pattern.read("intents_2026-03-01T235959_100%_b.jsonl.gz")
    assert Wanted(datetime(2026, 3, 1, 23, 59, 59)) == found  # noqa: DTZ001
    assert Wanted(None) == NamePattern("*.csv").read("a.csv")


def test_a_date_that_stands_twice_agrees_with_itself() -> None:
    """Otherwise the name is not meant."""
    pattern = NamePattern("%Y/".strip("/") + "_%Y%m%d.csv")
    assert Wanted(datetime(2026, 3, 1)) == pattern.read("2026_20260301.csv")  # noqa: DTZ001
    assert pattern.read("2025_20260301.csv") is None


@pytest.mark.parametrize("text", ["", "a/%Y%m%d.csv", "%Y.csv", "%q.csv", "a%"])
def test_patterns_that_mean_nothing_are_refused(text: str) -> None:
    """The message shows the pattern."""
    with pytest.raises(InputError, match="pattern"):
        NamePattern(text)


def test_tables_are_known_by_their_endings() -> None:
    """What is read by training is taken; anything else, and what is being written, is not."""
    taken = ["a.csv", "a.CSV", "a.tsv", "a.jsonl.gz", "a.ndjson", "a.parquet"]
    assert taken == [name for name in [*taken, "a.txt", "a.md", "a", "a.csv.done"] if AnyTable().read(name)]
    assert all(map(is_unfinished, [".a.csv", "a.csv.tmp", "a.csv.part", "a.csv.PART", "a.csv~"]))
    assert not is_unfinished("a.csv")


@settings(max_examples=50)
@given(st.integers(0, 3000), st.text("ab%YmdHMS*?.", max_size=8))
def test_whatever_is_written_it_is_read_or_refused(days: int, text: str) -> None:
    """No pattern breaks on a name."""
    name = f"{date(2020, 1, 1) + timedelta(days)}.csv"
    try:
        pattern = NamePattern(text)
    except InputError:
        return
    assert isinstance(pattern.read(name), Wanted | NoDate | None)
