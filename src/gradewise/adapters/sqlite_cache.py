"""A cache in one SQLite file that several processes may share."""

import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock

from gradewise.telemetry import Listener, Notice, silent

LIMIT_BYTES = 512 * 1024 * 1024
"""About half a million essays of a hundred features."""

LAYOUT = 1
# SQLite takes 32,766 parameters in a statement; fewer keep its parser quick.
KEYS_PER_QUERY = 500
WAIT_SECONDS = 10.0
# Pruning goes below the limit by this share, so that it is not done at every write.
PRUNE_TO = 0.9
DIGEST_BYTES = 16
# What an entry takes beside its value: key, checksum, time, and their share of two indexes.
OVERHEAD_BYTES = 250
SCHEMA = """
    CREATE TABLE IF NOT EXISTS entries (
        key TEXT PRIMARY KEY, value BLOB NOT NULL, checksum BLOB NOT NULL, used INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS entries_used ON entries (used);
"""


class SqliteCache:
    """A `Cache` in one file, bounded in size; the least recently used entries leave first.

    Caching is best effort: nothing here stops work. A damaged file is set aside as ``<name>.damaged`` and
    begun anew, and the listener is told; what cannot be read is absent, what cannot be written is lost, and
    both are counted in `failures`. Several processes and threads may use one file.
    """

    def __init__(self, path: Path, *, limit_bytes: int = LIMIT_BYTES, listener: Listener = silent) -> None:
        self._path = path
        self._limit = limit_bytes
        self._listener = listener
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._told = False
        self.failures = 0
        """Reads and writes that did not succeed."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present and undamaged; absent keys are left out."""
        with self._lock:
            try:
                return self._read(keys)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                return {}

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries, all or none; when they outgrow the limit, the least recently used are lost."""
        with self._lock:
            try:
                self._write(entries)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)

    def close(self) -> None:
        """Close the file; may be called twice. A closed cache finds and keeps nothing."""
        with self._lock:
            self._closed = True
            self._disconnect()

    def _read(self, keys: Sequence[str]) -> dict[str, bytes]:
        connection = self._connect()
        if connection is None:
            return {}
        rows = [
            row
            for part in _parts(list(dict.fromkeys(keys)))
            for row in connection.execute(
                f"SELECT key, value, checksum FROM entries WHERE key IN ({_marks(part)})",  # noqa: S608 - marks only
                part,
            )
        ]
        sound = {key: value for key, value, checksum in rows if checksum == _checksum(key, value)}
        self.failures += len(rows) - len(sound)
        self._touch(connection, list(sound))
        return sound

    def _touch(self, connection: sqlite3.Connection, keys: Sequence[str]) -> None:
        """Remember that entries were used; a cache that cannot be written is still read."""
        now = time.time_ns()
        try:
            with connection:
                for part in _parts(keys):
                    connection.execute(
                        f"UPDATE entries SET used = ? WHERE key IN ({_marks(part)})",  # noqa: S608 - marks only
                        (now, *part),
                    )
        except sqlite3.OperationalError as error:
            self._fail(error)

    def _write(self, entries: Mapping[str, bytes]) -> None:
        connection = self._connect()
        if connection is None:
            return
        now = time.time_ns()
        rows = [(key, value, _checksum(key, value), now) for key, value in entries.items()]
        with connection:
            connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
        self._prune(connection)

    def _prune(self, connection: sqlite3.Connection) -> None:
        if _pages_in_use(connection) <= self._limit:
            return
        sizes = connection.execute(
            "SELECT used, sum(length(value) + ?) FROM entries GROUP BY used ORDER BY used DESC",
            (OVERHEAD_BYTES,),
        )
        newest_to_lose = _first_beyond(sizes, PRUNE_TO * self._limit)
        if newest_to_lose is not None:
            with connection:
                connection.execute("DELETE FROM entries WHERE used <= ?", (newest_to_lose,))

    def _connect(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._closed:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connection = _opened(self._path)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._set_aside()
                self._connection = _opened(self._path)
        return self._connection

    def _fail(self, error: Exception) -> None:
        self.failures += 1
        if _is_damage(error):
            self._disconnect()
            self._set_aside()
        elif not self._told:
            self._told = True
            self._listener(Notice(f"cache {self._path.name} is not usable ({error}); work goes on without it"))

    def _set_aside(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            present = self._path.with_name(self._path.name + suffix)
            try:
                present.replace(self._path.with_name(f"{self._path.name}.damaged{suffix}"))
            except FileNotFoundError:
                continue
            except OSError as error:
                self._listener(Notice(f"damaged cache {self._path.name} cannot be set aside ({error})"))
                return
        self._listener(
            Notice(f"cache {self._path.name} was damaged; set aside as {self._path.name}.damaged and begun anew")
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, check_same_thread=False)
    try:
        # With WAL readers never wait for the writer; NORMAL may lose the last entries at power loss, no more.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout != LAYOUT:
            connection.executescript(f"DROP TABLE IF EXISTS entries; {SCHEMA} PRAGMA user_version = {LAYOUT};")
    except BaseException:
        connection.close()
        raise
    return connection


def _is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _checksum(key: str, value: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\0" + value, digest_size=DIGEST_BYTES).digest()
