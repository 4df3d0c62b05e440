"""Gradewise: teacher-marked essays in, a grading model that can be trusted and explained out."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradewise.bootstrap import load_scorer

__version__ = "0.1.0"
__all__ = ["__version__", "load_scorer"]


def __getattr__(name: str) -> Any:
    """Import what is heavy when it is asked for, so that ``import gradewise`` stays light."""
    if name == "load_scorer":
        from gradewise.bootstrap import load_scorer  # noqa: PLC0415 - imports everything

        return load_scorer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
