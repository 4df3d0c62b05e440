"""Which files of a directory have been written to their end, from what was seen of them; pure.

A file is whole when it was renamed from a name under which programs write, when another beside it says so
(``NAME.done``, no older than it), or when nothing about it changed for as long as it takes to settle. Time is
that of the watcher, so that a file that keeps the time of its original is not taken for an old one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gradewise.protocols.watched_files import FileSeen
from gradewise.workflows.watching.names import DONE, Names, NoDate, Wanted, is_unfinished, is_writable

UNWRITABLE = "its name is not UTF-8, or holds a line break or a control character; rename it"
NO_DATE = "its name holds no date ({})"
"""Why a file is passed over."""
Why = Literal["settled", "marked", "renamed"]
"""Why a file counts as whole."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that seems whole."""

    seen: FileSeen
    """As it is."""
    why: Why
    """Why it counts."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that may still be written to."""

    seen: FileSeen
    """As it was."""
    since: float
    """Since when it has been so, by the watcher's clock, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is known of a directory after a look."""

    waiting: Mapping[str, Waiting] = field(default_factory=dict)
    """Files that are meant, by name."""
    unfinished: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Files under names of unfinished ones, by identity, with their size."""
    arrivals: tuple[Arrival, ...] = ()
    """Files that seem whole: those with a date in their name first, by it, then the others by name."""
    passed_over: tuple[tuple[str, str], ...] = ()
    """Names that would be meant if they held a date or could be written down, with the reason."""


def look(before: Looked, found: Sequence[FileSeen], names: Names, *, now: float, settle_s: float) -> Looked:
    """What is known after another look.

    Args:
        before: what was known; `Looked()` at first.
        found: every file that is there now.
        names: which of them are meant.
        now: the watcher's clock, in seconds; it never goes back.
        settle_s: for how long a file must stay as it is.
    """
    marked = {seen.name: seen for seen in found}
    unwritable = {seen.name for seen in found if not is_writable(seen.name)}
    named = [seen.name for seen in found if not is_unfinished(seen.name)]
    read = {name: names.read(name) for name in named if name not in unwritable}
    meant = [(seen, reading) for seen in found if isinstance(reading := read.get(seen.name), Wanted)]
    waiting = {seen.name: _waiting(before, seen, now) for seen, _ in meant}
    whole = [
        (reading.moment or datetime.max, seen.name, Arrival(seen, why))  # noqa: DTZ901 - of names, no zone
        for seen, reading in meant
        if (why := _why_whole(before, waiting[seen.name], marked, now=now, settle_s=settle_s)) is not None
    ]
    return Looked(
        waiting=waiting,
        unfinished={seen.identity: seen.size for seen in found if is_unfinished(seen.name)},
        arrivals=tuple(arrival for *_, arrival in sorted(whole, key=lambda each: each[:2])),
        passed_over=(
            *((name, UNWRITABLE) for name in named if name in unwritable),
            *((name, NO_DATE.format(each.reason)) for name, each in read.items() if isinstance(each, NoDate)),
        ),
    )


def _waiting(before: Looked, seen: FileSeen, now: float) -> Waiting:
    known = before.waiting.get(seen.name)
    return known if known is not None and known.seen == seen else Waiting(seen, now)


def _why_whole(
    before: Looked, waiting: Waiting, found: Mapping[str, FileSeen], *, now: float, settle_s: float
) -> Why | None:
    seen = waiting.seen
    mark = found.get(f"{seen.name}{DONE}")
    if mark is not None and mark.changed_ns >= seen.changed_ns:
        return "marked"
    written = before.unfinished.get(seen.identity)
    if written is not None and seen.size >= written:
        return "renamed"
    return "settled" if now - waiting.since >= settle_s else None
