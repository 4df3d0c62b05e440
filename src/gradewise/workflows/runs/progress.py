"""How far a run is: stages that may lie within each other, each with what is done of what there is."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class OpenStage:
    """A stage that is going on, or the last one that has ended."""

    name: str
    """What is being done, for a reader."""
    total: int | None
    """Units that there are, when known."""
    unit: str
    """What one unit is."""
    started: float
    """Reading of a clock that never goes back, in seconds."""
    done: int = 0
    """Units done."""
    state: str = "running"
    """``running`` or ``completed``."""

    def figures(self, now: float) -> dict[str, Any]:
        """Done, total, share in percent, rate and time left, as JSON values; ``None`` where not known."""
        seconds = now - self.started
        rate = self.done / seconds if self.done and seconds > 0 else None
        left = None if rate is None or not self.total else max(self.total - self.done, 0) / rate
        return {
            "processed": self.done,
            "total": self.total,
            "unit": self.unit,
            "percent": round(100 * self.done / self.total, 1) if self.total else None,
            "rate_per_s": None if rate is None else round(rate, 3),
            "eta_seconds": None if left is None else round(left, 1),
        }


class Stages:
    """The stages that are going on, the outermost first.

    A stage that an error left open is taken for ended as soon as another of its name begins, or one around
    it ends.
    """

    def __init__(self) -> None:
        self._open: list[OpenStage] = []
        self._last = OpenStage("starting", None, "", 0.0)

    @property
    def outermost(self) -> str:
        """Name of the stage around all others; of the last one when none goes on."""
        return self._open[0].name if self._open else self._last.name

    @property
    def nested(self) -> bool:
        """Whether a stage goes on within another."""
        return len(self._open) > 1

    def start(self, name: str, total: int | None, unit: str, *, now: float) -> None:
        """A stage begins, within those that go on."""
        self._close(name)
        self._open.append(OpenStage(name, total, unit, now))

    def advance(self, name: str, done: int) -> None:
        """Units of a stage are done."""
        stage = self._find(name)
        if stage is not None:
            stage.done = done

    def finish(self, name: str) -> None:
        """A stage has ended well."""
        stage = self._find(name)
        if stage is not None:
            self._close(name)
            stage.state = "completed"
            stage.done = stage.done if stage.total is None else stage.total
            self._last = stage

    def record(self, now: float) -> dict[str, Any]:
        """The innermost stage with its figures, and those of the stages around it under ``details``."""
        outer, inner = self._open[:-1], self._open[-1] if self._open else self._last
        return {
            "stage": self.outermost,
            "substage": inner.name if outer else None,
            "state": inner.state,
            **inner.figures(now),
            "details": {stage.name: stage.figures(now) for stage in outer},
        }

    def _find(self, name: str) -> OpenStage | None:
        return next((stage for stage in self._open if stage.name == name), None)

    def _close(self, name: str) -> None:
        for position, stage in enumerate(self._open):
            if stage.name == name:
                del self._open[position:]
                return
