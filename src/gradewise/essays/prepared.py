"""Essays as rows again, under columns of one name each, so that they are read back as they are."""

import csv
import io
from collections.abc import Mapping, Sequence

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable

ROLES = ("id", "text", "label", "second_label", "prompt", "prompt_text", "written_at", "writer")
"""What columns of prepared files hold, each called by its role; what is no role keeps its name."""
ALWAYS = ("id", "text", "label")
"""Roles that every prepared file has."""


def prepared_columns(essays: Sequence[Essay]) -> tuple[str, ...]:
    """The columns that these essays need: roles that some essay fills, then traits, groups, given features.

    Raises:
        InputError: a trait, group or given feature is called like a role, or like each other.
    """
    filled = [
        role for role in ROLES if role in ALWAYS or any(getattr(essay, role) is not None for essay in essays)
    ]
    traits = dict.fromkeys(name for essay in essays for name in essay.traits)
    groups = dict.fromkeys(name for essay in essays for name in essay.groups)
    given = dict.fromkeys(name for essay in essays for name in essay.given)
    columns = (*filled, *traits, *groups, *given)
    twice = [name for name in (*traits, *groups, *given) if name in ROLES or columns.count(name) > 1]
    if twice:
        raise InputError(
            f"column {quotable(twice[0])!r} holds a trait, a writer group or a given feature, and prepared "
            "files call another column so; rename it in the data"
        )
    return columns


def prepared_csv(essays: Sequence[Essay], columns: Sequence[str]) -> str:
    """The essays as CSV with these columns, lines ended as RFC 4180 says; an absent value is empty."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(columns)
    for essay in essays:
        values = _values(essay)
        table.writerow([values.get(column, "") for column in columns])
    return written.getvalue()


def _values(essay: Essay) -> Mapping[str, str]:
    roles = {role: getattr(essay, role) for role in ROLES if getattr(essay, role) is not None}
    if essay.written_at is not None:
        roles["written_at"] = essay.written_at.isoformat()
    given = {name: repr(value) for name, value in essay.given.items()}
    return {**given, **essay.groups, **essay.traits, **roles}
