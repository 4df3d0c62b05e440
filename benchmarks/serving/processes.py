"""Servers that are measured: started on a free port, watched in ``/proc``, ended with the block."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

START_WITHIN_S, END_WITHIN_S = 120.0, 30.0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
_PARENT, _USER, _REAPED_SYSTEM = 1, 11, 15  # of /proc/PID/stat, counted from behind the name


@dataclass(frozen=True, slots=True)
class Process:
    """A server and the processes that it has started."""

    pid: int
    """Of the first."""
    port: int
    """Where it listens, on this machine alone."""

    @property
    def cpu_s(self) -> float:
        """CPU time of all its processes and of those that have ended, user and system, in seconds."""
        stats = [_stat(pid) for pid in self.pids()]
        return sum(sum(map(int, stat[_USER:_REAPED_SYSTEM])) for stat in stats if stat) * TICK_S

    @property
    def own_cpu_s(self) -> float:
        """CPU time of the first process alone, user and system, in seconds."""
        return sum(map(int, _stat(self.pid)[_USER : _USER + 2])) * TICK_S

    @property
    def resident_mb(self) -> float:
        """Memory of the first process, in megabytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE_MB

    @property
    def all_resident_mb(self) -> float:
        """Memory of all its processes, in megabytes; what they share counts in each."""
        sizes = (_words(Path(f"/proc/{pid}/statm")) for pid in self.pids())
        return sum(int(size[1]) for size in sizes if size) * PAGE_MB

    def pids(self) -> list[int]:
        """Every process of the server."""
        parents = {}
        for path in Path("/proc").iterdir():
            if path.name.isdecimal() and (stat := _stat(int(path.name))):
                parents[int(path.name)] = int(stat[_PARENT])
        found = [self.pid]
        for pid in found:  # grows while it is walked
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def children(self, word: str) -> list[int]:
        """Processes below the first whose command line has this word in it."""
        lines = {pid: " ".join(_words(Path(f"/proc/{pid}/cmdline"))) for pid in self.pids()[1:]}
        return [pid for pid, line in lines.items() if word in line]


def _stat(pid: int) -> Sequence[str]:
    return _words(Path(f"/proc/{pid}/stat"), behind=") ")


def _words(path: Path, *, behind: str = "") -> Sequence[str]:
    try:
        return path.read_text().rpartition(behind)[2].split() if behind else path.read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # has ended meanwhile
        return ()


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def started(
    command: Sequence[str | Path], *, port: int, ready: str, log: Path, extra: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A server that answers at a path, until the block ends; its output is in a file.

    Args:
        command: starts it.
        port: where it will listen.
        ready: a path that it answers with 200 as soon as it is up.
        log: gets what it prints.
        extra: environment, beside this process's own.
    """
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **(extra or {})}
    with log.open("w") as file:
        server = subprocess.Popen(
            [str(part) for part in command], stdout=file, stderr=file, env=environment, start_new_session=True
        )
        try:
            _wait(server, f"http://127.0.0.1:{port}{ready}", log)
            yield Process(server.pid, port)
        finally:
            _end(server)


def _wait(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN_S
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(url).status_code == httpx.codes.OK:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the server does not answer at {url}; it said:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)


def _end(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(END_WITHIN_S)
    # The group is the server's own: what it leaves behind goes with it.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


@contextlib.contextmanager
def gradewise(
    directory: Path, *options: str | Path, extra: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """`gradewise serve` with these options; its cache, log and state are in a directory."""
    port = free_port()
    command = [command_path(), "serve", "--port", str(port), *options]
    environment = {**own(directory), **(extra or {})}
    with started(
        command, port=port, ready="/readyz", log=directory / "serve.log", extra=environment
    ) as process:
        yield process


def command_path() -> Path:
    """The command of this installation."""
    return Path(sys.executable).with_name("gradewise")


def own(directory: Path) -> dict[str, str]:
    """Environment of gradewise with everything that it keeps in a directory."""
    return {
        "GRADEWISE_CACHE_DIR": str(directory / "cache"),
        "GRADEWISE_STATE_DIR": str(directory / "state"),
        "GRADEWISE_MODELS_DIR": str(directory / "models"),
        "GRADEWISE_DATABASE_URL": f"sqlite:///{directory / 'gradewise.sqlite'}",
    }
