"""JSON Lines files."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewise.adapters.jsonl_file import JsonlFile
from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.testing.contracts.essay_source import EssaySourceContract, MakeSource, Rows

Write = Callable[[bytes], JsonlFile]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Store bytes as a JSON Lines file."""

    def store(content: bytes) -> JsonlFile:
        path = tmp_path / "essays.jsonl"
        path.write_bytes(content)
        return JsonlFile(path)

    return store


class TestJsonlFile(EssaySourceContract):
    """A JSON Lines file."""

    @pytest.fixture(params=["", ".gz"])
    def make_source(self, request: pytest.FixtureRequest, tmp_path: Path) -> MakeSource:
        """Store rows as JSON Lines."""

        def store(rows: Rows) -> JsonlFile:
            path = tmp_path / f"essays.jsonl{request.param}"
            content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
            path.write_bytes(gzip.compress(content) if request.param else content)
            return JsonlFile(path)

        return store


def test_values_of_every_kind_become_text(write: Write) -> None:
    """Numbers keep their spelling, null and NaN are empty, the rest is JSON."""
    source = write(
        b'{"a": 3.50, "b": 007e1}\n'.replace(b"007e1", b"7") + b'\n{"b": NaN, "c": [true, "\xc3\xa5"]}'
    )
    assert [tuple(row.values()) for row in source.rows()] == [("3.50", "7", ""), ("", "", '[true, "å"]')]
    assert source.columns() == ("a", "b", "c")
    assert source.notices == ()


def test_a_byte_order_mark_is_no_content(write: Write) -> None:
    """A mark before the first line is dropped."""
    assert write(b'\xef\xbb\xbf{"a": null}\n').columns() == ("a",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"{}\n", "is empty"),
        (b'{"a": 1}\n{"a": \n', "line 2 is not JSON: .* at character"),
        (b'{"a": 1}\n{"a": "b', "line 2 is not JSON: Unterminated string starting at character 7"),
        (b'{"a": 1}\n\n[1]\n', "line 3 is a JSON list"),
        (b'{"a": "\xe5"}\n', "line 1 is not UTF-8 at byte 8"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}\n", "line 1 is nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_one_clear_line(write: Write, content: bytes, message: str) -> None:
    """A malformed line is refused with its number."""
    with pytest.raises(InputError, match=message):
        list(write(content).rows())


def test_malformed_lines_are_told_in_their_place(write: Write) -> None:
    """Each with its reason; the columns are those of the sound lines."""
    lines = [
        b'{"a": "1", "v": [0.10, -2e-1]}', b"{", b"[1]", b"7", b'{"a": 1, "a": 2}', b'{"a": "\xe5"}',
        b'{"a": "\\u0000"}', b'{"b": ' + b"[" * 900 + b"]" * 900 + b"}", b'{"v": [1, null, NaN, "x"]}',
    ]  # fmt: skip
    source = write(b"\n".join(lines))
    told = [row.fault.reason if isinstance(row, BadRow) else tuple(row.values()) for row in source.records()]
    assert ("a", "v") == source.columns()
    assert [
        ("1", "[0.10, -2e-1]"), "not JSON", "not an object", "not an object", "key twice", "not UTF-8",
        "NUL character", "nested too deeply", ("", '[1, null, NaN, "x"]'),
    ] == told  # fmt: skip


def test_a_file_without_a_sound_line_says_what_is_wrong_with_the_first(write: Write) -> None:
    """There are no columns to read."""
    with pytest.raises(InputError, match="line 1 is a JSON list, not an object"):
        write(b"[]\n{\n").columns()
