"""Why a text got its class, as a person reads it in a terminal."""

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gradewise.cli.grading.class_views import SHOWN
from gradewise.cli.rendering import probability_table
from gradewise.cli.terminal import printable
from gradewise.reporting.class_explanation import (
    METHOD,
    ClassExplanation,
    WordPart,
    class_words,
    marked_pieces,
    quiet_words,
)
from gradewise.reporting.class_explanation_page import signed_share
from gradewise.reporting.likelier import likeliest

FOR, AGAINST = "bold green", "red"
"""How words are marked that speak for the class, and against it; the sign of their effect says the same."""
WIDEST_BAR = 24
"""Characters of the strongest word's bar."""


def class_explanation_view(explanation: ClassExplanation) -> RenderableType:
    """The text with the words that mattered, then the class and how much each of them did."""
    return Group(
        _panel("The text", _marked(explanation)),
        _panel(
            f"Why this class? {explanation.text_id}",
            Text.assemble(("Class ", "bold"), (explanation.given, FOR), f"   {class_words(explanation)}"),
            Text(),
            probability_table(likeliest(explanation.probabilities, most=SHOWN), explanation.given),
            Text(),
            _words(explanation),
            Text(),
            Text(METHOD, style="dim"),
            Text(),
            Text("What the model cannot know", style="bold"),
            *(Text(f"• {limit}", style="dim") for limit in explanation.limits),
        ),
    )


def _panel(title: str, *parts: RenderableType) -> Panel:
    return Panel(Group(*parts), title=Text(printable(title)), title_align="left", padding=(1, 2))


def _marked(explanation: ClassExplanation) -> Text:
    marked = Text()
    for piece in marked_pieces(explanation):
        marked.append(printable(piece.text), style="" if piece.part is None else _style(piece.part))
        if piece.part is not None:
            marked.append(f"[{'+' if piece.part.effect > 0 else '−'}]", style="dim")
    return marked


def _words(explanation: ClassExplanation) -> RenderableType:
    if quiet := quiet_words(explanation):
        return Text(quiet)
    most = max(abs(part.effect) for part in explanation.words)
    table = Table(title="When a word is left out", title_justify="left", box=None, pad_edge=False)
    for heading, justify in (
        ("word", "left"),
        ("probability", "right"),
        ("", "left"),
        ("without it", "left"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for part in (*explanation.speaking_for, *explanation.speaking_against):
        table.add_row(
            Text(printable(part.word)),
            Text(signed_share(part.effect), style=_style(part)),
            Text("━" * max(round(WIDEST_BAR * abs(part.effect) / most), 1), style=_style(part)),
            Text("" if part.without == explanation.given else part.without),
        )
    return table


def _style(part: WordPart) -> str:
    return FOR if part.effect > 0 else AGAINST
