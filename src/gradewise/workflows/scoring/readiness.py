"""Whether a service can grade essays now: found out by grading, not by having been started."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gradewise.errors import GradewiseError
from gradewise.workflows.scoring.services import Serving

PATIENCE_S = 5.0
"""How long grading test rows may take: many times what it does, so that only what is stuck takes longer."""


@runtime_checkable
class TestsItself(Protocol):
    """A model that knows rows which it must grade in a known way."""

    def test_itself(self) -> None:
        """Grade them.

        Raises:
            BundleError: they came out otherwise.
        """
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing without which no essay can be graded."""

    name: str
    """Which: ``model``, ``grades``, ``fresh``, ``log``."""
    passed: bool
    """Whether it is so."""
    detail: str
    """What was found."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether essays can be graded."""

    checks: tuple[Check, ...]
    """What it rests on."""

    @property
    def ready(self) -> bool:
        """Whether every check is passed."""
        return all(check.passed for check in self.checks)


async def find_readiness(
    serving: Serving, *, silent_s: float | None = None, patience_s: float = PATIENCE_S
) -> Readiness:
    """Grade test rows with the model in production by the way that essays take.

    Args:
        serving: the service.
        silent_s: for how long nobody need have looked for another model; for ever when ``None``.
        patience_s: seconds that grading them may take.
    """
    checks: Sequence[Check] = (
        _model(serving), await _grades(serving, patience_s), _fresh(serving, silent_s), _log(serving),
    )  # fmt: skip
    return Readiness(tuple(checks))


def _model(serving: Serving) -> Check:
    status = serving.champion.status
    if status.identity is None:
        # Refusals name directories, and anybody may ask.
        why = f" ({status.refusal.reason})" if status.refusal else ""
        detail = f"no model is loaded{why}; the service's log and `/v1/models` say more"
        return Check("model", passed=False, detail=detail)
    return Check("model", passed=True, detail=f"{status.identity.name} {status.identity.version}")


async def _grades(serving: Serving, patience_s: float) -> Check:
    model = serving.champion.current
    if model is None:
        return Check("grades", passed=False, detail="there is nothing to grade with")
    tested = getattr(model, "model", model)
    if serving.hangs():
        return Check("grades", passed=False, detail="the model hangs; the service must be started again")
    if not isinstance(tested, TestsItself):
        return Check("grades", passed=True, detail="this kind of model has no test rows")
    try:
        async with asyncio.timeout(patience_s):
            await serving.aside(tested.test_itself)
    except TimeoutError:
        return Check("grades", passed=False, detail=f"test rows were not graded within {patience_s:g} s")
    except GradewiseError as error:
        return Check("grades", passed=False, detail=str(error))
    return Check("grades", passed=True, detail="test rows come out as when the model was made")


def _fresh(serving: Serving, silent_s: float | None) -> Check:
    looked_at = serving.champion.status.looked_at
    if silent_s is None or looked_at is None:
        return Check("fresh", passed=True, detail="nobody need look for another model")
    ago = (serving.clock() - looked_at).total_seconds()
    said = f"another model was looked for {ago:.0f} s ago"
    return Check("fresh", passed=ago <= silent_s, detail=said)


def _log(serving: Serving) -> Check:
    """What is said names no database and no directory: anybody may ask, and the service's log says which."""
    if serving.log is None:
        return Check("log", passed=True, detail="no answer is to be written down")
    match serving.log_state():
        case "kept":
            return Check("log", passed=True, detail="answers are written down")
        case "away":
            return Check("log", passed=True, detail="answers wait on disk until the score log is back")
        case "unwritable":
            detail = "answers can be written down nowhere, so that none is given; the service's log says why"
            return Check("log", passed=False, detail=detail)
