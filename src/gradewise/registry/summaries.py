"""How the models of a name have fared, version by version, and which of them was in use when."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from gradewise.evaluation.intervals import Interval
from gradewise.registry.acts import NameState
from gradewise.registry.differences import judged_on
from gradewise.registry.known_figures import figures_of, shared_headline
from gradewise.registry.records import ModelRecord, StageChange


@dataclass(frozen=True, slots=True)
class VersionPoint:
    """A version with the figure that is followed."""

    model: ModelRecord
    """The version."""
    figure: Interval
    """How good it was found to be when it was made."""


@dataclass(frozen=True, slots=True)
class TimeInUse:
    """A stretch in which one version was in production."""

    model_id: str
    """Which."""
    version: str
    """The same, for readers."""
    began: StageChange
    """What brought it there."""
    ended: StageChange | None
    """What took it away; ``None`` while it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSummary:
    """The models of one name over time."""

    state: NameState
    """Everything that is known of it."""
    metric: str | None
    """Which figure is followed; ``None`` where no model has one."""
    points: tuple[VersionPoint, ...]
    """Versions that have the figure, in the order of their registration."""
    in_use: tuple[TimeInUse, ...]
    """Who was in production, in order, without gaps where nobody was."""

    @property
    def best(self) -> VersionPoint | None:
        """The version with the greatest figure."""
        return max(self.points, key=lambda point: point.figure.estimate, default=None)

    @property
    def change(self) -> float | None:
        """The newest version's figure less that of the one before; ``None`` with fewer than two."""
        newest = [point.figure.estimate for point in self.points[-2:]]
        return newest[1] - newest[0] if newest[1:] else None

    @property
    def same_essays(self) -> bool:
        """Whether all figures are known to be about the same essays."""
        judged = {judged_on(point.model) for point in self.points}
        return len(judged) == 1 and None not in judged


def summarise(state: NameState, *, metric: str | None = None) -> NameSummary:
    """Follow one figure over the versions of a name.

    Args:
        state: everything about the name.
        metric: which figure; that which speaks for most versions when absent.
    """
    chosen = metric or shared_headline(model.metrics for model in state.models)
    return NameSummary(
        state=state,
        metric=chosen,
        points=() if chosen is None else _points(state.models, chosen),
        in_use=times_in_use(state.changes),
    )


def times_in_use(changes: Sequence[StageChange]) -> tuple[TimeInUse, ...]:
    """Who was in production when, in order, by the audit trail of one name in any order."""
    times: list[TimeInUse] = []
    began: StageChange | None = None
    for change in sorted(changes, key=lambda change: change.serial):
        comes = change.to_stage == "production"
        leaves = began is not None and change.model_id == began.model_id and not comes
        if began is not None and (comes or leaves):
            times.append(TimeInUse(began.model_id, began.version, began, change))
        if comes or leaves:
            began = change if comes else None
    if began is not None:
        times.append(TimeInUse(began.model_id, began.version, began, None))
    return tuple(times)


def _points(models: Sequence[ModelRecord], metric: str) -> tuple[VersionPoint, ...]:
    ordered = sorted(models, key=lambda model: model.serial)
    found = ((model, figures_of(model.metrics).get(metric)) for model in ordered)
    return tuple(
        VersionPoint(model, figure)
        for model, figure in found
        if figure is not None and isfinite(figure.estimate)
    )
