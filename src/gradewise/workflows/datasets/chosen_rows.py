"""The rows of a file that a plan wants: those of the prompts which its filters keep."""

from collections import Counter
from collections.abc import Iterator, Mapping

from gradewise.errors import InputError
from gradewise.essays.bad_rows import BadRow
from gradewise.essays.suggestions import quotable, suggest
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.plans.data import ColumnsPlan, FiltersPlan

PROMPTS_LISTED = 12
"""Prompts that a message names at the most."""


def require_column(source: EssaySource, name: str) -> None:
    """Pass when a file has a column.

    Raises:
        InputError: it has none of that name; the message suggests the nearest.
    """
    if name not in source.columns():
        present = ", ".join(quotable(column) for column in source.columns())
        raise InputError(
            f"{source.location} has no column {quotable(name)!r}; it has {present}"
            f"{suggest(name, source.columns())}"
        )


class ChosenRows:
    """The rows of a file that answer the prompts which the filters keep; once through, it knows the rest."""

    def __init__(self, source: EssaySource, columns: ColumnsPlan, filters: FiltersPlan) -> None:
        self._source, self._only = source, filters.only_prompts
        self._excluded = filters.exclude_prompts or ()
        self._named = (*filters.only_prompts, *self._excluded)
        self._column = columns.prompt
        self._seen: Counter[str] = Counter()
        if self._named:
            if self._column is None:
                raise InputError(
                    f"{source.location}: prompts are chosen, and no column of prompts is found among "
                    f"{', '.join(quotable(name) for name in source.columns())}; name it: --prompt-column NAME"
                )
            require_column(source, self._column)

    @property
    def location(self) -> str:
        """Where the rows are, for messages that count rows of the chosen prompts."""
        if not self._only:
            return self._source.location
        return f"{self._source.location} (prompt {', '.join(quotable(name) for name in self._only)})"

    @property
    def left_out(self) -> int:
        """Rows of other prompts."""
        return sum(count for prompt, count in self._seen.items() if not self._wanted(prompt))

    @property
    def prompts(self) -> tuple[str, ...]:
        """Every prompt there is, wanted or not, where the filters name one."""
        return tuple(self._seen)

    @property
    def unmatched(self) -> tuple[str, ...]:
        """Prompts that the filters name and no row has."""
        return tuple(prompt for prompt in self._named if prompt not in self._seen)

    def __iter__(self) -> Iterator[Mapping[str, str] | BadRow]:
        if not self._named or self._column is None:
            yield from self._source.records()
            return
        self._seen.clear()
        for row in self._source.records():
            if isinstance(row, BadRow):  # which prompt it answers is not known
                yield row
                continue
            prompt = row[self._column].strip()
            self._seen[prompt] += 1
            if self._wanted(prompt):
                yield row
        if self._seen and not any(self._wanted(prompt) for prompt in self._seen):
            raise InputError(f"{self._source.location}: {self._none_left()}")

    def _wanted(self, prompt: str) -> bool:
        return prompt not in self._excluded and (not self._only or prompt in self._only)

    def _none_left(self) -> str:
        there = [quotable(prompt) for prompt, _ in self._seen.most_common(PROMPTS_LISTED)]
        more = " …" if len(self._seen) > PROMPTS_LISTED else ""
        asked = ", ".join(repr(quotable(prompt)) for prompt in self.unmatched or self._named)
        return (
            f"the chosen prompts ({asked}) leave no essay; the prompts there are {', '.join(there)}{more}"
            f"{suggest(self._named[0], tuple(self._seen))}"
        )
