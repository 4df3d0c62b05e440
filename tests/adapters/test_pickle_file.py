"""Pickles: plain values are read, and nothing in them is run."""

import os
import pickle
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.pickle_file import PickleFile
from gradewise.adapters.plain_pickle import read_plain_pickle
from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.testing.contracts.essay_source import EssaySourceContract, MakeSource, Rows

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**100), 2**100) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


class TestPickleFile(EssaySourceContract):
    """A pickled list of dicts, or dict of lists."""

    @pytest.fixture(params=["rows", "columns"])
    def make_source(self, request: pytest.FixtureRequest, tmp_path: Path) -> MakeSource:
        """Store rows as a pickle."""

        def store(rows: Rows) -> PickleFile:
            by_column = {name: [row[name] for row in rows] for name in rows[0]}
            path = tmp_path / "rows.pkl"
            path.write_bytes(
                pickle.dumps([dict(row) for row in rows] if request.param == "rows" else by_column)
            )
            return PickleFile(path)

        return store


@settings(max_examples=40)
@given(PLAIN, st.integers(2, 5))
def test_plain_values_are_what_was_pickled(value: object, protocol: int) -> None:
    """In every protocol of today."""
    content = pickle.dumps(value, protocol)
    read = read_plain_pickle(content)
    assert (type(value), value) == (type(read), read)


@settings(max_examples=40)
@given(st.binary(max_size=60), PLAIN, st.integers(0, 200))
def test_damaged_bytes_are_refused_and_never_crash(noise: bytes, value: object, cut: int) -> None:
    """Whatever they are, what comes back is plain, or an error of ours."""
    for content in (noise, b"\x80\x04" + noise + b".", pickle.dumps(value)[:cut] + noise):
        try:
            read_plain_pickle(content)
        except InputError as error:
            assert str(error)  # noqa: PT017 - other errors must not come


class Hostile:
    """What would run a command wherever it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Call the shell."""
        return os.system, (f"touch {self.trace}",)


@pytest.mark.parametrize("protocol", range(6))
def test_a_hostile_pickle_runs_nothing(protocol: int, tmp_path: Path) -> None:
    """What it asks for is named, and the file that its command would make is not there."""
    path, trace = tmp_path / "hostile.pkl", tmp_path / "trace"
    path.write_bytes(pickle.dumps([{"text": Hostile(trace)}], protocol))
    with pytest.raises(InputError, match=r"hostile.pkl cannot be read: it (asks for 'posix.system'|holds)"):
        PickleFile(path).columns()
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x80\x02cbuiltins\neval\n(X\x01\x00\x00\x001tR.", "asks for 'builtins.eval'"),
        (b"(S'x'\nios\nsystem\n.", "instruction 0x53"),
        (b"\x80\x02]R.", "calls something"),
        (b"\x80\x02]]\x81.", "makes an object"),
        (b"\x80\x02]]b.", "makes an object"),
        (b"\x80\x02Pmine\n.", "kept elsewhere"),
        (b"\x80\x02\x82\x01.", "registered class"),
        (b"\x80\x05\x96" + struct.pack("<Q", 2**62) + b".", "holds bytes"),
        (b"\x80\x04\x8d" + struct.pack("<Q", 2**62) + b"x.", "ends in the middle"),
        (b"\x80\x02\x8b" + struct.pack("<i", 2**30) + b".", "too large"),
        (b"\x80\x02Nr" + struct.pack("<I", 2**32 - 1), "ends in the middle"),
        (b"\x80\x02j" + struct.pack("<I", 7) + b".", "damaged at byte"),
        (b"\x80\x02}]]s.", "key that is no text but of type list"),
        (b"\x80\x02.", "ends without a value"),
        (b"\x80\x02(.", "ends without a value"),
        (b"\x80\x02NNa.", "damaged at byte"),
        (b"\x80\x02}(Nu.", "damaged at byte"),
        (b"\x80\x02(\x85.", "damaged at byte"),
        (b"\x80\x02X\x01\x00\x00\x00\xff.", "damaged at byte"),
        (b"\x80\x02\x93.", "asks for ''"),
        (b"", "ends in the middle"),
    ],
)
def test_what_is_not_plain_is_refused_by_name(content: bytes, said: str) -> None:
    """Each instruction that could do more than build plain values, and lengths that nothing stands behind."""
    with pytest.raises(InputError, match=said):
        read_plain_pickle(content)


def test_references_within_references_are_not_followed(tmp_path: Path) -> None:
    """Lists of lists that would be endless when written out are told as too deep."""
    bomb: list[object] = ["x"] * 10
    for _ in range(100):
        bomb = [bomb] * 10
    round_about: list[object] = []
    round_about.append(round_about)
    path = tmp_path / "bomb.pkl"
    rows = [{"text": "a", "v": [1, 2.5, True]}, {"text": bomb}, {"text": round_about}, 7, {"text": "a\0"}]
    path.write_bytes(pickle.dumps(rows))
    told = [
        row.fault.reason if isinstance(row, BadRow) else tuple(row.values())
        for row in PickleFile(path).records()
    ]
    nested = "nested too deeply"
    assert [("a", "[1, 2.5, true]"), nested, nested, "not an object", "NUL character"] == told


def test_values_become_the_text_of_cells(tmp_path: Path) -> None:
    """None and not-a-number are empty; truths and numbers are spelled as JSON does."""
    path = tmp_path / "rows.pkl"
    path.write_bytes(pickle.dumps([{"a": None, "b": float("nan"), "c": True, "d": 1, "e": (0.5,), "f": "x"}]))
    source = PickleFile(path)
    assert [("", "", "true", "1", "[0.5]", "x")] == [tuple(row.values()) for row in source.rows()]
    assert "nothing in it is run" in source.notices[0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (7, "holds no table"),
        ({"a": [1], "b": [1, 2]}, "holds no table"),
        ({"a": 1}, "holds no table"),
        ([], "is empty"),
        ({}, "is empty"),
    ],
    ids=repr,
)
def test_what_is_no_table_is_refused(value: object, said: str, tmp_path: Path) -> None:
    """The message says what is one."""
    path = tmp_path / "rows.pkl"
    path.write_bytes(pickle.dumps(value))
    with pytest.raises(InputError, match=said):
        PickleFile(path).columns()


def test_a_pickle_is_not_opened_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever opens files by their name refuses it, and says what is needed; nor is a huge one read."""
    path = tmp_path / "rows.PKL"
    path.write_bytes(pickle.dumps([{"a": 1}]))
    with pytest.raises(InputError, match=r"is a pickle.*data.allow_pickle: true, --allow-pickle"):
        open_essay_file(path)
    monkeypatch.setattr("gradewise.adapters.pickle_file.LARGEST_FILE", 5)
    with pytest.raises(InputError, match="more than 5 bytes"):
        PickleFile(path).columns()
