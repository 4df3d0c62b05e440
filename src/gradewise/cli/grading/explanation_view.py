"""An explanation as a person reads it in a terminal."""

from collections.abc import Iterator
from itertools import accumulate, pairwise

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gradewise.cli.rendering import probability_table
from gradewise.cli.terminal import printable
from gradewise.features.constructs import WORDING_CONSTRUCT as WORDING
from gradewise.reporting.explanation import (
    LEAST_SHOWN,
    Explanation,
    TellingTerms,
    likelier_words,
    likely_words,
)
from gradewise.reporting.marked_text import CATEGORY_WORDS, LETTERS, Remark, cut_at_findings, notes, remarks
from gradewise.reporting.wording import decimal, signed, steps

STYLES = {
    "spelling": "red underline",
    "grammar": "blue underline",
    "punctuation": "yellow underline",
    "capitalisation": "magenta underline",
    "word_choice": "green underline",
    "style": "dim",
}
"""How each category of finding is marked; its letter stands beside it, so that no colour is needed."""
MOST_REMARKS = 15
"""More are on the page."""
CONSTRUCTS_DETAILED = 5
"""Sides of writing whose features are shown; the page shows those of all."""
LEAST_PROBABILITY = 0.005
FRAME, NUMBER, NARROWEST_CHART, WIDEST_CHART = 6, 7, 16, 60
"""Characters that a panel and a number take, and between which a chart is drawn."""


def explanation_view(explanation: Explanation, *, width: int) -> RenderableType:
    """The text with its errors, then the grade and what moved it, as wide as the terminal (characters)."""
    told = notes(explanation.text, explanation.findings or ())
    chart = min(width - FRAME - _name_width(explanation) - NUMBER - 2, WIDEST_CHART)
    return Group(
        _panel("The text", _marked(explanation), *_remarks(explanation, remarks(told))),
        _panel(
            f"Why this grade? {explanation.essay_id}",
            _head(explanation),
            *([Text(odd)] if (odd := likelier_words(explanation)) else []),
            Text(),
            probability_table(_probable(explanation), explanation.grade),
            Text(),
            _waterfall(explanation, chart if chart >= NARROWEST_CHART else 0),
            Text(),
            _details(explanation),
            Text(),
            Text("What the model cannot know", style="bold"),
            _limits(explanation),
            Text("The teacher decides.", style="bold"),
        ),
    )


def _panel(title: str, *parts: RenderableType) -> Panel:
    return Panel(Group(*parts), title=Text(printable(title)), title_align="left", padding=(1, 2))


def _head(explanation: Explanation) -> Text:
    return Text.assemble(
        ("Grade ", "bold"),
        (explanation.grade, "bold green"),
        f"   {likely_words(explanation)}   {steps(explanation.score, explanation.probabilities)}",
    )


def _probable(explanation: Explanation) -> dict[str, float]:
    """The grades that are worth a line."""
    return {
        grade: share
        for grade, share in explanation.probabilities.items()
        if share >= LEAST_PROBABILITY or grade == explanation.grade
    }


def _name_width(explanation: Explanation) -> int:
    return max([len(part.construct) for part in explanation.parts] + [len("average essay")])


def _waterfall(explanation: Explanation, chart: int) -> Table:
    """Each side of writing begins where the one above it ended; no chart where there is no room for it."""
    stations = list(accumulate([part.effect for part in explanation.parts], initial=explanation.start))
    low, high = min(stations), max(stations)

    def place(value: float) -> int:
        return round((value - low) / (high - low) * (chart - 1)) if high > low else 0

    table = Table.grid(padding=(0, 1))
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row("average essay", decimal(explanation.start), _point(place(explanation.start), chart))
    steps = zip(explanation.parts, explanation.shown_effects, pairwise(stations), strict=True)
    for part, shown, (before, after) in steps:
        arrow = _arrow(place(before), place(after), part.effect)
        table.add_row(part.construct, _coloured(signed(shown), part.effect), arrow if chart else Text())
    table.add_row(
        Text("this essay", style="bold"),
        Text(decimal(explanation.score), style="bold"),
        _point(place(explanation.score), chart),
    )
    return table


def _point(place: int, chart: int) -> Text:
    return Text(" " * place + "●" if chart else "", style="bold")


def _arrow(before: int, after: int, effect: float) -> Text:
    left, right = sorted((before, after))
    body = "━" * (right - left)
    arrow = "·" if abs(effect) < LEAST_SHOWN else f"{body}▶" if effect > 0 else f"◀{body}"
    return Text(" " * left + arrow, style=_colour(effect))


def _colour(effect: float) -> str:
    return "green" if effect > 0 else "red" if effect < 0 else "dim"


def _coloured(said: str, effect: float) -> Text:
    return Text(said, style=_colour(effect))


def _details(explanation: Explanation) -> Table:
    """The strongest features of the sides of writing that moved the score most."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for part in explanation.parts[:CONSTRUCTS_DETAILED]:
        if abs(part.effect) < LEAST_SHOWN:
            break
        meaning = f": {part.meaning}" if part.meaning else ""
        table.add_row("", Text.assemble((part.construct, "bold"), (meaning, "dim")))
        for feature in part.strongest():
            if abs(feature.effect) >= LEAST_SHOWN:
                said = f"{feature.label}: {feature.here} (average {feature.usual})"
                table.add_row(_coloured(signed(feature.effect), feature.effect), said)
        if part.construct == WORDING and explanation.terms:
            _add_terms(table, explanation.terms)
    return table


def _add_terms(table: Table, terms: TellingTerms) -> None:
    for words, found in (("better", terms.raising), ("lower", terms.lowering)):
        if found:
            table.add_row("", f"words here that speak for a {words} grade: {', '.join(found)}")


def _marked(explanation: Explanation) -> Text:
    findings = explanation.findings or ()
    told = notes(explanation.text, findings)
    marked = Text()
    for piece in cut_at_findings(explanation.text, findings):
        style = STYLES[findings[piece.findings[-1]].category] if piece.findings else ""
        marked.append(printable(piece.text), style=style)
        for place in piece.ending:
            marked.append(f"[{told[place].mark}]", style="dim")
    return marked


def _remarks(explanation: Explanation, told: tuple[Remark, ...]) -> Iterator[RenderableType]:
    """How many of what, and the first remarks."""
    yield Text()
    if explanation.findings is None:
        yield Text("This model does not look for single errors, so none are marked.", style="dim")
        return
    counts = (f"{LETTERS[name]} {CATEGORY_WORDS[name]} {n}" for name, n in explanation.counts.items())
    yield Text("   ".join(counts) or "The checker found nothing to mark.", style="bold")
    for remark in told[:MOST_REMARKS]:
        marks = " ".join(note.mark for note in remark.notes)
        first = remark.first
        proposal = f" → {first.correction}" if first.correction else ""
        yield Text(printable(f"{marks}  “{first.quote}”{proposal}  {first.message}"))
    if len(told) > MOST_REMARKS:
        yield Text(f"… and {len(told) - MOST_REMARKS} more remarks, on the page", style="dim")


def _limits(explanation: Explanation) -> Table:
    table = Table.grid(padding=(0, 1))
    for limit in explanation.limits:
        table.add_row("•", Text(limit, style="dim"))
    return table
