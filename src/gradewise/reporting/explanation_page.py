"""The explanation of a grade as one page: no script, no second file, nothing fetched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradewise.features.constructs import WORDING_CONSTRUCT
from gradewise.reporting.charts.probabilities import probability_chart
from gradewise.reporting.charts.waterfall import waterfall_chart
from gradewise.reporting.explanation import (
    LEAST_SHOWN,
    ConstructPart,
    Explanation,
    FeaturePart,
    likelier_words,
    likely_words,
)
from gradewise.reporting.html import page_template
from gradewise.reporting.marked_text import (
    CATEGORY_WORDS,
    LETTERS,
    Note,
    Piece,
    cut_at_findings,
    notes,
    remarks,
)
from gradewise.reporting.svg import element, escaped, legal
from gradewise.reporting.wording import counted, decimal, enumerated, percentage, signed

TEMPLATE = "explanation.html.j2"


@dataclass(frozen=True, slots=True)
class _Card:
    """One side of writing on the page."""

    part: ConstructPart
    effect: str
    kind: str
    rows: tuple[tuple[FeaturePart, str], ...]


def render_explanation(explanation: Explanation) -> str:
    """The whole explanation as one HTML page, readable offline, on a phone and on paper.

    The essay is a stranger's text: it is shown as text whatever it holds, and the page runs no script.
    """
    grades = list(explanation.probabilities)
    told = notes(explanation.text, explanation.findings or ())
    return legal(
        page_template(TEMPLATE).render(
            explanation=explanation,
            likely=likely_words(explanation),
            likelier=likelier_words(explanation),
            wording=WORDING_CONSTRUCT,
            confidence=percentage(explanation.confidence),
            lowest=grades[0],
            highest=grades[-1],
            top=len(grades) - 1,
            start=decimal(explanation.start),
            score=decimal(explanation.score),
            probabilities=probability_chart(explanation),
            waterfall=waterfall_chart(explanation),
            cards=tuple(_cards(explanation)),
            quiet=enumerated(_quiet(explanation)),
            marked=marked_markup(explanation, told),
            categories=[(LETTERS[name], name, n) for name, n in explanation.counts.items()],
            remarks=remarks(told),
            words=CATEGORY_WORDS,
            length=counted(explanation.n_words, "word"),
            made_at=f"{explanation.explained_at.day} {explanation.explained_at:%B %Y, %H:%M %Z}".strip(),
        )
    )


def _cards(explanation: Explanation) -> Iterator[_Card]:
    for part, shown in zip(explanation.parts, explanation.shown_effects, strict=True):
        if abs(part.effect) < LEAST_SHOWN:
            continue
        rows = [(row, signed(row.effect)) for row in part.strongest() if abs(row.effect) >= LEAST_SHOWN]
        yield _Card(part, signed(shown), "raise" if part.effect > 0 else "lower", tuple(rows))


def _quiet(explanation: Explanation) -> list[str]:
    return [part.construct for part in explanation.parts if abs(part.effect) < LEAST_SHOWN]


def marked_markup(explanation: Explanation, told: Sequence[Note]) -> str:
    """The essay as markup that is safe to show: findings marked, with a reference to their notes."""
    pieces = cut_at_findings(explanation.text, explanation.findings or ())
    seen: set[int] = set()
    return "".join(_piece(piece, told, seen) for piece in pieces)


def _piece(piece: Piece, told: Sequence[Note], seen: set[int]) -> str:
    if not piece.findings:
        return escaped(piece.text)
    starting = [place for place in piece.findings if place not in seen]
    seen.update(starting)
    marked = element(
        "mark",
        *(element("span", "", id=f"at-{told[place].mark}") for place in starting),
        escaped(piece.text),
        class_=told[piece.findings[-1]].category,
        title="; ".join(_said(told[place]) for place in reversed(piece.findings)),
    )
    return marked + "".join(_reference(told[place]) for place in piece.ending)


def _said(note: Note) -> str:
    proposal = f" → {note.correction}" if note.correction else ""
    return f"{CATEGORY_WORDS[note.category]}: {note.message}{proposal}"


def _reference(note: Note) -> str:
    return element("a", escaped(note.mark), class_="ref", href=f"#note-{note.mark}")
