"""Which of the essays an experiment is about: a window of lengths, some prompts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import count_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What an essay must be to stay."""

    min_words: int | None = None
    """Fewest words, inclusive; see `count_words`."""
    max_words: int | None = None
    """Most words, inclusive."""
    exclude_prompts: tuple[str, ...] = ()
    """Prompts left out, spelled as in the data."""
    only_prompts: tuple[str, ...] = ()
    """Prompts kept, spelled as in the data; empty keeps all."""

    def __post_init__(self) -> None:
        if self.min_words is not None and self.max_words is not None and self.min_words > self.max_words:
            raise InputError(f"no essay has {self.min_words} to {self.max_words} words; swap the two")
        both = set(self.exclude_prompts) & set(self.only_prompts)
        if both:
            raise InputError(f"prompt {quotable(min(both))!r} is both kept and excluded; say one")


@dataclass(frozen=True, slots=True)
class Filtered:
    """Essays after filtering."""

    kept: tuple[Essay, ...]
    """In their order."""
    dropped: Mapping[str, int]
    """Essays by the first reason that dropped them: ``prompt``, ``too short``, ``too long``."""


def apply_filters(essays: Sequence[Essay], filters: Filters) -> Filtered:
    """Keep the essays that satisfy every filter.

    Raises:
        InputError: none is left.
    """
    kept: list[Essay] = []
    dropped: Counter[str] = Counter()
    for essay in essays:
        reason = _reason_to_drop(essay, filters)
        if reason is None:
            kept.append(essay)
        else:
            dropped[reason] += 1
    if not kept:
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(dropped.items()))
        raise InputError(f"the filters leave none of {len(essays)} essays ({counts}); widen them")
    return Filtered(tuple(kept), dict(sorted(dropped.items())))


def _reason_to_drop(essay: Essay, filters: Filters) -> str | None:
    if essay.prompt in filters.exclude_prompts:
        return "prompt"
    if filters.only_prompts and essay.prompt not in filters.only_prompts:
        return "prompt"
    if filters.min_words is None and filters.max_words is None:
        return None
    words = count_words(essay.text)
    if filters.min_words is not None and words < filters.min_words:
        return "too short"
    if filters.max_words is not None and words > filters.max_words:
        return "too long"
    return None
