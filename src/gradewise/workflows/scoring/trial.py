"""Bytes are tried in a process of their own before they are let into the one that serves."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence

from gradewise.models.bundles.tryout import MEMORY, TrialLimits, Verdict, packed
from gradewise.workflows.scoring.refusals import RefusalReason, RefusedError

Trial = Callable[[Mapping[str, bytes]], Awaitable[None]]
"""Tries a bundle, and raises `RefusedError` where it is not to be served."""

Process = subprocess.Popen[bytes]

COMMAND = (sys.executable, "-P", "-m", "gradewise.models.bundles.tryout")
"""What is started for a trial."""
LIMITS = TrialLimits()
"""What a trial may use when nothing else is said."""
GRACE_S = 5.0
"""How much longer than its own limit a trial is waited for: it may not get a processor at once."""

_REASONS: Mapping[str, RefusalReason] = {
    "digest": "digest", "unsafe": "unsafe", "parity": "parity", "format": "format", MEMORY: "memory",
}  # fmt: skip
_TIMEOUTS = frozenset({signal.SIGALRM, signal.SIGXCPU})
_LONGEST_ANSWER = 2**16
_DETAIL = 500  # characters of what a child says


async def try_in_child(
    files: Mapping[str, bytes], *, limits: TrialLimits = LIMITS, command: Sequence[str] = COMMAND
) -> None:
    """Build a bundle in a process that may die of it; it must grade its own test rows as when it was made.

    The process gets the bytes, not a path, and an environment without secrets.

    Args:
        files: of the bundle, by name.
        limits: time and memory.
        command: what is started; it is told by standard input, see `gradewise.models.bundles.tryout`.

    Raises:
        RefusedError: it crashed, took too long or too much memory, or refused the bundle.
    """
    process = await asyncio.to_thread(_started, command)
    try:
        talk = asyncio.to_thread(_talk, process, files, limits)
        answer = await asyncio.wait_for(talk, limits.seconds + GRACE_S)
    except TimeoutError as error:
        raise _too_long(limits) from error
    finally:
        await asyncio.to_thread(_ended, process)
    _judge(process.returncode, answer, limits)


def _started(command: Sequence[str]) -> Process:
    """A process that waits for what it is told.

    The event loop would copy the page tables of this whole process for it, and nobody were answered
    meanwhile; `subprocess` lends them to the child until it has become another program.
    """
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    try:
        return subprocess.Popen(  # noqa: S603 - this installation's own program
            command, stdin=pipe, stdout=pipe, stderr=nowhere, env=_environment(), start_new_session=True
        )
    except OSError as error:
        raise RefusedError(
            "unavailable", f"cannot start {command[0]} to try the model: {error.strerror}"
        ) from error


def _environment() -> dict[str, str]:
    """What a trial needs to know: where modules are, and to use one thread."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


def _talk(process: Process, files: Mapping[str, bytes], limits: TrialLimits) -> bytes:
    """Tell a trial what it needs; its answer."""
    assert process.stdin is not None  # noqa: S101 - it was started with both
    assert process.stdout is not None  # noqa: S101
    # One that dies early is told of by how it ended.
    with contextlib.suppress(BrokenPipeError), process.stdin:
        for piece in packed(files, limits):
            process.stdin.write(piece)
    with process.stdout:
        answer = process.stdout.read(_LONGEST_ANSWER)
    process.wait()
    return answer


def _ended(process: Process) -> None:
    """See that nothing of a trial is left; whoever talks to it finds its end."""
    if process.poll() is None:
        process.kill()
    process.wait()


def _judge(code: int | None, answer: bytes, limits: TrialLimits) -> None:
    if code is not None and -code in _TIMEOUTS:
        raise _too_long(limits)
    if code == -signal.SIGKILL:
        raise RefusedError("memory", "the trial was killed, probably for want of memory; add some")
    verdict = _verdict(answer) if code == 0 else None
    if verdict is None:
        raise RefusedError(
            "crashed",
            f"the model crashed the process that tried it ({_how(code)}); train it again, or promote another",
        )
    if verdict.reason:
        raise RefusedError(_REASONS.get(verdict.reason, "format"), verdict.detail[:_DETAIL])


def _verdict(answer: bytes) -> Verdict | None:
    """What a trial said; ``None`` where it said nothing that it could have."""
    try:
        return Verdict(**json.loads(answer))
    except (ValueError, TypeError):
        return None


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"


def _too_long(limits: TrialLimits) -> RefusedError:
    return RefusedError(
        "timeout", f"the model was not ready within {limits.seconds} s; try it on a quieter machine"
    )
