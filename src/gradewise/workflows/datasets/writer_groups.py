"""To which group each writer belongs, in columns that nobody has named: schools, classes, courses."""

from collections.abc import Sequence

from gradewise.essays.bad_rows import BadRow
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssaySource
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.plans.data import ColumnsPlan
from gradewise.workflows.plans.plan import Plan

USUAL_NAMES = frozenset(
    {"school", "school_id", "school_name", "skola", "skolenhet", "classroom", "klass", "course", "kurs",
     "gender", "sex", "kön"}
)  # fmt: skip
"""Names of columns that say to which group a writer belongs."""
SMALLEST_GROUPS = 2
"""Essays that a group has on average at the least, where a column is taken for one of groups."""


def with_groups(
    columns: ColumnsPlan, source: EssaySource, listener: Listener, *, given: Sequence[str]
) -> ColumnsPlan:
    """The columns with those of writer groups; where none is named, those of usual names, which is said.

    Args:
        columns: of which it is known what they hold.
        source: the file.
        listener: hears which are taken.
        given: columns that hold numbers for a model.
    """
    if columns.groups:
        return columns
    taken = {*columns.model_dump(exclude={"groups", "traits"}).values(), *columns.traits, *given}
    usual = [name for name in source.columns() if name.strip().casefold() in USUAL_NAMES]
    groups = _telling([name for name in usual if name not in taken], source)
    if not groups:
        return columns
    told = ", ".join(repr(quotable(name)) for name in groups)
    listener(Notice(f"groups of writers to report fairness by, as their names suggest: {told}"))
    return columns.model_copy(update={"groups": groups})


def with_groups_of(plan: Plan, source: EssaySource) -> Plan:
    """The plan with those of its writer groups that a file has a column of: guessed ones may lack."""
    columns, present = plan.data.columns, source.columns()
    there = tuple(name for name in columns.groups if name in present)
    columns = columns.model_copy(update={"groups": there})
    return plan.model_copy(update={"data": plan.data.model_copy(update={"columns": columns})})


def _telling(groups: Sequence[str], source: EssaySource) -> tuple[str, ...]:
    """Those columns that tell some writers apart and others not: not all alike, and not a name for each."""
    if not groups:
        return ()
    rows = [row for row in source.records() if not isinstance(row, BadRow)]
    n_values = {name: len({row[name].strip() for row in rows}) for name in groups}
    return tuple(name for name in groups if 1 < n_values[name] <= len(rows) / SMALLEST_GROUPS)
