"""Dates and times as they are typed."""

from datetime import UTC, datetime

from gradewise.errors import PlanError


def moment_of(text: str | None, *, option: str = "--since") -> datetime | None:
    """A date or a time; without an offset it is in UTC.

    >>> moment_of("2026-03-01").isoformat()
    '2026-03-01T00:00:00+00:00'

    Raises:
        PlanError: it is neither.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise PlanError(
            f"{option} is {text!r}; give a date such as 2026-03-01, or 2026-03-01T09:30"
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
