"""Which configurations a search tries next: a pure function of its rules and of what it has found."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradewise.models.search import SearchSpace, Settings, Trial

Identify = Callable[[Settings], str]
"""What tells a configuration from another; equal where two spellings mean the same."""

Suggest = Callable[[SearchSpace, Sequence[Trial], int, int], Sequence[Settings]]
"""Some configurations for a space, given finished trials, how many, and a seed."""

MOST_LISTED = 4096
"""Finite spaces up to this size are gone through to the end before they count as exhausted."""

MOST_DRAWS = 1000
"""Draws from a larger space that may all have been tried before it counts as exhausted."""

FIRST_SHARE = 4
"""One in so many trials is drawn at random before the sampler is listened to."""

MOST_FIRST = 10
"""But no more than so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRules:
    """How a search goes on: everything but the space that shapes which configurations are tried."""

    trials: int
    """Configurations to evaluate, all different."""
    batch: int
    """Configurations proposed at a time; those of a batch know nothing of each other's results."""
    sampler: Literal["tpe", "random"]
    """Whether earlier results are heard."""
    prune: bool
    """Whether hopeless configurations stop early."""
    seed: tuple[int, ...]
    """Of every draw; tells searches of one run apart."""

    @property
    def first(self) -> int:
        """Trials that are drawn at random: without results there is nothing to hear."""
        return min(MOST_FIRST, max(1, self.trials // FIRST_SHARE))


def due(
    rules: SearchRules, trials: Sequence[Trial], batch_of: Callable[[int], Sequence[Settings]]
) -> tuple[Settings, ...]:
    """What is to be queued now: the rest of a batch that is not queued whole, or the next one.

    Args:
        rules: of the search.
        trials: all that there are.
        batch_of: proposes the batch that begins at a number.

    Returns:
        Configurations, in order; nothing while a batch is under way, and when the search is over.
    """
    n = len(trials)
    start = n - n % rules.batch
    under_way = n == start and not all(trial.finished for trial in trials)
    if n >= rules.trials or under_way:
        return ()
    return tuple(batch_of(start)[n - start :])


def next_batch(
    rules: SearchRules,
    space: SearchSpace,
    own: Settings,
    earlier: Sequence[Trial],
    *,
    suggest: Suggest,
    identify: Identify,
) -> tuple[Settings, ...]:
    """Propose the batch that follows some finished trials.

    The plan's own settings come first. What was tried, or stands in the batch already, is replaced by a
    random draw that was not.

    Args:
        rules: of the search.
        space: where it looks.
        own: the plan's own settings.
        earlier: all trials of earlier batches, finished.
        suggest: the sampler, for `rules.sampler` ``tpe``.
        identify: what makes two configurations the same.

    Returns:
        At most `rules.batch` configurations, none tried; fewer at the end of the search, and where a space
        holds no more.
    """
    size = min(rules.batch, rules.trials - len(earlier))
    generator = np.random.default_rng((*rules.seed, len(earlier)))
    batch: list[Settings] = [] if earlier else [own]
    taken = {identify(trial.settings) for trial in earlier} | {identify(settings) for settings in batch}
    for suggested in _suggested(
        rules, space, earlier, size - len(batch), generator=generator, suggest=suggest
    ):
        new = suggested if identify(suggested) not in taken else untried(space, taken, generator, identify)
        if new is None:
            break
        taken.add(identify(new))
        batch.append(new)
    return tuple(batch[:size])


def _suggested(
    rules: SearchRules,
    space: SearchSpace,
    earlier: Sequence[Trial],
    n: int,
    *,
    generator: np.random.Generator,
    suggest: Suggest,
) -> Sequence[Settings]:
    told = [trial for trial in earlier if space.holds(trial.settings)]
    if rules.sampler == "random" or len(told) < rules.first:
        return [space.draw(generator) for _ in range(n)]
    return [space.settled(each) for each in suggest(space, told, n, int(generator.integers(2**31)))]


def untried(
    space: SearchSpace, taken: AbstractSet[str], generator: np.random.Generator, identify: Identify
) -> Settings | None:
    """A random configuration that was not tried; ``None`` when there seems to be none left."""
    size = space.size
    if size is not None and size <= MOST_LISTED:
        drawn = (space.at(int(index)) for index in generator.permutation(size))
    else:
        drawn = (space.draw(generator) for _ in range(MOST_DRAWS))
    return next((settings for settings in drawn if identify(settings) not in taken), None)
