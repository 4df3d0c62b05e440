"""Two models side by side as a person reads them in a terminal."""

import re

from rich.table import Table
from rich.text import Text

from gradewise.cli.registry.views import fact_words, interval_words, metric_head
from gradewise.cli.terminal import printable
from gradewise.registry.differences import AREAS, FigureDifference, ModelDifferences
from gradewise.reporting.wording import ABSENT, enumerated, signed

_DIGEST = re.compile("[0-9a-f]{40,64}")
_BEGINNING = 12  # characters of a digest


def difference_table(found: ModelDifferences) -> Table:
    """What is not the same, area by area, and every figure."""
    table = Table(title="What differs", title_justify="left", box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for model in (found.first, found.second):
        table.add_column(Text(printable(f"{model.label} ({model.stage})")), overflow="fold")
    table.add_column("change", justify="right", no_wrap=True)
    for area in AREAS:
        facts = [fact for fact in found.facts if fact.area == area]
        if facts:
            table.add_row(Text(area, style="bold"))
        for fact in facts:
            cells = (f"  {fact.key}", _short(fact_words(fact.first)), _short(fact_words(fact.second)))
            table.add_row(*(Text(printable(cell)) for cell in cells))
    if found.figures:
        table.add_row(Text("figures", style="bold"))
    for figure in found.figures:
        table.add_row(*_figure_cells(figure))
    return table


def _short(words: str) -> str:
    """A digest by its beginning, as everywhere: a whole one would break into lines."""
    return words[:_BEGINNING] if _DIGEST.fullmatch(words) else words


def _figure_cells(figure: FigureDifference) -> tuple[str, str, str, str]:
    first, second = (
        ABSENT if each is None else interval_words(each) for each in (figure.first, figure.second)
    )
    change = "" if figure.change is None else signed(figure.change, digits=3)
    return f"  {metric_head(figure.metric)}", first, second, change


def difference_notes(found: ModelDifferences) -> list[str]:
    """What the table does not say."""
    notes = []
    if found.features_gone:
        notes.append(f"{found.first.version} alone reads {enumerated(found.features_gone)}")
    if found.features_new:
        notes.append(f"{found.second.version} alone reads {enumerated(found.features_new)}")
    if not found.same_essays and found.figures:
        notes.append(
            "the figures are not known to be about the same essays; hold the two against each other: "
            f"gradewise compare --model-a {found.first.model_name}:{found.first.version} "
            f"--model-b {found.second.model_name}:{found.second.version} --data FILE"
        )
    return notes
