"""A measured figure beside what was asked, and the table of them."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

OUTPUT = Path("benchmarks/output")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One figure."""

    name: str
    """What was measured."""
    value: float
    """The figure."""
    unit: str
    """Of the figure."""
    asked: float | None = None
    """What it should reach."""
    better: Literal["lower", "higher"] = "lower"
    """Which side of `asked` is good."""
    note: str = ""
    """How it was measured, or its interval."""

    @property
    def verdict(self) -> str:
        """Whether it reaches what was asked."""
        if self.asked is None:
            return ""
        good = self.value <= self.asked if self.better == "lower" else self.value >= self.asked
        return "reached" if good else "MISSED"


def seconds_of(work: Callable[[], object], *, repeat: int = 1) -> float:
    """Median wall-clock time of some work."""
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def machine() -> dict[str, str]:
    """What the figures were measured on."""
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return {
        "cpu": cpu,
        "cores": str(os.cpu_count()),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "measured": datetime.now(UTC).date().isoformat(),
    }


def show(measurements: Sequence[Measurement]) -> None:
    """Print the table."""
    for line in table(measurements):
        print(line)


def table(measurements: Sequence[Measurement]) -> list[str]:
    """The measurements as a Markdown table."""
    lines = ["| measured | figure | asked | | how |", "|---|---|---|---|---|"]
    for m in measurements:
        sign = "≤" if m.better == "lower" else "≥"
        asked = f"{sign} {m.asked:g}" if m.asked is not None else ""
        lines.append(f"| {m.name} | {m.value:.4g} {m.unit} | {asked} | {m.verdict} | {m.note} |")
    return lines


def write(name: str, measurements: Sequence[Measurement]) -> Path:
    """Write the measurements and the machine as JSON."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    path = OUTPUT / f"{name}.json"
    content = {
        "machine": machine(),
        "measurements": [asdict(m) | {"verdict": m.verdict} for m in measurements],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
