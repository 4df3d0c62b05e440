"""Watch a directory: whatever arrives whole is trained on once, registered, sent, promoted, as is wished."""

from datetime import UTC
from pathlib import Path

from gradewise.errors import GateError, GradewiseError, InputError, TrainingError, UnavailableError
from gradewise.protocols.watched_files import FileSeen
from gradewise.telemetry import Listener, Notice, reason_of, silent
from gradewise.work_events import DatasetStep
from gradewise.workflows.watching.arrivals import Arrival, Looked, look
from gradewise.workflows.watching.ledger import Ledger
from gradewise.workflows.watching.names import DONE, is_writable
from gradewise.workflows.watching.ports import Acts, Clockwork, DataDirectory, Pace
from gradewise.workflows.watching.standing import (
    MOST_BEGINNINGS,
    LedgerLine,
    Standing,
    Step,
    Task,
    Wishes,
    after,
    next_task,
    standings,
)

LONGEST_PAUSE_S = 600.0
"""For how long at the most something that did not answer is left alone before it is asked again."""
PUT_OFF = "put off"
"""What listeners hear of a step that is tried again."""


def watch(
    directory: DataDirectory,
    ledger: Ledger,
    acts: Acts,
    clockwork: Clockwork,
    *,
    wishes: Wishes,
    pace: Pace,
    listener: Listener = silent,
) -> tuple[Standing, ...]:
    """Train on every dataset that arrives, once, until it is time to stop.

    What was begun before, and not ended, is gone on with first. A dataset that fails is written down and
    left; what does not answer is asked again later. Killed at any moment, nothing is lost or done twice:
    each step is in the ledger before the next begins, and each act may be done again.

    Args:
        directory: what is watched.
        ledger: held by this watcher alone.
        acts: what is done with a dataset.
        clockwork: time, and whether to stop.
        wishes: what is to become of models.
        pace: which files, how often.
        listener: hears of each step.

    Returns:
        How far each dataset has come that something was done about, in order.

    Raises:
        InputError: the directory cannot be read.
        UnavailableError: the ledger cannot be written.
    """
    watcher = _Watcher(directory, ledger, acts, clockwork, wishes=wishes, pace=pace, listener=listener)
    watcher.look()
    if pace.retry:
        watcher.try_again()
    watcher.work()
    if pace.once:
        if watcher.is_anything_coming:
            clockwork.wait(pace.settle_s)
            watcher.look()
            watcher.work()
        watcher.tell_what_is_left()
        return watcher.worked_on
    while not clockwork.stopping():
        clockwork.wait(pace.every_s)
        try:
            watcher.look()
        except InputError as error:
            watcher.tell_once("directory", f"{error}; looking again")
            continue
        watcher.work()
    return watcher.worked_on


class _Watcher:
    """What a watcher knows from one look to the next."""

    def __init__(
        self,
        directory: DataDirectory,
        ledger: Ledger,
        acts: Acts,
        clockwork: Clockwork,
        *,
        wishes: Wishes,
        pace: Pace,
        listener: Listener,
    ) -> None:
        self._directory, self._ledger, self._acts, self._clockwork = directory, ledger, acts, clockwork
        self._wishes, self._pace, self._listener = wishes, pace, listener
        self._known = standings(ledger.lines())
        self._looked = Looked()
        self._read: dict[str, FileSeen] = {}
        self._digests: dict[str, tuple[FileSeen, str]] = {}
        self._told: dict[str, object] = {}
        self._paused: dict[str, tuple[float, float]] = {}
        self._worked_on: dict[str, None] = {}

    @property
    def worked_on(self) -> tuple[Standing, ...]:
        """Datasets that something was done about."""
        return tuple(self._known[sha256] for sha256 in self._worked_on)

    @property
    def is_anything_coming(self) -> bool:
        """Whether a file is there that was not looked into."""
        return any(self._read.get(name) != each.seen for name, each in self._looked.waiting.items())

    def look(self) -> None:
        """See what is there."""
        self._looked = look(
            self._looked,
            self._directory.files(),
            self._pace.names,
            now=self._clockwork.monotonic(),
            settle_s=self._pace.settle_s,
        )
        for name, reason in self._looked.passed_over:
            self.tell_once(name, f"{name if is_writable(name) else ascii(name)} is passed over: {reason}")

    def try_again(self) -> None:
        """Begin anew with what failed or was held back."""
        for standing in [each for each in self._known.values() if each.steps[-1] in ("failed", "held back")]:
            self._write(self._line(standing.sha256, standing.name, "taken"))

    def work(self) -> None:
        """Go on with what was begun, then take what has arrived."""
        for standing in [each for each in self._known.values() if not each.ended]:
            if self._paused.get(standing.sha256, (0.0, 0.0))[0] <= self._clockwork.monotonic():
                self._go_on(standing)
        for arrival in self._looked.arrivals:
            if self._clockwork.stopping():
                return
            self._take(arrival)

    def tell_once(self, about: str, message: str, state: object = None) -> None:
        """Say something of a file, and no more until it is otherwise."""
        told = (message, state)
        if self._told.get(about) != told:
            self._told[about] = told
            self._listener(Notice(message))

    def tell_what_is_left(self) -> None:
        """Name files that were not whole."""
        for name, each in self._looked.waiting.items():
            if self._read.get(name) != each.seen and name not in self._told:
                self.tell_once(name, f"{name} is still being written; it is left for the next time")

    def _take(self, arrival: Arrival) -> None:
        seen = arrival.seen
        if self._read.get(seen.name) == seen:
            return
        sha256 = self._digest_of(seen)
        # Who holds a file is asked of every process there is: of new contents alone.
        if sha256 is None or (sha256 not in self._known and not self._is_whole(arrival)):
            return
        self._read[seen.name] = seen
        known = self._known.get(sha256)
        if known is None:
            self._go_on(self._write(self._line(sha256, seen.name, "taken", reason=arrival.why)))
        elif seen.name not in known.names:
            self._write(self._line(sha256, seen.name, "repeated", run=known.run, reason=_repeated(known)))

    def _digest_of(self, seen: FileSeen) -> str | None:
        """Of a file as it was seen; ``None`` where it cannot be read, which is said."""
        if self._digests.get(seen.name, (None, ""))[0] != seen:
            try:
                self._digests[seen.name] = (seen, self._directory.digest(seen.name))
            except (UnavailableError, InputError) as error:
                self.tell_once(seen.name, str(error), seen)
                return None
        return self._digests[seen.name][1]

    def _is_whole(self, arrival: Arrival) -> bool:
        """Whether nothing speaks against it; says what does."""
        seen = arrival.seen
        if arrival.why == "marked":
            return True
        held = self._directory.is_held(seen.name)
        if held or (held is None and arrival.why == "renamed"):
            self.tell_once(seen.name, f"{seen.name} is still open to be written; it waits", held)
            return False
        cut_off = self._directory.why_cut_off(seen.name)
        if cut_off is not None:
            advice = f"write it to its end, or put {seen.name}{DONE} beside it if it is whole"
            self.tell_once(seen.name, f"{seen.name} {cut_off} and is not taken; {advice}", seen)
        return cut_off is None

    def _go_on(self, standing: Standing) -> None:
        self._worked_on[standing.sha256] = None
        while (task := next_task(standing, self._wishes)) is not None:
            if self._clockwork.stopping():
                return
            try:
                line = self._do(task, standing)
            except (UnavailableError, OSError) as error:
                self._put_off(standing, reason_of(error) or type(error).__name__)
                return
            except Exception as error:  # noqa: BLE001 - one dataset must not end the watch over all others
                line = self._failed(standing.sha256, error)
            standing = self._write(line)
            self._paused.pop(standing.sha256, None)

    def _do(self, task: Task, standing: Standing) -> LedgerLine:
        sha256, name, run = standing.sha256, standing.name, Path(standing.run)
        match task:
            case "train":
                return self._line(sha256, name, "trained", run=str(self._train(standing)))
            case "register":
                return self._line(sha256, name, "registered", model=self._acts.register(run))
            case "push":
                return self._line(sha256, name, "pushed", reason=self._acts.push(run))
            case "promote":
                target = self._wishes.promote or "staging"
                self._acts.promote(standing.model, target)
                return self._line(sha256, name, "promoted", reason=target)
            case "finish":
                return self._line(sha256, name, "done")

    def _train(self, standing: Standing) -> Path:
        if standing.beginnings >= MOST_BEGINNINGS:
            raise TrainingError(
                f"its training was begun {standing.beginnings} times and never came to an end; see "
                f"{standing.run}, and try again with --retry"
            )
        self._require_unchanged(standing)
        earlier = Path(standing.run) if standing.run else None
        run = self._acts.train(standing.name, earlier, lambda run: self._began(standing, run))
        self._require_unchanged(standing)
        return run

    def _began(self, standing: Standing, run: Path) -> None:
        self._write(self._line(standing.sha256, standing.name, "began", run=str(run)))

    def _require_unchanged(self, standing: Standing) -> None:
        if self._directory.digest(standing.name) != standing.sha256:
            raise InputError(
                f"{standing.name} was replaced or written to before its training had ended; write datasets "
                "under another name and rename them when they are whole"
            )

    def _failed(self, sha256: str, error: Exception) -> LedgerLine:
        known = self._known[sha256]
        step: Step = "held back" if isinstance(error, GateError) else "failed"
        # Others may quote what they met; the run has their words.
        words = str(error) if isinstance(error, GradewiseError) else f"{type(error).__name__}, see its run"
        return self._line(sha256, known.name, step, reason=words)

    def _put_off(self, standing: Standing, reason: str) -> None:
        _, pause = self._paused.get(standing.sha256, (0.0, 0.0))
        pause = min(max(2 * pause, self._pace.every_s), LONGEST_PAUSE_S)
        self._paused[standing.sha256] = (self._clockwork.monotonic() + pause, pause)
        known = self._known[standing.sha256]
        self._tell(known.name, PUT_OFF, known, reason)

    def _line(
        self, sha256: str, name: str, step: Step, *, run: str = "", model: str = "", reason: str = ""
    ) -> LedgerLine:
        at = self._clockwork.now().astimezone(UTC).isoformat(timespec="seconds")
        return LedgerLine(at=at, sha256=sha256, name=name, step=step, run=run, model=model, reason=reason)

    def _write(self, line: LedgerLine) -> Standing:
        """Write a line down, then tell of it."""
        self._ledger.add(line)
        standing = after(self._known.get(line.sha256), line)
        self._known[line.sha256] = standing
        self._tell(line.name, line.step, standing, line.reason)
        return standing

    def _tell(self, name: str, step: str, standing: Standing, reason: str) -> None:
        self._listener(
            DatasetStep(
                dataset=name,
                step=step,
                sha256=standing.sha256,
                run=standing.run,
                model=standing.model,
                reason=reason,
            )
        )


def _repeated(known: Standing) -> str:
    return f"holds what {known.name} held, which was found on {known.since[:10]}: {known.steps[-1]}"
