"""The essays as a split looks at them: ids, grades, texts and times, side by side."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gradewise.errors import SplitError
from gradewise.essays.allocation import Unit, bind_units
from gradewise.essays.near_copies import near_copies
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.split_plan import RareLabel, Scheme
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import copy_hash, text_hash


@dataclass(frozen=True, slots=True)
class SplitTable:
    """Essays in order of id; members are positions in it."""

    scheme: Scheme
    """What they are to be split by."""
    names: tuple[str, ...]
    """Each essay's id, rising."""
    labels: tuple[str, ...]
    """The grades, lowest first."""
    codes: tuple[int, ...]
    """Each essay's grade as a position in ``labels``."""
    texts: tuple[str, ...]
    """Each essay's text hash."""
    copies: tuple[str, ...]
    """Hash of each essay's letters and digits, which copies with other capitals or signs share."""
    kin: tuple[str, ...]
    """What each essay shares with its copies and near copies, see `near_copies`."""
    writers: tuple[str | None, ...]
    """Who wrote each essay, as far as it is known and the scheme looks at it."""
    prompts: tuple[str, ...]
    """Each essay's prompt; empty where it has none."""
    instants: tuple[datetime, ...]
    """When each essay was written, all with an offset; empty unless the scheme is temporal."""

    def ids(self, members: Iterable[int]) -> tuple[str, ...]:
        """Ids of these members, sorted."""
        return tuple(self.names[member] for member in sorted(members))

    def units(self, members: Sequence[int]) -> tuple[Unit, ...]:
        """What must stay together: near copies, what one wrote; under prompt hold-out whole prompts."""
        ties: list[tuple[tuple[str, str], ...]] = [
            (("text", text),) if writer is None else (("text", text), ("writer", writer))
            for text, writer in zip(self.kin, self.writers, strict=True)
        ]
        if self.scheme == "prompt_holdout":
            ties = [(*tie, ("prompt", prompt)) for tie, prompt in zip(ties, self.prompts, strict=True)]
        return bind_units(members, ties, self.codes)

    def label_counts(self, members: Iterable[int]) -> dict[str, int]:
        """Members by grade, every grade of the scale included."""
        counts = Counter(self.codes[member] for member in members)
        return {label: counts[code] for code, label in enumerate(self.labels)}

    def rare(self, members: Iterable[int], *, n_parts: int) -> tuple[RareLabel, ...]:
        """Grades that members have in fewer texts, or of fewer writers, than parts; lowest first."""
        texts: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
        for member in members:
            writer = self.writers[member]
            texts[self.codes[member]].add(
                ("text", self.kin[member]) if writer is None else ("writer", writer)
            )
        counts = {code: len(texts[code]) for code in sorted(texts)}
        return tuple(RareLabel(self.labels[code], n) for code, n in counts.items() if n < n_parts)


def kin_of(essays: Iterable[Essay]) -> Mapping[str, str]:
    """By id, what an essay shares with its copies and near copies; whatever their order, the same."""
    ordered = sorted(essays, key=lambda essay: essay.id)
    keys = near_copies([essay.text for essay in ordered])
    return {essay.id: key for essay, key in zip(ordered, keys, strict=True)}


def lay_out(
    essays: Sequence[Essay], scale: Scale | None, scheme: Scheme, *, kin: Mapping[str, str] | None = None
) -> SplitTable:
    """Order the essays by id, and see that each has what the scheme needs.

    Args:
        essays: graded essays.
        scale: checks the grades; ``None`` takes them as they are.
        scheme: what they are to be split by.
        kin: what `kin_of` says of them, where it was asked before.

    Raises:
        SplitError: an id occurs twice, or an essay lacks its grade, prompt or time.
        InputError: a grade is not on the scale.
    """
    ordered = sorted(essays, key=lambda essay: essay.id)
    for essay, following in itertools.pairwise(ordered):
        if essay.id == following.id:
            raise SplitError(f"two essays have the id {quotable(essay.id)!r}; ids must be unique")
    given = [_label(essay, scheme) for essay in ordered]
    labels = scale.grades if scale is not None else tuple(sorted(set(given)))
    code_of = scale.code if scale is not None else labels.index
    kin = kin_of(ordered) if kin is None else kin
    return SplitTable(
        scheme=scheme,
        names=tuple(essay.id for essay in ordered),
        labels=labels,
        codes=tuple(code_of(label) for label in given),
        texts=tuple(text_hash(essay.text) for essay in ordered),
        copies=tuple(copy_hash(essay.text) for essay in ordered),
        kin=tuple(kin[essay.id] for essay in ordered),
        writers=tuple(essay.writer if scheme == "stratified_text" else None for essay in ordered),
        prompts=tuple(essay.prompt or "" for essay in ordered),
        instants=tuple(_instant(essay) for essay in ordered) if scheme == "temporal" else (),
    )


def _label(essay: Essay, scheme: Scheme) -> str:
    name = quotable(essay.id)
    if essay.label is None:
        raise SplitError(f"essay {name!r} has no grade; only graded essays can be split")
    if scheme == "prompt_holdout" and essay.prompt is None:
        raise SplitError(f"essay {name!r} has no prompt, and prompts are to be held out; set columns.prompt")
    return essay.label


def _instant(essay: Essay) -> datetime:
    """When an essay was written; a time without an offset is taken as UTC."""
    when = essay.written_at
    if when is None:
        name = quotable(essay.id)
        raise SplitError(f"essay {name!r} has no time, and the split is temporal; set columns.written_at")
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
