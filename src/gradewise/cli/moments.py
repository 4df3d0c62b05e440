"""Dates and times as they are typed, and as they are shown."""

import re
from datetime import UTC, datetime, timedelta

from gradewise.errors import PlanError

_SPAN = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


def start_of_window(text: str, *, now: datetime, option: str = "--since") -> datetime:
    """When a window begins: a span such as 12h, 7d or 4w before now, or a date or a time.

    >>> start_of_window("7d", now=datetime(2026, 3, 8, tzinfo=UTC)).isoformat()
    '2026-03-01T00:00:00+00:00'

    Raises:
        PlanError: it is none of these.
    """
    if span := _SPAN.fullmatch(text):
        return now - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        return moment_of(text, option=option) or now
    except PlanError:
        raise PlanError(
            f"{option} is {text!r}; give a span such as 12h, 7d or 4w, or a date such as 2026-03-01"
        ) from None


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
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise PlanError(
            f"{option} is {text!r}; give a date such as 2026-03-01, or 2026-03-01T09:30"
        ) from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def day(when: datetime) -> str:
    """A date, UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d}"


def moment(when: datetime) -> str:
    """A date and a time, UTC."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M}"
