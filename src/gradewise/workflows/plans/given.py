"""How a plan names the numbers that come with essays."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

EVERY = "all"
"""The word that means every column whose name begins with ``given_``."""


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


EVERY_COMPONENT = "__*"
"""What stands behind the name of a column of vectors to mean every number of them."""


def _well_named(columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(columns)) < len(columns) or "" in columns:
        raise ValueError("name each column once")
    if EVERY in columns and len(columns) > 1:
        raise ValueError(f"{EVERY!r} already means every column that begins with given_; name it alone")
    odd = [column for column in columns if "*" in column.removesuffix(EVERY_COMPONENT)]
    if odd or EVERY_COMPONENT in columns:
        raise ValueError(
            f"{(odd or [EVERY_COMPONENT])[0]!r} is no column; a star stands behind the name of a column of "
            f"vectors alone, such as embeddings{EVERY_COMPONENT}"
        )
    return columns


GivenColumns = Annotated[
    tuple[str, ...],
    BeforeValidator(_as_list, json_schema_input_type=tuple[str, ...] | str),
    AfterValidator(_well_named),
]
"""Names of columns, each once; or `EVERY` alone. ``column__hour`` is a part of a time, ``column__017`` a
number of a vector, ``column__*`` every number of it: see `gradewise.essays.given_columns`."""
