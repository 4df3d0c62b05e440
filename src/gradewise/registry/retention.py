"""Which bundles may be deleted: none that is in use or waiting, none that may soon be wanted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord
from gradewise.registry.trail import former_productions


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What is kept of each name, beside what is in staging and production."""

    newest: int
    """So many models, by when they were registered."""
    days: int
    """Models that are younger."""
    former: int
    """So many of those that a rollback may go to, nearest first."""


def prunable(state: NameState, retention: Retention, *, now: datetime) -> tuple[ModelRecord, ...]:
    """Models whose bundle may be deleted, newest first.

    Age is by the clock of whoever registered a model: one that seems to come from the future is young. Rows
    that were there before gradewise have no bundle to delete.
    """
    kept = {model.id for model in former_productions(state)[: retention.former]}
    kept |= {model.id for model in _by_serial(state)[: retention.newest]}
    oldest = now - timedelta(days=retention.days)
    return tuple(
        model
        for model in _by_serial(state)
        if model.stage in {"dev", "archived"} and model.id not in kept and model.created_at <= oldest
    )


def _by_serial(state: NameState) -> list[ModelRecord]:
    """Models that have a bundle, newest first."""
    held = [model for model in state.models if model.has_bundle]
    return sorted(held, key=lambda model: model.serial, reverse=True)
