"""Studies in memory, for tests: what one process needs of a database, and random draws for proposals."""

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradewise.models.search import SearchSpace, Settings, Trial


class MemoryStudies:
    """Keeps studies while the process lives. `Studies`."""

    def __init__(self) -> None:
        self._studies: dict[tuple[str, str], MemoryStudy] = {}

    def open(self, url: str, name: str, space: SearchSpace) -> "MemoryStudy":  # noqa: ARG002 - as the port
        """The study of that name, made when there is none."""
        return self._studies.setdefault((url, name), MemoryStudy())

    def holds(self, url: str, name: str) -> bool:
        """Whether there is a study of that name."""
        return (url, name) in self._studies

    def suggest(self, space: SearchSpace, told: Sequence[Trial], n: int, seed: int) -> Sequence[Settings]:
        """Random draws that depend on the seed and on how much is told."""
        generator = np.random.default_rng((seed, len(told)))
        return [space.draw(generator) for _ in range(n)]

    def close(self) -> None:
        """Keep everything: another run may go on with it."""


class MemoryStudy:
    """One study, safe for threads. `Study`."""

    def __init__(self) -> None:
        self._trials: list[Trial] = []
        self._lock = threading.Lock()
        self._ended = False

    def trials(self) -> tuple[Trial, ...]:
        """Every trial, by number."""
        with self._lock:
            return tuple(self._trials)

    def queue(self, settings: Sequence[Settings]) -> None:
        """Add waiting trials."""
        with self._lock:
            for each in settings:
                self._trials.append(Trial(number=len(self._trials), settings=dict(each), state="waiting"))

    def claim(self) -> Trial | None:
        """Take the first waiting trial."""
        with self._lock:
            for trial in self._trials:
                if trial.state == "waiting":
                    self._trials[trial.number] = replace(trial, state="running")
                    return self._trials[trial.number]
        return None

    def report(self, number: int, step: int, loss: float) -> None:
        """Say a trial's loss on a fold."""
        with self._lock:
            trial = self._trials[number]
            steps = (*trial.steps[:step], loss, *trial.steps[step + 1 :])
            self._change(trial, steps=steps)

    def finish(self, number: int, loss: float | None, facts: Mapping[str, Any]) -> None:
        """Say what a trial came to."""
        with self._lock:
            kept = json.loads(json.dumps(dict(facts)))
            state = "pruned" if loss is None else "complete"
            self._change(self._trials[number], state=state, loss=loss, facts=kept)

    def release(self, number: int) -> None:
        """Make a running trial wait again."""
        with self._lock:
            if self._trials[number].state == "running":
                self._change(self._trials[number], state="waiting")

    def end(self) -> None:
        """Say that the search is over."""
        self._ended = True

    @property
    def ended(self) -> bool:
        """Whether somebody has said so."""
        return self._ended

    def _change(self, trial: Trial, **values: Any) -> None:
        if not trial.finished:
            self._trials[trial.number] = replace(trial, **values)
