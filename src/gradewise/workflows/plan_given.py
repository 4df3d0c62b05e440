"""How a plan names the numbers that come with essays."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

EVERY = "all"
"""The word that means every column whose name begins with ``given_``."""


def _as_list(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _well_named(columns: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(columns)) < len(columns) or "" in columns:
        raise ValueError("name each column once")
    if EVERY in columns and len(columns) > 1:
        raise ValueError(f"{EVERY!r} already means every column that begins with given_; name it alone")
    return columns


GivenColumns = Annotated[tuple[str, ...], BeforeValidator(_as_list), AfterValidator(_well_named)]
"""Names of columns, each once; or `EVERY` alone."""
