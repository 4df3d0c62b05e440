"""The ledger: what became of each dataset, a JSON line a step, kept beside the data."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from gradewise.errors import InputError, UnavailableError
from gradewise.file_locks import locked
from gradewise.json_lines import json_lines
from gradewise.whole_files import append_whole
from gradewise.workflows.watching.standing import STEPS, LedgerLine

STATE = ".gradewise-watch"
"""Directory beside the data that holds ledger and lock; hidden, so that it is no dataset."""
_LEDGER, _LOCK = "ledger.jsonl", "watch.lock"
_WAIT_S = 1.0  # a watcher that was stopped this moment lets go within it


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of datasets; only who holds it writes, see `held_ledger`."""

    path: Path
    """The file."""
    _descriptor: int

    def lines(self) -> tuple[LedgerLine, ...]:
        """Everything that was written down; what was cut off by a crash, or is of another make, is passed."""
        content = self.path.read_text(encoding="utf-8", errors="replace")
        return tuple(line for text in content.splitlines() if (line := _line(text)) is not None)

    def add(self, line: LedgerLine) -> None:
        """Write down a line; it is on the disk before this ends.

        Raises:
            UnavailableError: the disk is full or gone; the ledger is as it was.
        """
        told = {name: value for name, value in asdict(line).items() if value}
        try:
            append_whole(self._descriptor, json_lines([told]).encode())
        except OSError as error:
            raise UnavailableError(f"{self.path} cannot be written: {error.strerror}; make room") from error


@contextmanager
def held_ledger(state: Path) -> Iterator[Ledger]:
    """The ledger in a directory, which one watcher holds at a time; the kernel lets go when it dies.

    Raises:
        UnavailableError: another watcher holds it.
        InputError: the directory cannot be written.
    """
    with ExitStack() as held:
        try:
            state.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context(locked(state / _LOCK, wait_s=_WAIT_S))
            os.ftruncate(lock, 0)
            os.write(lock, f"{os.getpid()}\n".encode())
            descriptor = held.enter_context(locked(state / _LEDGER))
        except TimeoutError:
            raise UnavailableError(
                f"process {_holder(state)} watches here already ({state / _LOCK}); stop it first"
            ) from None
        except OSError as error:
            raise InputError(
                f"{state} cannot be written ({error.strerror}); name another place: --state DIR"
            ) from error
        yield Ledger(state / _LEDGER, descriptor)


def _holder(state: Path) -> str:
    try:
        return (state / _LOCK).read_text(encoding="utf-8").strip()[:20] or "unknown"
    except OSError:
        return "unknown"


def _line(text: str) -> LedgerLine | None:
    try:
        told: Any = json.loads(text)
        known = {each.name: str(told.get(each.name, "")) for each in fields(LedgerLine)}
    except (ValueError, AttributeError, RecursionError):
        return None
    # A name that leads out of the directory was not written here.
    plain = bool(known["name"]) and known["name"] == Path(known["name"]).name
    sound = known["step"] in STEPS and bool(known["sha256"]) and plain
    return LedgerLine(**known) if sound else None  # type: ignore[arg-type]
