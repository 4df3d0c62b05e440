"""What keeps runs and studies."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from gradewise.experiments import ExperimentEntry
from gradewise.models.search import SearchSpace, Settings, Trial


@runtime_checkable
class ExperimentTracker(Protocol):
    """Writes down what became of runs, so that they can be compared later.

    Safe for use by several processes at once, each of which may end at any moment: what was recorded before
    stays. A run is told when it begins, as ``running``, and when it has ended; one that was resumed is told
    again. Trackers of ended runs alone pass over what is ``running``.
    """

    def record(self, entry: ExperimentEntry) -> None:
        """Take down what a run has become.

        Raises:
            RunError: it could not be written; the run itself is none the worse.
        """
        ...


@runtime_checkable
class Study(Protocol):
    """Trials of one search, which threads and processes share.

    A finished trial never changes: what is said of it afterwards is not heard. Whatever cannot be written is
    a `TrainingError`.
    """

    def trials(self) -> tuple[Trial, ...]:
        """Every trial, by number."""
        ...

    def queue(self, settings: Sequence[Settings]) -> None:
        """Add waiting trials, numbered onwards; one process at a time may do so."""
        ...

    def claim(self) -> Trial | None:
        """Take the first waiting trial, which then runs and is nobody else's; ``None`` if none waits."""
        ...

    def report(self, number: int, step: int, loss: float) -> None:
        """Say a trial's loss on a fold; said again, the last counts."""
        ...

    def finish(self, number: int, loss: float | None, facts: Mapping[str, Any]) -> None:
        """Say what a trial came to, with further facts as JSON values; no loss is a trial given up."""
        ...

    def release(self, number: int) -> None:
        """Make a running trial wait again, as when whoever took it is gone."""
        ...

    def end(self) -> None:
        """Say that the search is over."""
        ...

    @property
    def ended(self) -> bool:
        """Whether somebody has said so."""
        ...


@runtime_checkable
class Studies(Protocol):
    """Keeps studies in databases, and proposes what to try."""

    def open(self, url: str, name: str, space: SearchSpace) -> Study:
        """The study of that name in a database, made when there is none; others in it are not touched.

        Raises:
            PlanError: the database cannot be reached.
        """
        ...

    def holds(self, url: str, name: str) -> bool:
        """Whether a database has a study of that name; nothing is made.

        Raises:
            PlanError: the database cannot be reached.
        """
        ...

    def suggest(self, space: SearchSpace, told: Sequence[Trial], n: int, seed: int) -> Sequence[Settings]:
        """Configurations to try after finished trials: the same arguments give the same ones, anywhere."""
        ...

    def close(self) -> None:
        """Release what is held; may be called twice."""
        ...
