"""Auxiliary sets: other essays with other marks, from which a plan lets a model learn more about writing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.cards import DatasetCard
from gradewise.essays.intake import ColumnMap, take_in
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import copy_hash
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.guesses import guess_columns
from gradewise.workflows.plans.data import AuxiliaryPlan, ColumnsPlan, dataset_card
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.services import Services

FEWEST_AUXILIARY = 50
"""Essays below which an auxiliary set teaches nothing that would hold elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuxiliarySet:
    """Essays whose marks are not the grades that a model gives, none of them among the plan's own."""

    name: str
    """Of the set."""
    targets: tuple[str, ...]
    """What was marked."""
    essays: tuple[Essay, ...]
    """The essays, unique ids."""
    values: NDArray[np.float64]
    """Their marks, finite: shape ``(n, n_targets)``."""
    source: str
    """Where they come from, for a reader."""
    sha256: str
    """Digest of the stored bytes: 64 hex digits."""
    card: DatasetCard | None
    """What may be done with them; absent for a user's own essays."""


def read_auxiliary_sets(
    plan: Plan, essays: Sequence[Essay], services: Services, listener: Listener
) -> tuple[AuxiliarySet, ...]:
    """Read every auxiliary set that a plan names, less the texts that are among the plan's own essays.

    Raises:
        InputError: a set cannot be read, two sets share a name, a mark is no number, or few essays are left.
    """
    names = [each.name for each in plan.data.auxiliary]
    if len(set(names)) < len(names):
        raise InputError(f"auxiliary sets {', '.join(names)}: give each a name of its own")
    known = frozenset(copy_hash(essay.text) for essay in essays)
    return tuple(
        _read_set(plan, each, known, services.open_data(each.file, plan.data), listener)
        for each in plan.data.auxiliary
    )


def _read_set(
    plan: Plan, asked: AuxiliaryPlan, known: frozenset[str], source: EssaySource, listener: Listener
) -> AuxiliarySet:
    for notice in source.notices:
        listener(Notice(notice))
    intake = take_in(
        source.records(), source.columns(), _columns(plan, asked, source), None, location=source.location,
        on_bad_rows=plan.data.on_bad_rows, needs_words=True,
    )  # fmt: skip
    kept = tuple(essay for essay in intake.essays if copy_hash(essay.text) not in known)
    if left_out := len(intake.essays) - len(kept):
        told = f"{left_out} essays of auxiliary set {asked.name} left out: they are among your own essays"
        listener(Notice(told))
    if len(kept) < FEWEST_AUXILIARY:
        raise InputError(
            f"{source.location}: auxiliary set {asked.name} has {len(kept)} essays to learn from, fewer than "
            f"{FEWEST_AUXILIARY}; leave it out"
        )
    return AuxiliarySet(
        name=asked.name,
        targets=asked.targets,
        essays=kept,
        values=_values(kept, asked, source.location),
        source=asked.card.name if asked.card else asked.file.name,
        sha256=source.sha256(),
        card=dataset_card(asked.card),
    )


def _columns(plan: Plan, asked: AuxiliaryPlan, source: EssaySource) -> ColumnMap:
    """The set's columns; its essays come with the same numbers as the plan's own."""
    found = guess_columns(source.columns(), ColumnsPlan(text=asked.text, prompt_text=asked.prompt_text))
    if found.text is None:
        names = ", ".join(quotable(name) for name in source.columns())
        raise InputError(
            f"{source.location}: no column of essays found among {names}; name it in data.auxiliary.text"
        )
    return ColumnMap(
        text=found.text,
        prompt_text=found.prompt_text,
        traits=asked.targets,
        given=plan.features.given,
    )


def _values(essays: Sequence[Essay], asked: AuxiliaryPlan, location: str) -> NDArray[np.float64]:
    return np.array(
        [[_number(essay, target, location) for target in asked.targets] for essay in essays], dtype=np.float64
    )


def _number(essay: Essay, target: str, location: str) -> float:
    try:
        value = float(essay.traits[target].replace(",", "."))
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        raise InputError(
            f"{location}, essay {essay.id}: {quotable(target)!r} is {quotable(essay.traits[target])!r}; "
            "marks of an auxiliary set are numbers"
        )
    return float(value)
