"""`gradewise serve` as a process of its own, to be killed, starved and asked what no client would ask."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

PATIENCE_S = 90.0
_PROGRAM = """
import ctypes, os, resource, signal, sys
from pathlib import Path
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # it ends with whoever started it, however that ends
exec(os.environ.pop("BEFORE_SERVING", ""))
from gradewise.cli.main import main
main()
"""


@dataclass
class ServedProcess:
    """A service on a free port, with a state of its own in a directory."""

    directory: Path
    """Holds its log, its state, its cache and, unless something else is said, its models."""
    options: tuple[str, ...] = ()
    """Of the command."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it is told besides."""
    before: str = ""
    """Python that runs in the process first: limits of resources, and other clocks."""
    port: int = 0
    """Where it listens once it was started."""
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Of what happens, as lines of JSON."""
        return self.directory / "log.jsonl"

    @property
    def models(self) -> Path:
        """Where models are deployed."""
        return self.directory / "models"

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process is not None
        return self._process.pid

    @property
    def said(self) -> str:
        """All that it wrote: its log and both its outputs."""
        places = [*self.directory.glob("*.jsonl"), *self.directory.glob("*.out")]
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in places)

    def start(self) -> None:
        """Bring it up, and wait until it answers."""
        with (self.directory / "said.out").open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _PROGRAM, "serve", "--port", "0", *self.options],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env=self._environment(),
                cwd=self.directory,
            )
        self.port = 0
        wait_until(self._listens)

    def kill(self) -> None:
        """End it as a loss of power would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Ask it to end, and wait until it has; its exit code."""
        return self._end(signal.SIGTERM)

    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def megabytes(self) -> float:
        """Of memory that it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def children(self, word: str) -> list[int]:
        """Processes that it has started whose command line has this word in it."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                parent = place.joinpath("stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]
                if int(parent) == self.pid and word in place.joinpath("cmdline").read_text(encoding="utf-8"):
                    found.append(int(place.name))
        return found

    def client(self, **options: object) -> httpx.Client:
        """Asks it."""
        return httpx.Client(base_url=self.url, timeout=PATIENCE_S, **options)  # type: ignore[arg-type]

    def connect(self) -> socket.socket:
        """A connection to it, for what no client would send."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)

    def _environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("GRADEWISE_")}
        return {
            **ours,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "OPENBLAS_NUM_THREADS": "1",
            "BEFORE_SERVING": self.before,
            "GRADEWISE_LOG_FILE": str(self.log),
            "GRADEWISE_STATE_DIR": str(self.directory / "state"),
            "GRADEWISE_CACHE_DIR": str(self.directory / "cache"),
            "GRADEWISE_MODELS_DIR": str(self.models),
            **self.environment,
        }

    def _listens(self) -> bool:
        said = (self.directory / "said.out").read_text(encoding="utf-8", errors="replace")
        assert self.alive(), said[-2000:]
        found = re.findall(r"listening at http://127\.0\.0\.1:(\d+)", said)
        if not found:
            return False
        self.port = int(found[-1])
        with closing(socket.socket()) as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(PATIENCE_S)


@contextmanager
def served_process(directory: Path, *options: str | Path, **more: object) -> Iterator[ServedProcess]:
    """A service that runs until the block ends."""
    process = ServedProcess(directory, tuple(map(str, options)), **more)  # type: ignore[arg-type]
    process.start()
    try:
        yield process
    finally:
        if process.alive():
            process.kill()


def wait_until(found: Callable[[], bool], *, within_s: float = PATIENCE_S) -> None:
    """Ask until it is so."""
    deadline = time.monotonic() + within_s
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)
