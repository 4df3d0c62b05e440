"""Given columns: which numbers that come with essays are read from a file."""

from collections.abc import Sequence

from gradewise.errors import InputError, LeakError, PlanError
from gradewise.essays.bad_rows import BadRow, Faults
from gradewise.essays.cells import read_vector
from gradewise.essays.given_names import vectors_meant, with_every_component
from gradewise.essays.source_queries import CIRCULAR, JUDGED_LABELS
from gradewise.essays.suggestions import quotable, suggest
from gradewise.features.given import PREFIX, given_columns, reads_judgement
from gradewise.features.schema import FeatureSchema
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.plans.given import EVERY
from gradewise.workflows.plans.plan import Plan


def with_found_columns(plan: Plan, source: EssaySource) -> Plan:
    """The plan with the columns by name that the word `EVERY` means in a file; other plans stay as they are.

    Raises:
        InputError: no column of the file is meant.
    """
    features = plan.features
    if features.given != (EVERY,):
        return _with_every_component(plan, source)
    begun = tuple(name for name in source.columns() if name.startswith(PREFIX))
    if not begun:
        present = ", ".join(quotable(name) for name in source.columns())
        raise InputError(
            f"{source.location}: features.given is {EVERY!r}, and no column begins with {PREFIX!r} among "
            f"{present}; name the columns: --given COLUMN"
        )
    return _with_given(plan, [name for name in begun if not features.keep or name in features.keep])


def _with_every_component(plan: Plan, source: EssaySource) -> Plan:
    """The plan with each ``column__*`` as its components: as many as are expected, or the first row has."""
    meant = vectors_meant(plan.features.given)
    if not meant:
        return plan
    widths = {column: _expected_width(plan, column) or _found_width(source, column) for column in meant}
    return _with_given(plan, with_every_component(plan.features.given, widths))


def _expected_width(plan: Plan, column: str) -> int | None:
    expected = plan.data.expected.get(column)
    return None if expected is None else expected.width


def _found_width(source: EssaySource, column: str) -> int:
    """Numbers of the first sound vector of a column.

    Raises:
        InputError: there is no such column, or no vector in it.
    """
    if column not in source.columns():
        present = ", ".join(quotable(name) for name in source.columns())
        raise InputError(
            f"{source.location} has no column {quotable(column)!r}, whose components features.given names; "
            f"it has {present}{suggest(column, source.columns())}"
        )
    for row in source.records():
        if not isinstance(row, BadRow):
            vector = Faults().attempt(read_vector, row[column])
            if vector is not None:
                return len(vector)
    raise InputError(
        f"{source.location}: column {quotable(column)!r} holds no list of numbers such as [0.1, 0.2], and "
        "features.given names its components; name another column"
    )


def refuse_judged_label(plan: Plan, location: str) -> None:
    """Pass when the label of a file does not follow from the numbers that are given beside it.

    Raises:
        LeakError: it was projected from comparisons, and scores of the same comparisons are features.
    """
    label = plan.data.columns.label or ""
    allowed = plan.source is not None and plan.source.allow_circular_label
    telling = [name for name in plan.features.given if reads_judgement((name,))]
    if label.strip().casefold() in JUDGED_LABELS and telling and not allowed:
        raise LeakError(
            CIRCULAR,
            f"{location}: {quotable(label)!r} was projected from comparisons, and follows from "
            f"{', '.join(telling)}; name teachers' grades (--label-column COLUMN), or leave these "
            f"features out",
        )


def with_columns_of(plan: Plan, *schemas: FeatureSchema) -> Plan:
    """The plan reading from its file the numbers that models of these features need, and no others."""
    return _with_given(plan, given_columns(*schemas))


def kept_columns(plan: FeaturesPlan) -> tuple[str, ...]:
    """The given columns that are features: `drop` and `keep` speak of them as of any feature.

    Raises:
        PlanError: a column is named, and `keep` leaves it out.
    """
    lost = [name for name in plan.given if plan.keep and name not in plan.keep]
    if lost:
        raise PlanError(
            f"features.given names {quotable(lost[0])!r}, which features.keep leaves out; name it in "
            "both, or take it out of features.given"
        )
    return tuple(name for name in plan.given if name not in plan.drop)


def _with_given(plan: Plan, columns: Sequence[str]) -> Plan:
    features = plan.features.model_copy(update={"given": tuple(columns)})
    return plan.model_copy(update={"features": features})
