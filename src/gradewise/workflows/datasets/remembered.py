"""Columns by the names that they had when a model was trained, for files of which no more is said."""

from collections.abc import Collection
from dataclasses import asdict

from gradewise.essays.suggestions import quotable
from gradewise.models.bundles.metadata import TrainingColumns
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.guesses import guess_columns
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.plans.plan import Plan

READ_TO_GRADE = ("text", "id", "prompt", "prompt_text")
"""Columns that are looked for where grades are not wanted."""


def as_trained(
    named: ColumnsPlan,
    trained: TrainingColumns,
    source: EssaySource,
    listener: Listener,
    *,
    roles: Collection[str] = READ_TO_GRADE,
) -> ColumnsPlan:
    """What is named, and else the columns of a model's training that a file has too.

    It is said where usual names alone would not have led to them.

    Args:
        named: columns that somebody named; they win.
        trained: what the columns were called.
        source: the file.
        listener: hears which columns are taken.
        roles: which columns are wanted.
    """
    present = source.columns()
    taken = {*named.model_dump(exclude={"groups", "traits"}).values(), *named.traits}
    found = {
        role: column
        for role, column in asdict(trained).items()
        if role in roles and getattr(named, role) is None and column in present and column not in taken
    }
    usual = guess_columns(present, named).model_dump()
    odd = {role: column for role, column in found.items() if usual[role] != column}
    if odd:
        told = ", ".join(f"{role} {quotable(column)!r}" for role, column in odd.items())
        listener(Notice(f"columns as in the model's training: {told}"))
    return named.model_copy(update=found)


def with_columns_as_trained(
    plan: Plan, trained: TrainingColumns, source: EssaySource, listener: Listener, *, graded: bool = True
) -> Plan:
    """The plan with columns that it leaves open as in a model's training, see `as_trained`."""
    roles = (*READ_TO_GRADE, "label") if graded else READ_TO_GRADE
    columns = as_trained(plan.data.columns, trained, source, listener, roles=roles)
    return plan.model_copy(update={"data": plan.data.model_copy(update={"columns": columns})})
