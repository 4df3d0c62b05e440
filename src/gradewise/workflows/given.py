"""Given columns: which numbers that come with essays are read from a file."""

from collections.abc import Sequence

from gradewise.errors import InputError, LeakError, PlanError
from gradewise.essays.source_queries import CIRCULAR, JUDGED_LABELS
from gradewise.essays.suggestions import quotable
from gradewise.features.given import PREFIX, given_columns, reads_judgement
from gradewise.features.schema import FeatureSchema
from gradewise.protocols import EssaySource
from gradewise.workflows.plan import FeaturesPlan, Plan
from gradewise.workflows.plan_given import EVERY


def with_found_columns(plan: Plan, source: EssaySource) -> Plan:
    """The plan with the columns by name that the word `EVERY` means in a file; other plans stay as they are.

    Raises:
        InputError: no column of the file is meant.
    """
    features = plan.features
    if features.given != (EVERY,):
        return plan
    begun = tuple(name for name in source.columns() if name.startswith(PREFIX))
    if not begun:
        present = ", ".join(quotable(name) for name in source.columns())
        raise InputError(
            f"{source.location}: features.given is {EVERY!r}, and no column begins with {PREFIX!r} among "
            f"{present}; name the columns: --given COLUMN"
        )
    return _with_given(plan, [name for name in begun if not features.keep or name in features.keep])


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
