"""Try a bundle in a process that may die of it: ``python -m gradewise.models.bundles.tryout``.

Native code reads a model's bytes, and native code that is given hostile or damaged bytes may crash, hang or
eat all memory, none of which Python can catch. So a bundle is built once here, and must grade its own test
rows as when it was made, before the process that serves builds it from the same bytes.

The files come by standard input: a line of JSON with names and sizes, then the bytes. A line of JSON on
standard output says what came of it. The process limits itself before it reads anything.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import IO

from gradewise.errors import BundleError, DamagedBundleError, ParityError, UnsafeBundleError

KINDS: Mapping[str, type[BundleError]] = {
    "digest": DamagedBundleError,
    "unsafe": UnsafeBundleError,
    "parity": ParityError,
    "format": BundleError,
}
"""What a bundle can be refused for by name; the last one is for all others."""
NICENESS = 10
"""By how much a trial stands back behind those who answer."""
MEMORY = "memory"
"""What stands for a trial that would have needed more than it may have."""
_AUTOGROUP = Path("/proc/self/autogroup")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialLimits:
    """What a trial may use."""

    seconds: int = 60
    """Of time, and of processor time."""
    megabytes: int = 2048
    """Of address space, which is more than what is used of it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a trial."""

    reason: str = ""
    """Why the bundle is refused: a name out of `KINDS`, or `MEMORY`; empty when it is not."""
    detail: str = ""
    """The same in words."""


def packed(files: Mapping[str, bytes], limits: TrialLimits) -> Iterator[bytes]:
    """What the process is told, piece by piece."""
    sizes = [[name, len(content)] for name, content in files.items()]
    yield json.dumps({"limits": asdict(limits), "files": sizes}).encode() + b"\n"
    yield from files.values()


def main() -> None:
    """Try the bundle on standard input, and say what came of it on standard output."""
    stand_back()
    told = json.loads(sys.stdin.buffer.readline())
    limit(TrialLimits(**told["limits"]))
    verdict = _tried(told["files"], sys.stdin.buffer)
    print(json.dumps(asdict(verdict)), flush=True)  # noqa: T201 - this is how it answers


def stand_back() -> None:
    """Let those who answer have the processor first.

    Where Linux groups processes by session (`sched_autogroup_enabled`), niceness counts within a session
    alone; this process has one of its own, which then weighs as much as the service's unless it is told.
    """
    os.nice(NICENESS)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # not Linux, not grouped, or told too often at once
            _AUTOGROUP.write_text(str(NICENESS), encoding="ascii")


def limit(limits: TrialLimits) -> None:
    """Let this process use no more than that, and write no file; it is ended when it takes longer."""
    for kind, most in (
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, limits.megabytes * 2**20),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limits.seconds)  # also when who has started it is gone


def _tried(sizes: list[tuple[str, int]], source: IO[bytes]) -> Verdict:
    try:
        files = {name: source.read(size) for name, size in sizes}
        from gradewise.models.bundles.bundle import bundle_from_files  # noqa: PLC0415 - under the limits

        bundle = bundle_from_files(files)
        for target in (bundle.overall, *bundle.traits):
            target.check_arrays()
    except BundleError as error:
        return Verdict(_name_of(error), str(error))
    except MemoryError:
        return Verdict(MEMORY, "it needs more memory than a trial may have")
    return Verdict()


def _name_of(error: BundleError) -> str:
    """By which name an error is told; ONNX Runtime says in words that there was no memory."""
    causes = chain([error], iter([error.__cause__] if error.__cause__ else []))
    if any("bad_alloc" in str(cause) or "allocate memory" in str(cause) for cause in causes):
        return MEMORY
    return next(name for name, kind in KINDS.items() if isinstance(error, kind))


if __name__ == "__main__":
    main()
