"""Why a scoring service gives no answer: a code for each error."""

from typing import Literal

from gradewise.errors import BundleError, BusyError, DeadlineError, InputError, UnavailableError

FailureReason = Literal["input", "busy", "deadline", "no_model", "model", "unavailable", "internal"]
"""Why there is no answer, as `ScoringFailed` says it."""


class NoModelError(UnavailableError):
    """No model is loaded that could answer."""


class HangsError(UnavailableError):
    """The model hangs in every thread that could ask it; only another process helps."""


_REASONS: tuple[tuple[type[BaseException], FailureReason], ...] = (
    (BusyError, "busy"),
    (DeadlineError, "deadline"),
    (TimeoutError, "deadline"),
    (NoModelError, "no_model"),
    (UnavailableError, "unavailable"),
    (InputError, "input"),
    (BundleError, "model"),
)
"""The particular before the general."""


def failure_reason(error: BaseException) -> FailureReason:
    """Why there is no answer.

    >>> failure_reason(BusyError("too much", retry_after_s=1)), failure_reason(KeyError("x"))
    ('busy', 'internal')
    """
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "internal")
