"""Small cross-validations of generated essays, for tests of the research bench."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.workflows.measuring.extract import CheckerFactory
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.services import Services
from trials import Row, essay_rows, small_plan

N = 90
QUICK: dict[str, Any] = {
    "features": {"groups": ["length"], "text_learners": []},
    "model": {"booster": {"rounds": 15, "early_stopping_rounds": 5, "min_child": 5}},
}
"""What makes a plan quick to follow."""


def quick_plan(directory: Path, rows: Sequence[Row] | None = None, **changes: Any) -> Plan:
    """A plan for generated essays in a directory, sections of which may be changed; runs go there too."""
    sections = dict(QUICK)
    for name, values in changes.items():
        known = sections.get(name)
        sections[name] = {**known, **values} if isinstance(known, dict) else values
    plan = read_plan(small_plan(directory, rows or essay_rows(N), **sections))
    return plan.model_copy(update={"output": directory / "output"})


def plain_services(*, workers: int = 1, checker: CheckerFactory | None = None) -> Services:
    """Services without a language checker unless one is given, with a clock that stands."""
    return Services(
        open_source=open_essay_file,
        find_checker=lambda _name, _language: checker,
        cache=MemoryCache(),
        workers=workers,
        clock=lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        versions={"gradewise": "0"},
    )
