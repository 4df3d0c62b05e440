"""Tests of the SQLite cache: the contract, and every way in which a file can go wrong."""

import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradewise.adapters.sqlite_cache import GIVE_UP_AFTER, PAUSE_S, SqliteCache
from gradewise.telemetry import Event, Notice
from gradewise.testing.contracts.cache import CacheContract

SOURCE = str(Path(__file__).parents[2] / "src")


class TestSqliteCache(CacheContract):
    """The SQLite cache keeps every promise of the port."""

    def new_cache(self, directory: Path) -> SqliteCache:
        """A cache in a directory that is yet to be made."""
        return SqliteCache(directory / "new" / "cache.sqlite")


def filled(path: Path, n: int = 200) -> dict[str, bytes]:
    """Write a cache file of ``n`` entries and close it."""
    entries = {f"key {number}": bytes([number % 256]) * 100 for number in range(n)}
    with closing(SqliteCache(path)) as cache:
        cache.put_many(entries)
    return entries


def test_entries_outlive_the_process(tmp_path: Path) -> None:
    """What was put is there when the file is opened again."""
    entries = filled(tmp_path / "c")
    with closing(SqliteCache(tmp_path / "c")) as cache:
        assert cache.get_many(list(entries)) == entries
        assert cache.failures == 0


def test_closed_cache_keeps_nothing(tmp_path: Path) -> None:
    """A closed cache neither finds nor keeps, and does not open its file again."""
    entries = filled(tmp_path / "c")
    cache = SqliteCache(tmp_path / "c")
    cache.close()
    assert cache.get_many(list(entries)) == {}


def test_other_file_is_set_aside(tmp_path: Path) -> None:
    """A file that is no database is kept under another name, the user is told, and the cache works."""
    path, heard = tmp_path / "c", list[Event]()
    path.write_bytes(b"not a database at all" * 500)
    with closing(SqliteCache(path, listener=heard.append)) as cache:
        cache.put_many({"a": b"1"})
        assert cache.get_many(["a"]) == {"a": b"1"}
    assert (tmp_path / "c.damaged").read_bytes().startswith(b"not a database")
    assert [type(event) for event in heard] == [Notice]
    assert "set aside as c.damaged" in str(heard[0])


def test_damaged_file_that_cannot_be_moved_does_not_stop_work(tmp_path: Path) -> None:
    """Where the damaged file cannot be set aside, the user is told and work goes on without a cache."""
    heard: list[Event] = []
    (tmp_path / "c").write_bytes(b"not a database at all" * 500)
    (tmp_path / "c.damaged").mkdir()
    cache = SqliteCache(tmp_path / "c", listener=heard.append)
    cache.put_many({"a": b"1"})
    assert cache.get_many(["a"]) == {}
    assert "cannot be set aside" in str(heard[0])


def test_truncated_file_does_not_stop_work(tmp_path: Path) -> None:
    """A file cut in half loses entries, returns no wrong one, and takes new ones again."""
    path = tmp_path / "c"
    entries = filled(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with closing(SqliteCache(path)) as cache:
        assert cache.get_many(list(entries)).items() <= entries.items()
        cache.put_many({"new": b"1"})
        cache.put_many({"new": b"1"})
        assert cache.get_many(["new"]) == {"new": b"1"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.floats(0, 1), flipped=st.integers(1, 255), length=st.integers(1, 2000))
def test_flipped_bytes_never_give_a_wrong_value(
    tmp_path: Path, position: float, flipped: int, length: int
) -> None:
    """Whatever bytes of the file change, an entry comes back as it was or not at all."""
    path = tmp_path / "c"
    for old in tmp_path.iterdir():
        old.unlink()
    entries = filled(path)
    content = bytearray(path.read_bytes())
    start = int(position * (len(content) - 1))
    for at in range(start, min(start + length, len(content))):
        content[at] ^= flipped
    path.write_bytes(content)
    with closing(SqliteCache(path)) as cache:
        assert cache.get_many(list(entries)).items() <= entries.items()
        cache.put_many(entries)
        assert cache.get_many(list(entries)).items() <= entries.items()


def test_entry_with_wrong_checksum_reads_as_absent(tmp_path: Path) -> None:
    """A value that was changed behind its back is left out and counted."""
    filled(tmp_path / "c", n=2)
    with closing(sqlite3.connect(tmp_path / "c")) as raw, raw:
        raw.execute("UPDATE entries SET value = x'00' WHERE key = 'key 0'")
    with closing(SqliteCache(tmp_path / "c")) as cache:
        assert set(cache.get_many(["key 0", "key 1"])) == {"key 1"}
        assert cache.failures == 1


def test_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """A database that is not a cache is neither written nor moved; work goes on without a cache."""
    path, heard = tmp_path / "registry", list[Event]()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE entries (precious TEXT)")
        raw.execute("INSERT INTO entries VALUES ('kept')")
    with closing(SqliteCache(path, listener=heard.append)) as cache:
        cache.put_many({"a": b"1"})
        assert cache.get_many(["a"]) == {}
    assert "another program" in str(heard)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT precious FROM entries").fetchall() == [("kept",)]


def test_layout_of_another_version_is_begun_anew(tmp_path: Path) -> None:
    """A cache file of another layout is emptied and used."""
    entries = filled(tmp_path / "c")
    with closing(sqlite3.connect(tmp_path / "c")) as raw:
        raw.execute("PRAGMA user_version = 99")
    with closing(SqliteCache(tmp_path / "c")) as cache:
        assert cache.get_many(list(entries)) == {}
        cache.put_many({"a": b"1"})
        assert cache.get_many(["a"]) == {"a": b"1"}


def test_unusable_place_is_told_once_and_left_alone(tmp_path: Path) -> None:
    """Where no file can be made, work goes on: one notice, counted failures, no more attempts after some."""
    (tmp_path / "file").touch()
    heard: list[Event] = []
    cache = SqliteCache(tmp_path / "file" / "c", listener=heard.append)
    for _ in range(10):
        cache.put_many({"a": b"1"})
        assert cache.get_many(["a"]) == {}
    assert (len(heard), cache.failures) == (1, GIVE_UP_AFTER)


def test_a_place_that_is_usable_again_is_used_again(tmp_path: Path) -> None:
    """After a pause it is tried once, and after the next it works: a service need not be started again."""
    (tmp_path / "file").touch()
    now = 0.0
    with closing(SqliteCache(tmp_path / "file" / "c", clock=lambda: now)) as cache:
        for _ in range(10):
            cache.put_many({"a": b"1"})
        now += PAUSE_S
        for _ in range(10):
            cache.put_many({"a": b"1"})
        assert GIVE_UP_AFTER + 1 == cache.failures
        (tmp_path / "file").unlink()
        assert {} == cache.get_many(["a"])
        now += PAUSE_S
        cache.put_many({"a": b"1"})
        assert {"a": b"1"} == cache.get_many(["a"])


def test_read_only_cache_is_read(tmp_path: Path) -> None:
    """A cache that cannot be written still answers; what is put is lost."""
    entries = filled(tmp_path / "c", n=3)
    with closing(SqliteCache(tmp_path / "c")) as cache:
        cache.get_many([])
        assert cache._connection is not None
        cache._connection.execute("PRAGMA query_only = ON")
        cache.put_many({"new": b"1"})
        assert cache.get_many([*entries, "new"]) == entries
        assert cache.failures > 0


def test_full_disk_loses_the_new_entries_only(tmp_path: Path) -> None:
    """When nothing fits any more, nothing is raised, all or none is kept, and the old entries stay."""
    entries = filled(tmp_path / "c")
    with closing(SqliteCache(tmp_path / "c")) as cache:
        cache.get_many([])
        assert cache._connection is not None
        cache._connection.execute("PRAGMA max_page_count = 1")
        cache.put_many({f"new {number}": b"x" * 5_000 for number in range(50)})
        assert cache.get_many([*entries, *(f"new {number}" for number in range(50))]) == entries


def test_size_is_bounded_and_the_used_stay(tmp_path: Path) -> None:
    """The file stops growing near its limit; entries that were read lately outlive the others."""
    limit = 300_000
    with closing(SqliteCache(tmp_path / "c", limit_bytes=limit)) as cache:
        cache.put_many({"favourite": b"1" * 1_000})
        for batch in range(40):
            cache.put_many({f"{batch} {number}": bytes(1_000) for number in range(20)})
            assert cache.get_many(["favourite"])
        assert not cache.get_many(["0 0"])
        assert cache.get_many(["39 0"])
    assert (tmp_path / "c").stat().st_size < 1.5 * limit


def test_threads_share_one_cache(tmp_path: Path) -> None:
    """Many threads may read and write at once."""
    with closing(SqliteCache(tmp_path / "c")) as cache, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: cache.put_many({str(number): bytes([number])}), range(100)))
        expected = {str(number): bytes([number]) for number in range(100)}
        assert cache.get_many(list(expected)) == expected
        assert cache.failures == 0


WRITER = """
import sys
import threading
from pathlib import Path
from typing import Any
from gradewise.adapters.sqlite_cache import SqliteCache
cache = SqliteCache(Path(sys.argv[1]))
name, number = sys.argv[2], 0
while number < int(sys.argv[3]):
    cache.put_many({f"{name} {number} {part}": f"{name} {number}".encode() for part in range(5)})
    number += 1
    print(number, flush=True)
assert cache.failures == 0, cache.failures
"""


def writer(path: Path, name: str, batches: int) -> subprocess.Popen[str]:
    """Start a process that writes batches of five entries and says when each is written."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": SOURCE},
    )


def test_processes_share_one_file(tmp_path: Path) -> None:
    """Two processes that write one new file at once lose nothing."""
    started = [writer(tmp_path / "c", name, 50) for name in "ab"]
    for process in started:
        process.communicate(timeout=60)
    assert [process.returncode for process in started] == [0, 0]
    keys = [f"{name} {number} {part}" for name in "ab" for number in range(50) for part in range(5)]
    with closing(SqliteCache(tmp_path / "c")) as cache:
        assert len(cache.get_many(keys)) == len(keys)


def test_threads_begin_one_new_file(tmp_path: Path) -> None:
    """Whoever begins a new file at the same moment as others waits for them, and loses nothing."""
    for number in range(100):
        together = threading.Barrier(4)

        def begin(name: str, path: Path = tmp_path / str(number), together: Any = together) -> int:
            with closing(SqliteCache(path)) as cache:
                together.wait()
                cache.put_many({name: b"x"})
                return cache.failures

        with ThreadPoolExecutor(4) as pool:
            assert [0] * 4 == list(pool.map(begin, "abcd"))


def test_killed_writer_leaves_whole_batches(tmp_path: Path) -> None:
    """A process killed while it writes leaves a sound file in which each batch is whole or absent."""
    with writer(tmp_path / "c", "a", 100_000) as process:
        assert process.stdout is not None
        for _ in range(20):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    with closing(SqliteCache(tmp_path / "c")) as cache:
        present = [len(cache.get_many([f"a {number} {part}" for part in range(5)])) for number in range(200)]
        assert present[:20] == [5] * 20
        assert set(present) <= {0, 5}
        assert cache.failures == 0
