"""When a file is whole: it settled, was marked, or was renamed; and in which order files are taken."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.protocols.watched_files import FileSeen
from gradewise.workflows.watching.arrivals import Looked, Why, look
from gradewise.workflows.watching.names import AnyTable, NamePattern

SETTLE_S = 5.0


def seen(name: str, *, size: int = 10, at: int = 0, inode: int = 1) -> FileSeen:
    """A file."""
    return FileSeen(name=name, size=size, changed_ns=at, identity=(1, inode))


def looks(*found: tuple[float, list[FileSeen]]) -> Looked:
    """What is known after several looks."""
    looked = Looked()
    for now, files in found:
        looked = look(looked, files, AnyTable(), now=now, settle_s=SETTLE_S)
    return looked


def why(looked: Looked) -> dict[str, Why]:
    """Why each file is whole."""
    return {each.seen.name: each.why for each in looked.arrivals}


def test_a_file_that_stays_as_it_is_is_whole() -> None:
    """Not before it has stayed so for as long as it takes."""
    file = seen("a.csv")
    assert {} == why(looks((0.0, [file]), (4.9, [file])))
    assert {"a.csv": "settled"} == why(looks((0.0, [file]), (5.0, [file])))


@settings(max_examples=30)
@given(st.lists(st.floats(0.1, 20), min_size=2, max_size=6))
def test_a_file_that_grows_is_never_whole(pauses: list[float]) -> None:
    """However rarely it is looked at, size or time tell."""
    now, looked = 0.0, Looked()
    for number, pause in enumerate(pauses):
        now += pause
        growing = seen("a.csv", size=10 + number, at=number)
        looked = look(looked, [growing], AnyTable(), now=now, settle_s=SETTLE_S)
        assert {} == why(looked)


def test_an_old_file_must_settle_too() -> None:
    """A copy keeps the time of its original while it is still being written."""
    assert {} == why(looks((1e6, [seen("a.csv", at=0)])))


def test_a_mark_beside_it_says_that_it_is_whole() -> None:
    """Unless it is of an earlier writing."""
    assert {"a.csv": "marked"} == why(looks((0.0, [seen("a.csv", at=5), seen("a.csv.done", at=5)])))
    assert {} == why(looks((0.0, [seen("a.csv", at=6), seen("a.csv.done", at=5)])))


def test_a_file_that_was_renamed_into_place_is_whole() -> None:
    """It is known by its inode; one that got smaller is another file that has the inode now."""
    before = (0.0, [seen("a.csv.tmp", inode=7)])
    assert {"a.csv": "renamed"} == why(looks(before, (1.0, [seen("a.csv", size=11, inode=7)])))
    assert {} == why(looks(before, (1.0, [seen("a.csv", size=9, inode=7)])))
    assert {} == why(looks(before, (1.0, [seen("a.csv", size=11, inode=8)])))


def test_hidden_and_unfinished_files_and_marks_are_passed_over() -> None:
    """However long they lie there."""
    files = [seen(name) for name in (".a.csv", "a.csv.part", "a.csv.done", "a.txt")]
    assert looks((0.0, files), (9.0, files)).waiting == {}


def test_files_are_taken_by_their_dates() -> None:
    """Oldest first, whenever they came."""
    names = NamePattern("*_%Y%m%d.csv")
    files = [seen(name) for name in ("a_20260302.csv", "z_20260301.csv", "b_20260230.csv")]
    first = look(Looked(), files, names, now=0, settle_s=0)
    assert ["z_20260301.csv", "a_20260302.csv"] == [each.seen.name for each in first.arrivals]
    assert ["b_20260230.csv"] == [name for name, _ in first.passed_over]


def test_what_is_gone_is_forgotten() -> None:
    """A file of the same name that comes later must settle anew."""
    file = seen("a.csv")
    assert {} == why(looks((0.0, [file]), (4.0, []), (8.0, [replace(file)])))


def test_names_that_no_log_can_hold_are_passed_over() -> None:
    """Linux allows any bytes in a name; the others are taken all the same."""
    files = [seen(name) for name in ("a\udcff.csv", "b\n.csv", "c.csv", ".d\n.csv")]
    found = look(Looked(), files, AnyTable(), now=0, settle_s=0)
    assert ["c.csv"] == [each.seen.name for each in found.arrivals]
    assert ["a\udcff.csv", "b\n.csv"] == [name for name, _ in found.passed_over]
