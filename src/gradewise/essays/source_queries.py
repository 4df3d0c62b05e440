"""What is asked of a database of essays, as data: tables, joins, columns and filters, never SQL."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gradewise.errors import LeakError
from gradewise.essays.cell_limits import MAX_CHARACTERS, MAX_ID_CHARACTERS, NO_TEXT
from gradewise.essays.suggestions import quotable

LabelOrigin = Literal["teacher", "judgement"]
"""Who gave the label: a teacher, or comparative judgement by way of scores and anchors."""
JudgementFeature = Literal["score", "se", "win_rate", "comparison_count", "rank"]
"""What comparative judgement knows of an essay."""

GIVEN: Mapping[JudgementFeature, str] = {
    "score": "bt_score",
    "se": "bt_se",
    "win_rate": "win_rate",
    "comparison_count": "comparison_count",
    "rank": "batch_rank",
}
"""What each is called as a feature; ``batch_rank`` runs from 0, the last of its batch, to 1, the first."""

CIRCULAR = "circular label"
"""The check that finds a label which its own features decide."""
JUDGED_LABELS = frozenset({"projected_grade", "primary_grade", "normalized_score"})
"""Columns of grades that comparative judgement makes."""
JUDGED_COLUMNS = JUDGED_LABELS | {
    "bt_score", "current_bt_score", "bt_se", "current_bt_se", "bt_mean", "rank", "batch_rank", "win_rate",
    "comparison_count", "comparison_variance", "rank_percentile", "confidence_score",
}  # fmt: skip
"""Columns from which such a grade follows, or which follow from it."""

REASONS = ("no id", "no text", "text too long", "no label", "label too long", "bad date", "no features")
"""Why a row is left out, in the order in which it is looked at."""
LONGEST_LABEL = 64
"""Characters of a label: a longer one is a wrong column."""
MOST_LABELS = 200
"""Different labels from which on they are no grades."""


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column of a table."""

    table: str
    """As the query calls the table."""
    column: str
    """As the database calls the column."""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


def column_ref(text: str, main: str) -> ColumnRef:
    """A column as a plan writes it: ``table.column``, or the column alone when it is the main table's.

    >>> column_ref("grade", "essays"), str(column_ref("marks.grade", "essays"))
    (ColumnRef(table='essays', column='grade'), 'marks.grade')
    """
    table, dot, column = text.rpartition(".")
    return ColumnRef(table if dot else main, column)


@dataclass(frozen=True, slots=True)
class Join:
    """A table in which each essay has one row at most."""

    table: str
    """As the query calls it."""
    on: tuple[tuple[str, ColumnRef], ...]
    """Columns of that table, and what each must equal; nothing equals an absent value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """The table of comparisons, each between two essays."""

    table: str
    """As the query calls it."""
    first: str
    """Column with the id of one essay."""
    second: str
    """Column with the id of the other."""
    winner: str
    """Column that says who won."""
    winner_is: Literal["id", "side"]
    """Whether it holds the id of the essay, or ``essay_a`` and ``essay_b``; anything else decides nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureColumns:
    """Numbers that come with the essays."""

    vector: ColumnRef | None = None
    """A column of arrays, or of objects by feature name, as JSON or as an array of the database."""
    names: tuple[str, ...] = ()
    """Of the entries: every one of an array in its order, or those wanted of an object."""
    columns: tuple[ColumnRef, ...] = ()
    """Columns that hold one feature each; ``*`` stands for every column of numbers of its table."""
    judgement: tuple[JudgementFeature, ...] = ()
    """What comparative judgement knows."""
    optional: bool = False
    """Whether `vector` may be no column of the database: then every column of numbers of its table is taken,
    and where there is no such table there are no features."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilters:
    """Which essays are asked for."""

    since: datetime | None = None
    """The earliest moment, inclusive."""
    since_column: ColumnRef | None = None
    """What must not lie before it."""
    statuses: tuple[str, ...] = ()
    """Of which one must hold; one that ends in ``*`` stands for all that begin so; empty asks nothing."""
    status_column: ColumnRef | None = None
    """Where the status stands."""
    min_comparisons: int | None = None
    """Fewest decided comparisons of an essay."""
    equals: tuple[tuple[ColumnRef, str | int | bool], ...] = ()
    """What further columns must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EssayQuery:
    """Everything that is asked of a database of essays."""

    main: str
    """The table that has one row an essay, as the query calls it."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """What tables are called in the database, ``schema.table`` or ``table``, where otherwise than here."""
    joins: tuple[Join, ...] = ()
    """Other tables; only those are read of which a column is asked for."""
    id: ColumnRef
    """Names the essay; rows come in its order."""
    text: ColumnRef
    """The essay."""
    label: ColumnRef
    """The grade."""
    label_origin: LabelOrigin
    """Who gave it."""
    second_label: ColumnRef | None = None
    """A second teacher's grade."""
    prompt: ColumnRef | None = None
    """What tells tasks apart."""
    prompt_text: ColumnRef | None = None
    """The task as the writer saw it."""
    written_at: ColumnRef | None = None
    """When it was written."""
    batch: ColumnRef | None = None
    """The essays that were compared with one another."""
    groups: tuple[ColumnRef, ...] = ()
    """Writer groups."""
    score: ColumnRef | None = None
    """Of comparative judgement."""
    se: ColumnRef | None = None
    """The standard error of that score."""
    comparisons: Comparisons | None = None
    """Where comparisons stand."""
    features: FeatureColumns = FeatureColumns()
    """Numbers that come with the essays."""
    filters: RowFilters = RowFilters()
    """Which essays are asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A row as the database holds it; what is absent is empty."""

    id: str
    """Names the essay."""
    text: str
    """The essay."""
    label: str
    """Its grade."""
    second_label: str = ""
    """A second teacher's grade."""
    prompt: str = ""
    """Which task."""
    prompt_text: str = ""
    """The task."""
    written_at: datetime | str | None = None
    """When, with its zone; text where it is no date."""
    batch: str = ""
    """With which essays it was compared."""
    groups: tuple[str, ...] = ()
    """Writer groups, in the order of the query."""
    given: tuple[float | None, ...] = ()
    """Features, in the order of their names."""


def why_left_out(row: SourceRow) -> str | None:
    """One of `REASONS` when nothing can be learnt from a row; ``None`` when it is an essay.

    >>> why_left_out(SourceRow(id="7", text="An essay.", label=""))
    'no label'
    """
    found = {
        "no id": not row.id.strip() or len(row.id) > MAX_ID_CHARACTERS,
        "no text": row.text.strip().casefold() in NO_TEXT,
        "text too long": len(row.text) > MAX_CHARACTERS,
        "no label": not row.label.strip(),
        "label too long": len(row.label.strip()) > LONGEST_LABEL,
        "bad date": isinstance(row.written_at, str),
        "no features": any(number is None or not math.isfinite(number) for number in row.given),
    }
    return next((reason for reason in REASONS if found[reason]), None)


def labels_are_grades(labels: Counter[str]) -> bool:
    """Whether so few different labels were seen that they may be grades."""
    return len(labels) <= MOST_LABELS


def refuse_circular_label(query: EssayQuery, names: Sequence[str] = ()) -> None:
    """Pass when the label does not follow from the features that are asked for.

    A grade that was projected from comparative judgement is a step function of the score: a model that
    sees score, rank or win rate learns that function, and nothing of the essay.

    Args:
        query: what is asked for.
        names: of features, once they are known.

    Raises:
        LeakError: it does, or a judged grade is said to be a teacher's.
    """
    judged = query.label.column in JUDGED_LABELS
    if judged and query.label_origin == "teacher":
        raise LeakError(
            CIRCULAR,
            f"{quotable(str(query.label))!r} is made by comparative judgement, so `source.label_origin` "
            "cannot be teacher; name a column of teachers' grades in source.columns.label",
        )
    telling = _telling(query, names)
    if query.label_origin == "judgement" and telling:
        raise LeakError(
            CIRCULAR,
            f"the label {quotable(str(query.label))!r} follows from {', '.join(telling)}, so a model would "
            "learn the projection and nothing of the essays; name teachers' grades (--label-from, "
            "--label-origin teacher), leave these features out (--no-judgement-features), or set "
            "source.allow_circular_label: true",
        )


def _telling(query: EssayQuery, names: Sequence[str]) -> list[str]:
    """Features from which a judged label follows, or which follow from it."""
    beside = query.label.table if query.label.table != query.main else None
    columns = [
        quotable(str(ref))
        for ref in query.features.columns
        if ref.column in JUDGED_COLUMNS or ref.table == beside or ref in (query.score, query.se)
    ]
    named = [quotable(name) for name in (*query.features.names, *names) if name in JUDGED_COLUMNS]
    judgement = [GIVEN[feature] for feature in query.features.judgement]
    return list(dict.fromkeys([*judgement, *columns, *named]))
