"""A registry that is read from memory: states that a test has made up, asked as the port is asked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

from gradewise.experiments import ExperimentEntry
from gradewise.protocols.registry import ModelRegistry
from gradewise.registry.acts import Act, NameState
from gradewise.registry.records import GateRecord, ModelRecord, NewModel, RunSummary, StageChange
from gradewise.registry.stages import ActKind, Stage
from small_registry import NOW, actor, applied, empty, new_model

Step = tuple[ActKind, int, Stage]
"""What is done, about which model by its number, and where it goes."""


def state_of(
    *steps: Step, metrics: Mapping[int, Mapping[str, Any]] | None = None, override: str | None = None
) -> NameState:
    """What comes of some acts about models ``essays``, an hour apart; whoever is in production makes room."""
    state = empty()
    for decide in acts_of(*steps, metrics=metrics, override=override):
        state = applied(state, decide(state))
    return state


def acts_of(
    *steps: Step, metrics: Mapping[int, Mapping[str, Any]] | None = None, override: str | None = None
) -> Sequence[Callable[[NameState], Act]]:
    """The same acts, as a registry asks for them one after the other."""
    known = metrics or {}
    return [partial(_act, place, step, known.get(step[1], {}), override) for place, step in enumerate(steps)]


def _act(place: int, step: Step, metrics: Mapping[str, Any], override: str | None, state: NameState) -> Act:
    kind, number, to = step
    new = replace(new_model(number), metrics=metrics, id=model_id(number))
    before = {model.id: model.stage for model in state.models}
    rival = state.production if to == "production" else None
    return Act(
        actor=replace(actor(place, at=NOW + timedelta(hours=place)), id=str(UUID(int=1000 + place))),
        kind=kind,
        model_id=new.id,
        from_stage=before.get(new.id),
        to_stage=to,
        new=new if kind == "register" else None,
        replaced_id=rival.id if rival is not None and rival.id != new.id else None,
        pruned=kind == "prune",
        override=override if to == "production" else None,
    )


def model_id(number: int) -> str:
    """The id of a model by its number."""
    return str(UUID(int=number << 96))


def record_of(new: NewModel) -> ModelRecord:
    """A model as it stands once it is registered."""
    begun = Act(actor=actor(), kind="register", model_id=new.id, from_stage=None, to_stage="dev", new=new)
    return applied(empty(new.model_name), begun).models[0]


def remembered(
    states: Iterable[NameState] = (),
    *,
    gates: Sequence[GateRecord] = (),
    runs: Sequence[ExperimentEntry] = (),
    summary: Sequence[RunSummary] = (),
) -> ModelRegistry:
    """A registry that knows this, and whoever writes to it fails."""
    return cast("ModelRegistry", _RememberedRegistry(states, gates, runs, summary))


class _RememberedRegistry:
    """The reading half of a `ModelRegistry`."""

    def __init__(
        self,
        states: Iterable[NameState],
        gates: Sequence[GateRecord],
        runs: Sequence[ExperimentEntry],
        summary: Sequence[RunSummary],
    ) -> None:
        self._states = {state.name: state for state in states}
        self._gates, self._runs, self._summary = gates, runs, summary

    async def state(self, name: str) -> NameState:
        """Everything about a name."""
        return self._states.get(name, empty(name))

    async def names(self) -> tuple[str, ...]:
        """Every name."""
        return tuple(sorted(self._states))

    async def models(
        self, *, name: str | None = None, stage: str | None = None, limit: int | None = None
    ) -> tuple[ModelRecord, ...]:
        """Models, newest first."""
        every = [
            model
            for state in self._states.values()
            for model in state.models
            if name in {None, state.name} and stage in {None, model.stage}
        ]
        return tuple(sorted(every, key=lambda model: model.created_at, reverse=True)[:limit])

    async def find_models(self, text: str) -> tuple[ModelRecord, ...]:
        """Models by version or the beginning of an id."""
        return tuple(
            model
            for model in await self.models()
            if model.id.startswith(text) or (model.content_id or "").startswith(text) or model.version == text
        )

    async def changes(self, *, name: str | None = None, limit: int | None = None) -> tuple[StageChange, ...]:
        """The audit trail, newest first."""
        every = [
            change
            for state in self._states.values()
            for change in state.changes
            if name in {None, state.name}
        ]
        return tuple(every[:limit])

    async def gate_records(self, content_id: str) -> tuple[GateRecord, ...]:
        """What gates said of a bundle."""
        return tuple(record for record in self._gates if record.content_id == content_id)

    async def runs(
        self, *, experiment: str | None = None, state: str | None = None, limit: int | None = None
    ) -> tuple[ExperimentEntry, ...]:
        """Runs."""
        every = [
            run for run in self._runs if experiment in {None, run.experiment} and state in {None, run.state}
        ]
        return tuple(every[:limit])

    async def run_summary(self) -> tuple[RunSummary, ...]:
        """Runs by experiment and command."""
        return tuple(self._summary)
