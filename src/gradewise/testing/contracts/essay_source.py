"""What every `EssaySource` must do."""

import string
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

import pytest

from gradewise.protocols.tables import EssaySource

Rows = Sequence[Mapping[str, str]]
MakeSource = Callable[[Rows], EssaySource]

ROWS: Rows = (
    {"id": "007", "text": 'Said "no", then\nleft; å ä ö \U0001f642', "grade": "3,0"},
    {"id": "b", "text": "Tab\there, comma; semicolon", "grade": ""},
    {"id": "c", "text": "  spaces stay  ", "grade": "C+"},
)
"""Small made-up rows with what trips readers up: quotes, line breaks, delimiters, spaces, gaps."""


class EssaySourceContract(ABC):
    """Subclass as ``TestMySource`` and provide `make_source`."""

    @pytest.fixture
    @abstractmethod
    def make_source(self) -> MakeSource:
        """A function that stores rows, at least one, and returns a source that reads them."""

    def test_columns_are_in_order(self, make_source: MakeSource) -> None:
        """Columns come in the order in which they were stored."""
        assert make_source(ROWS).columns() == ("id", "text", "grade")

    def test_rows_come_back_as_they_were(self, make_source: MakeSource) -> None:
        """Values keep every character, and rows their order."""
        assert list(ROWS) == [dict(row) for row in make_source(ROWS).rows()]

    def test_every_row_has_every_column(self, make_source: MakeSource) -> None:
        """An absent value is the empty string, never a gap."""
        source = make_source(ROWS)
        assert all(tuple(row) == source.columns() for row in source.rows())

    def test_sound_rows_are_the_records(self, make_source: MakeSource) -> None:
        """Where nothing is malformed, telling malformed rows apart changes nothing."""
        source = make_source(ROWS)
        assert list(source.rows()) == list(source.records())

    def test_it_may_be_read_again(self, make_source: MakeSource) -> None:
        """A second reading, even beside an unfinished first, gives the same rows."""
        source = make_source(ROWS)
        unfinished = source.rows()
        next(unfinished)
        assert [dict(row) for row in source.rows()] == [dict(row) for row in source.rows()]
        assert len(list(unfinished)) == len(ROWS) - 1

    def test_many_rows_are_all_read(self, make_source: MakeSource) -> None:
        """More rows than fit any batch come complete and in order."""
        rows = [{"id": str(number), "text": f"text {number}"} for number in range(3000)]
        assert [row["id"] for row in make_source(rows).rows()] == [row["id"] for row in rows]

    def test_a_very_long_value_is_read(self, make_source: MakeSource) -> None:
        """A text of 5 MB is for the intake to refuse, not for the reader to choke on."""
        text = "word " * 1_000_000
        assert [len(row["text"]) for row in make_source([{"id": "a", "text": text}]).rows()] == [len(text)]

    def test_the_digest_is_of_the_content(self, make_source: MakeSource) -> None:
        """The digest is 64 hex digits, stable, and another for other content."""
        source = make_source(ROWS)
        digest = source.sha256()
        assert set(digest) <= set(string.hexdigits.lower())
        assert (len(digest), digest) == (64, source.sha256())
        assert make_source(ROWS[:1]).sha256() != digest

    def test_it_says_where_it_reads(self, make_source: MakeSource) -> None:
        """The location names the source for messages."""
        assert make_source(ROWS).location

    def test_it_is_an_essay_source(self, make_source: MakeSource) -> None:
        """It has all that the port asks for."""
        assert isinstance(make_source(ROWS), EssaySource)
