"""Workers that evaluate the trials of searches, in threads here and in other processes alike."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field

from gradewise.models.search import Trial
from gradewise.workflows.research.study import Search, judge_trial, queue_due

POLL_S = 0.3
"""How often a worker that has nothing to do looks again."""

PATIENCE_S = 30.0
"""For how long a trial in the hands of another process may show no new fold before it waits again.

It costs nothing but time to be wrong: whoever evaluates a trial, and how often, the result is the same.
"""

QUIET_S = 600.0
"""For how long a helper waits for new trials before it takes the run for dead."""


@dataclass(slots=True)
class _Crew:
    """What workers of one process share."""

    going_on: list[Search]
    leads: bool
    on_finished: Callable[[int], None]
    changed: threading.Condition = field(default_factory=threading.Condition)
    in_hand: set[tuple[str, int]] = field(default_factory=set)
    finished: int = 0
    stopped: bool = False
    seen: dict[tuple[str, int], int] = field(default_factory=dict)
    seen_at: float = field(default_factory=time.monotonic)

    def work(self) -> None:
        try:
            for task in self._tasks():
                self._judge(*task)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.stopped = True

    def _tasks(self) -> Iterator[tuple[Search, Trial]]:
        """Trials to judge until every search is over or somebody stops; where none is due, wait for one."""
        while not self.stopped:
            with self.changed:
                task = self._next()
                if task is None and self._over():
                    return
                if task is None:
                    self.changed.wait(POLL_S)
            if task is not None:
                yield task

    def _next(self) -> tuple[Search, Trial] | None:
        """Take a trial of the first search that has one."""
        running: dict[tuple[str, int], int] = {}
        for search in tuple(self.going_on):
            trials = queue_due(search) if self.leads else search.study.trials()
            if any(trial.state == "waiting" for trial in trials):
                taken = search.study.claim()
                if taken is not None:
                    self.in_hand.add((search.arena.name, taken.number))
                    return search, taken
            elif all(trial.finished for trial in trials) and search.study.ended:
                self.going_on.remove(search)
            running |= {
                (search.arena.name, trial.number): len(trial.steps)
                for trial in trials
                if trial.state == "running"
            }
        self._look_at(running)
        return None

    def _over(self) -> bool:
        if not self.going_on:
            return True
        return not self.leads and not self.in_hand and time.monotonic() - self.seen_at > QUIET_S

    def _look_at(self, running: dict[tuple[str, int], int]) -> None:
        """Where nothing has moved for long in what others hold, whoever holds it is taken for dead."""
        if running != self.seen or self.in_hand:
            self.seen, self.seen_at = running, time.monotonic()
        elif self.leads and time.monotonic() - self.seen_at > PATIENCE_S:
            by_name = {search.arena.name: search for search in self.going_on}
            for name, number in running:
                by_name[name].study.release(number)

    def _judge(self, search: Search, trial: Trial) -> None:
        held = (search.arena.name, trial.number)
        try:
            done = judge_trial(search, trial, stopped=lambda: self.stopped)
        except BaseException:
            search.study.release(trial.number)
            raise
        finally:
            with self.changed:
                self.in_hand.discard(held)
                self.changed.notify_all()
        if done:
            with self.changed:
                self.finished += 1
                self.on_finished(self.finished)


def lead_searches(searches: Sequence[Search], *, workers: int, on_finished: Callable[[int], None]) -> None:
    """Carry searches through to their ends, whoever helps; trials of dead processes are done again.

    Workers take trials of the first search that has one, so that none idles while a batch of another is
    being finished.

    Args:
        searches: in order of precedence.
        workers: threads, each with one thread of the engine.
        on_finished: told how many trials are finished, with those that were when it began.

    Raises:
        TrainingError: a configuration cannot be learnt; the others wait.
    """
    finished = 0
    for search in searches:
        for trial in search.study.trials():
            finished += trial.finished
            if trial.state == "running":  # of a process that was killed
                search.study.release(trial.number)
    _work(_Crew(list(searches), leads=True, on_finished=on_finished, finished=finished), workers)


def help_searches(searches: Sequence[Search], *, workers: int, on_finished: Callable[[int], None]) -> int:
    """Evaluate waiting trials of searches that another process leads; see `lead_searches`.

    It ends with the searches, or when nothing was to be done for `QUIET_S`.

    Returns:
        How many trials were finished here.
    """
    crew = _Crew(list(searches), leads=False, on_finished=on_finished)
    _work(crew, workers)
    return crew.finished


def _work(crew: _Crew, workers: int) -> None:
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(copy_context().run, crew.work) for _ in range(workers)]
        try:
            for future in futures:
                future.result()
        finally:
            crew.stop()
