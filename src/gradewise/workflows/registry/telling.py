"""What logs and metrics hear of acts and of gates."""

from collections.abc import Callable, Coroutine, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.telemetry import acting, silent
from gradewise.work_events import GatesJudged

P = ParamSpec("P")
R = TypeVar("R")
PASSED = "passed"


def told(act: str) -> Callable[[Callable[P, Coroutine[Any, Any, R]]], Callable[P, Coroutine[Any, Any, R]]]:
    """Make a use case tell its listener what became of it, done or not.

    Args:
        act: what it does, as the audit trail calls it.
    """

    def telling(use_case: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Coroutine[Any, Any, R]]:
        @wraps(use_case)
        async def heard(*args: P.args, **options: P.kwargs) -> R:
            listener = options.get("listener", silent)
            if not callable(listener):
                raise TypeError(f"{listener!r} hears nothing; pass a function of one event")
            with acting(listener, act, _subject(args)):
                return await use_case(*args, **options)

        return heard

    return telling


def judgement(record: GateRecord) -> GatesJudged:
    """What gates said, as listeners hear it: of which model, whether it may go on, what it falls short in."""
    rules = record.report.get("gates", record.report).get("rules", ())
    short = [str(rule["metric"]) for rule in rules if rule.get("verdict") != PASSED]
    return GatesJudged(
        f"{record.model_name} {record.version}",
        str(record.report.get("preset", "plan")),
        passed=record.passed,
        short=() if record.passed else tuple(dict.fromkeys(short)),
    )


def _subject(args: Sequence[object]) -> str:
    """About what: the argument after the services."""
    match args[1:2]:
        case (ModelRecord(label=label),):
            return label
        case (Path() as path,):
            return path.name
        case (str() as name,):
            return name
        case _:
            return ""
