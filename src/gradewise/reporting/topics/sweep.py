"""Settings that were tried: which are best, and whether that is more than luck."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradewise.evaluation.interval_json import intervals_to_json
from gradewise.evaluation.results import Interval
from gradewise.evaluation.standings import Standing
from gradewise.reporting.parts import Section, Statement
from gradewise.reporting.topics.gains import GAINED, gain_words
from gradewise.reporting.topics.standings import standing_figures, standing_record
from gradewise.reporting.wording import counted

OWN = "the plan’s own settings"
"""What gains are taken over."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranking:
    """Settings from the best to the worst, and what choosing the best is worth."""

    standings: tuple[Standing, ...]
    """Best first, the plan's own settings among them."""
    rank_by: str
    """The figure that they are ranked by."""
    chosen: Standing
    """Each fold graded by the settings that are best on the other folds."""
    choices: tuple[str, ...]
    """Which settings each fold got so."""

    @property
    def best(self) -> Standing:
        """The settings at the top."""
        return self.standings[0]


def sweep_section(ranking: Ranking) -> Section:
    """The topic with its picture, tables and statements."""
    return Section(
        name="settings",
        heading="Which settings are best?",
        intro=f"{counted(len(ranking.standings), 'configuration')} learnt on the same folds and columns, and "
        f"ranked by {GAINED[ranking.rank_by]}. The figure of whichever comes first is "
        "flattered: it was chosen for it.",
        figures=tuple(
            standing_figures(ranking.standings, kind="Settings", reference=OWN, by=ranking.rank_by)
        ),
        statements=tuple(_statements(ranking)),
        record=ranking_record(ranking),
    )


def ranking_record(ranking: Ranking) -> dict[str, Any]:
    """The ranking for programs."""
    return {
        "rank_by": ranking.rank_by,
        "ranking": [standing_record(each) for each in ranking.standings],
        "chosen_elsewhere": {
            "figures": intervals_to_json(ranking.chosen.figures),
            "gains": intervals_to_json(ranking.chosen.gains),
            "choices": list(ranking.choices),
        },
    }


def _verdict(ranking: Ranking, honest: Interval) -> Statement:
    """Whether other settings are better than the plan's own, going by what choosing them is worth."""
    best, rivals = ranking.best.name, len(ranking.standings) - 1
    if best == OWN:
        tried = f"None of {counted(rivals, 'other configuration')} is better than {OWN}."
        return Statement("good", tried if rivals else f"Nothing was tried besides {OWN}.")
    if honest.low > 0:
        return Statement(
            "good", f"Other settings are better than {OWN}, and not by luck alone: {best} comes first."
        )
    return Statement(
        "warn",
        f"Inside the noise: {best} comes first of {counted(rivals + 1, 'configuration')}, "
        f"but these essays do not show that choosing it beats {OWN}.",
    )


def _statements(ranking: Ranking) -> Iterator[Statement]:
    by = ranking.rank_by
    gain, honest = ranking.best.gains[by], ranking.chosen.gains[by]
    yield _verdict(ranking, honest)
    if ranking.best.name != OWN:
        yield Statement(
            "info",
            f"Gain in {GAINED[by]} of the best, on the very essays that it was chosen by: "
            f"{gain_words(by, gain)}. That is "
            "flattered, the more so the more settings are tried.",
        )
    yield Statement(
        "info",
        f"Gain in {GAINED[by]} when each fold gets the settings that are best on the other folds: "
        f"{gain_words(by, honest)}. {_agreed(ranking.choices)}",
    )


def _agreed(choices: Sequence[str]) -> str:
    different = len(set(choices))
    if different == 1:
        return "All folds choose the same settings."
    return f"The {len(choices)} folds choose {different} different settings."
