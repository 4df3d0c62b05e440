"""Columns by the names that they had when a model was trained, for files of which no more is said."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from gradewise.errors import InputError
from gradewise.essays.suggestions import quotable
from gradewise.models.bundles.metadata import TrainingColumns
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.guesses import HELD, guess_columns, refuse_rivals
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

    It is said where usual names alone would not have led to them, or to two of them.

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
    odd = {
        role: column
        for role, column in found.items()
        if usual[role] != column or _has_rivals(role, present, named)
    }
    if odd:
        told = ", ".join(f"{role} {quotable(column)!r}" for role, column in odd.items())
        listener(Notice(f"columns as in the model's training: {told}"))
    return named.model_copy(update=found)


def _has_rivals(role: str, present: Sequence[str], named: ColumnsPlan) -> bool:
    """Whether several columns may hold essays or grades, so that none would have been guessed."""
    try:
        refuse_rivals(present, named, (role,) if role in HELD else ())
    except InputError:
        return True
    return False


def with_columns_as_trained(
    plan: Plan, trained: TrainingColumns, source: EssaySource, listener: Listener, *, graded: bool = True
) -> Plan:
    """The plan with columns that it leaves open as in a model's training, see `as_trained`."""
    roles = (*READ_TO_GRADE, "label") if graded else READ_TO_GRADE
    columns = as_trained(plan.data.columns, trained, source, listener, roles=roles)
    return plan.model_copy(update={"data": plan.data.model_copy(update={"columns": columns})})
