"""Dealing essays out to a test set and folds: seeded, even by grade, what belongs together kept together."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_DRAWS = 100
"""Random test sets of whole prompts among which the most typical one is chosen."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Essays that must stay together: copies of a text, or all essays on a prompt."""

    members: tuple[int, ...]
    """Positions of the essays, rising."""
    labels: tuple[tuple[int, int], ...]
    """Essays by grade code: ``(code, count)``, most first."""

    @property
    def size(self) -> int:
        """How many essays."""
        return len(self.members)

    @property
    def stratum(self) -> int:
        """The grade code that most of them have."""
        return self.labels[0][0]


def bind_units(
    members: Sequence[int], ties: Sequence[Sequence[Hashable]], codes: Sequence[int]
) -> tuple[Unit, ...]:
    """Group essays that share a tie, directly or through others.

    Args:
        members: positions of the essays to group, rising.
        ties: what each essay must not be parted over, by position: its text, perhaps its prompt.
        codes: each essay's grade code, by position.

    Returns:
        Units in the order of their first members.
    """
    root = _roots(members, ties)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for member in members:
        groups[root[member]].append(member)
    return tuple(_unit(group, codes) for group in groups.values())


def _roots(members: Sequence[int], ties: Sequence[Sequence[Hashable]]) -> Mapping[int, int]:
    """For every member the first one that it is tied to (union–find with path halving)."""
    parent = {member: member for member in members}
    first: dict[Hashable, int] = {}

    def find(member: int) -> int:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for member in members:
        for tie in ties[member]:
            low, high = sorted((find(first.setdefault(tie, member)), find(member)))
            parent[high] = low
    return {member: find(member) for member in members}


def _unit(members: Sequence[int], codes: Sequence[int]) -> Unit:
    counts = Counter(codes[member] for member in members)
    return Unit(tuple(members), tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))))


def deal_folds(
    units: Sequence[Unit], n_folds: int, generator: np.random.Generator
) -> tuple[tuple[int, ...], ...]:
    """Deal units out so that every grade, and then the number of essays, is as even as may be.

    Largest first, in random order among equals, each to the fold where its grades are scarcest.
    With units of one essay, the folds' counts of a grade differ by one at most. No fold is empty while
    there are as many units as folds.

    Returns:
        Positions by fold, rising.
    """
    totals = _label_totals(units)
    shares: list[dict[int, float]] = [dict.fromkeys(totals, 0.0) for _ in range(n_folds)]
    folds: list[list[int]] = [[] for _ in range(n_folds)]
    for unit in sorted(_shuffled(units, generator), key=lambda each: -each.size):
        weights = [(code, count / totals[code]) for code, count in unit.labels]
        costs = [
            (round(sum(share[code] * weight for code, weight in weights), 12), len(folds[fold]), fold)
            for fold, share in enumerate(shares)
        ]
        chosen = min(costs)[2]
        folds[chosen].extend(unit.members)
        for code, weight in weights:
            shares[chosen][code] += weight
    return tuple(tuple(sorted(fold)) for fold in folds)


def draw_texts(
    units: Sequence[Unit],
    share: float,
    *,
    keep: int,
    never: AbstractSet[int],
    generator: np.random.Generator,
) -> frozenset[int]:
    """Draw a test set with the grades in proportion.

    Args:
        units: what may be drawn.
        share: of the essays, 0 to 1.
        keep: units of each grade that must remain.
        never: grade codes of which none is drawn.
        generator: of the draw.

    Returns:
        Positions drawn.
    """
    strata: defaultdict[int, list[Unit]] = defaultdict(list)
    for unit in _shuffled(units, generator):
        if not never & {code for code, _ in unit.labels}:
            strata[unit.stratum].append(unit)
    sizes = {code: sum(unit.size for unit in strata[code]) for code in sorted(strata)}
    drawn: list[int] = []
    for code, quota in _quotas(sizes, share).items():
        left = quota
        for unit in strata[code][: max(0, len(strata[code]) - keep)]:
            if unit.size <= left:
                drawn.extend(unit.members)
                left -= unit.size
    return frozenset(drawn)


def _quotas(sizes: Mapping[int, int], share: float) -> Mapping[int, int]:
    """A share of each size in whole numbers that add up to the share of all: largest remainders first."""
    exact = {code: size * share for code, size in sizes.items()}
    quotas = {code: int(amount) for code, amount in exact.items()}
    missing = int(sum(exact.values()) + 0.5) - sum(quotas.values())
    by_remainder = sorted(exact, key=lambda code: (quotas[code] - exact[code], code))
    return {code: quotas[code] + (code in by_remainder[:missing]) for code in quotas}


def draw_prompts(
    units: Sequence[Unit], share: float, *, keep: int, generator: np.random.Generator
) -> frozenset[int]:
    """Draw whole prompts for a test set: of `N_DRAWS` random ones the nearest in size and grades.

    Args:
        units: prompts; more than ``keep``.
        share: of the essays, 0 to 1.
        keep: prompts that must remain.
        generator: of the draws.

    Returns:
        Positions drawn, at least one prompt's.
    """
    column = {code: index for index, code in enumerate(sorted(_label_totals(units)))}
    counts = np.zeros((len(units), len(column)))
    for row, unit in enumerate(units):
        for code, count in unit.labels:
            counts[row, column[code]] = count
    draws = [
        _random_prompts(counts, share, len(units) - keep, generator.permutation(len(units)))
        for _ in range(N_DRAWS)
    ]
    best = min(draws, key=lambda rows: _oddness(counts, rows, share))
    return frozenset(member for row in best for member in units[row].members)


def _random_prompts(
    counts: NDArray[np.float64], share: float, most: int, order: NDArray[np.int64]
) -> list[int]:
    """Prompts in this order, each taken if it brings the size nearer to the share; at least one."""
    sizes = counts.sum(axis=1)
    left = share * sizes.sum()
    rows: list[int] = []
    for row in order:
        if len(rows) < most and abs(left - sizes[row]) < abs(left):
            rows.append(int(row))
            left -= sizes[row]
    return rows or [int(np.argmin(sizes))]


def _oddness(counts: NDArray[np.float64], rows: Sequence[int], share: float) -> float:
    """How far a draw is from the share in size, plus how far its grades are from all: 0 is perfect."""
    drawn, total = counts[rows].sum(axis=0), counts.sum(axis=0)
    distance = 0.5 * np.abs(drawn / drawn.sum() - total / total.sum()).sum()
    return float(abs(drawn.sum() / total.sum() - share) + distance)


def _label_totals(units: Sequence[Unit]) -> Counter[int]:
    totals: Counter[int] = Counter()
    for unit in units:
        totals.update(dict(unit.labels))
    return totals


def _shuffled(units: Sequence[Unit], generator: np.random.Generator) -> list[Unit]:
    return [units[index] for index in generator.permutation(len(units))]
