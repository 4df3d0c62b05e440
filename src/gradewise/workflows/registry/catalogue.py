"""What the registry knows, gathered for somebody who looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from gradewise.errors import RegistryError
from gradewise.experiments import ExperimentEntry
from gradewise.protocols.registry import ModelRegistry
from gradewise.registry.records import GateRecord, ModelRecord, RunSummary, StageChange
from gradewise.registry.summaries import NameSummary, summarise


@dataclass(frozen=True, slots=True)
class Listing:
    """Some models, newest first."""

    models: tuple[ModelRecord, ...]
    """Those that are shown."""
    registered_by: Mapping[str, str]
    """Who registered each, by its id."""
    more: bool
    """Whether older ones were left out."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The last that was achieved."""

    model: ModelRecord | None
    """The model registered last; ``None`` where there is none."""
    run: ExperimentEntry | None
    """The newest run that ended well; ``None`` where there is none."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """Everything that is known of a model."""

    model: ModelRecord
    """Itself."""
    changes: tuple[StageChange, ...]
    """What was done about it, newest first."""
    gates: tuple[GateRecord, ...]
    """What gates said of its bundle, newest first."""


@dataclass(frozen=True, slots=True)
class RegistrySummary:
    """How models and runs have fared."""

    names: tuple[NameSummary, ...]
    """By name of the models."""
    runs: tuple[RunSummary, ...]
    """By experiment and command."""


async def list_models(
    registry: ModelRegistry, *, name: str | None = None, stage: str | None = None, limit: int
) -> Listing:
    """The newest models, of a name and in a stage where these are given."""
    found = await registry.models(name=name, stage=stage, limit=limit + 1)
    shown = found[:limit]
    by: dict[str, str] = {}
    for each in dict.fromkeys(model.model_name for model in shown):
        changes = await registry.changes(name=each)
        by |= {change.model_id: change.changed_by for change in changes if change.act == "register"}
    return Listing(shown, by, more=len(found) > limit)


async def newest(registry: ModelRegistry, name: str | None = None) -> Newest:
    """The newest model and the newest run that ended well, of one name or of all."""
    models = await registry.models(name=name, limit=1)
    runs = await registry.runs(experiment=name, state="completed", limit=1)
    return Newest(next(iter(models), None), next(iter(runs), None))


async def known_of(registry: ModelRegistry, model: ModelRecord) -> KnownModel:
    """Everything about a model."""
    changes = await registry.changes(name=model.model_name)
    gates = () if model.content_id is None else await registry.gate_records(model.content_id)
    about = tuple(each for each in changes if model.id in {each.model_id, each.replaced_id})
    return KnownModel(model, about, gates)


async def summary_of(
    registry: ModelRegistry, *, name: str | None = None, metric: str | None = None
) -> RegistrySummary:
    """How the models of one name, or of every name, have fared over time, and their runs.

    Raises:
        RegistryError: there are neither models nor runs of that name.
    """
    every, runs = await registry.names(), await registry.run_summary()
    names = tuple(each for each in every if name in {None, each})
    if name is not None:
        runs = tuple(each for each in runs if each.experiment == name)
    if name is not None and not names and not runs:
        raise RegistryError(
            f"the registry has no models and no runs of the name {name!r}; see gradewise registry list"
        )
    states = [await registry.state(each) for each in names]
    return RegistrySummary(tuple(summarise(state, metric=metric) for state in states if state.models), runs)
