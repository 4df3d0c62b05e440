"""Parts of the columns beside all of them: what is lost without each."""

from collections.abc import Iterator, Sequence
from typing import Any

from gradewise.evaluation.standings import Standing
from gradewise.reporting.parts import Section, Statement
from gradewise.reporting.topics.gains import figure_words, gain_words, learnt_times
from gradewise.reporting.topics.standings import standing_figures, standing_record
from gradewise.reporting.wording import counted, enumerated


def ablation_section(standings: Sequence[Standing], *, whole: str, n_columns: dict[str, int]) -> Section:
    """The topic with its picture, tables and statements.

    Args:
        standings: of the parts, the whole first.
        whole: what all columns together are called.
        n_columns: columns of each part by its name.
    """
    n_seeds = len(standings[0].by_fold["qwk"])
    return Section(
        name="parts",
        heading="What does each part add?",
        intro=f"{counted(len(standings), 'set')} of columns were taken from one matrix and learnt on the "
        f"same folds, {learnt_times(n_seeds)}. Each interval stands on its own.",
        figures=tuple(standing_figures(standings, kind="Columns", reference=whole, by="qwk")),
        statements=tuple(_statements(standings, whole)),
        record=ablation_record(standings, n_columns),
    )


def ablation_record(standings: Sequence[Standing], n_columns: dict[str, int]) -> dict[str, Any]:
    """The standings for programs."""
    return {"arms": [{**standing_record(each), "n_columns": n_columns[each.name]} for each in standings]}


def _statements(standings: Sequence[Standing], whole: str) -> Iterator[Statement]:
    parts = [each for each in standings if each.name != whole]
    worse = sorted(
        (each for each in parts if each.gains["qwk"].high < 0), key=lambda each: each.gains["qwk"].estimate
    )
    better = [each for each in parts if each.gains["qwk"].low > 0]
    alike = [each for each in parts if each not in worse and each not in better]
    complete = next(each for each in standings if each.name == whole)
    yield Statement(
        "info",
        f"With {whole}, agreement is {figure_words('qwk', complete.figures['qwk'])} (QWK). Of "
        f"{counted(len(parts), 'smaller set')}, surely worse: {len(worse) or 'none'}; surely better: "
        f"{len(better) or 'none'}; not told apart: {len(alike) or 'none'}.",
    )
    for each in worse:
        yield Statement("info", f"Surely worse: {each.name}, {gain_words('qwk', each.gains['qwk'])} QWK.")
    for each in better:
        yield Statement("warn", f"Surely better: {each.name}, {gain_words('qwk', each.gains['qwk'])} QWK.")
    if alike:
        yield Statement(
            "info",
            f"Not told apart from {whole} by these essays: {enumerated([each.name for each in alike])}.",
        )
