"""A cache in one SQLite file that several processes may share."""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

from gradewise.telemetry import Listener, Notice, silent

LIMIT_BYTES = 512 * 1024 * 1024
"""About half a million essays of a hundred features."""

# SQLite takes 32,766 parameters in a statement; fewer keep its parser quick.
KEYS_PER_QUERY = 500
WAIT_SECONDS = 5.0
_AGAIN_S = 0.005
# So often in a row may an access fail, each after its wait, before the cache is left alone for a while.
GIVE_UP_AFTER = 3
PAUSE_S = 60.0
# Pruning goes below the limit by this share, so that it is not done at every write.
PRUNE_TO = 0.9
DIGEST_BYTES = 16
# "gwca": marks the file as ours, so that no other database is ever written to.
APPLICATION = 0x67776361
LAYOUT = 1
SCHEMA = (
    "DROP TABLE IF EXISTS entries",
    """CREATE TABLE entries (
        key TEXT PRIMARY KEY, value BLOB NOT NULL, checksum BLOB NOT NULL, used INTEGER NOT NULL
    )""",
    "CREATE INDEX entries_used ON entries (used)",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {LAYOUT}",
)


class SqliteCache:
    """A `Cache` in one file, bounded in size; the least recently used entries leave first.

    Caching is best effort: nothing here stops work. A damaged file is set aside as ``<name>.damaged`` and
    begun anew, and the listener is told; what cannot be read is absent, what cannot be written is lost, and
    both are counted in `failures`. Where that happens again and again, the file is left alone for a while.
    Several processes and threads may use one file.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit_bytes: int = LIMIT_BYTES,
        listener: Listener = silent,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._clock, self._away_until = clock, 0.0
        self._limit = limit_bytes
        self._listener = listener
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._told = False
        self._failed_in_a_row = 0
        self.failures = 0
        """Reads and writes that did not succeed."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present and undamaged; absent keys are left out."""
        with self._lock:
            try:
                present = self._read(keys)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                return {}
            self._worked()
            return present

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries, all or none; when they outgrow the limit, the least recently used are lost."""
        with self._lock:
            try:
                self._write(entries)
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
            else:
                self._worked()

    def remove_many(self, keys: Sequence[str]) -> int:
        """Remove these entries so that the file holds nothing of them; how many of them were there."""
        with self._lock:
            try:
                gone = self._remove(list(dict.fromkeys(keys)))
            except (sqlite3.Error, OSError) as error:
                self._fail(error)
                return 0
            self._worked()
            return gone

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
        except sqlite3.OperationalError:
            self.failures += 1

    def _write(self, entries: Mapping[str, bytes]) -> None:
        connection = self._connect()
        if connection is None:
            return
        now = time.time_ns()
        rows = [(key, value, _checksum(key, value), now) for key, value in entries.items()]
        with connection:
            connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", rows)
        self._prune(connection)

    def _remove(self, keys: Sequence[str]) -> int:
        connection = self._connect()
        if connection is None:
            return 0
        gone = 0
        connection.execute("PRAGMA secure_delete = ON")
        with connection:
            for part in _parts(keys):
                asked = f"DELETE FROM entries WHERE key IN ({_marks(part)})"  # noqa: S608 - marks only
                gone += connection.execute(asked, part).rowcount
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Drop the share of entries, longest unused first, by which the file is too large."""
        in_use = _bytes_in_use(connection)
        if in_use <= self._limit:
            return
        (count,) = connection.execute("SELECT count(*) FROM entries").fetchone()
        kept = int(count * PRUNE_TO * self._limit / in_use)
        with connection:
            connection.execute(
                "DELETE FROM entries WHERE key IN (SELECT key FROM entries ORDER BY used LIMIT ?)",
                (count - kept,),
            )

    def _connect(self) -> sqlite3.Connection | None:
        if self._connection is None and not self._closed and self._clock() >= self._away_until:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connection = _opened(self._path)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._set_aside()
                self._connection = _opened(self._path)
        return self._connection

    def _worked(self) -> None:
        if self._connection is not None:  # else it was not asked
            self._failed_in_a_row = 0

    def _fail(self, error: Exception) -> None:
        self.failures += 1
        self._failed_in_a_row += 1
        if _is_damage(error):
            self._disconnect()
            self._set_aside()
        elif not self._told:
            self._told = True
            self._listener(Notice(f"cache {self._path} is not usable ({error}); work goes on without it"))
        if self._failed_in_a_row >= GIVE_UP_AFTER:
            self._away_until = self._clock() + PAUSE_S
            self._disconnect()

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
            Notice(
                f"cache {self._path.name} was damaged; set aside as {self._path.name}.damaged and begun anew"
            )
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, check_same_thread=False)
    try:
        # With WAL readers never wait for the writer; NORMAL may lose the last entries at power loss, no more.
        _write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        if _pragma(connection, "user_version") != LAYOUT or not _is_ours(connection):
            _lay_out(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have changes written ahead; SQLite itself does not wait for others who begin the same new file."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _lay_out(connection: sqlite3.Connection) -> None:
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and not _is_ours(connection):
            raise sqlite3.DatabaseError("it is a database of another program")
        if _pragma(connection, "user_version") != LAYOUT:  # another process may have been first
            for statement in SCHEMA:
                connection.execute(statement)


def _is_ours(connection: sqlite3.Connection) -> bool:
    return _pragma(connection, "application_id") == APPLICATION


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _bytes_in_use(connection: sqlite3.Connection) -> int:
    pages = _pragma(connection, "page_count") - _pragma(connection, "freelist_count")
    return pages * _pragma(connection, "page_size")


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    return (keys[start : start + KEYS_PER_QUERY] for start in range(0, len(keys), KEYS_PER_QUERY))


def _marks(keys: Sequence[str]) -> str:
    return ",".join("?" * len(keys))


def _is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _checksum(key: str, value: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + b"\0" + value, digest_size=DIGEST_BYTES).digest()
