"""The explanation of a class as one page: no script, no second file, nothing fetched."""

from gradewise.reporting.class_explanation import (
    LEAST_SHOWN,
    METHOD,
    ClassExplanation,
    MarkedPiece,
    WordPart,
    class_words,
    marked_pieces,
    quiet_words,
)
from gradewise.reporting.html import page_template, spoken_date
from gradewise.reporting.svg import element, escaped, legal
from gradewise.reporting.wording import MINUS, counted, percentage

TEMPLATE = "class_explanation.html.j2"
SHOWN = 10
"""Most probable classes on the page."""
_FAINTEST = 0.15  # of a mark, so that a weak word is still seen


def render_class_explanation(explanation: ClassExplanation) -> str:
    """The whole explanation as one HTML page, readable offline, on a phone and on paper.

    The text is a stranger's: it is shown as text whatever it holds, and the page runs no script.
    """
    ranked = sorted(explanation.probabilities.items(), key=lambda item: -item[1])[:SHOWN]
    likely = [(name, share) for name, share in ranked if share >= LEAST_SHOWN or name == explanation.given]
    return legal(
        page_template(TEMPLATE).render(
            explanation=explanation,
            said=class_words(explanation),
            quiet=quiet_words(explanation),
            method=METHOD,
            likely=[(name, percentage(share), share, name == explanation.given) for name, share in likely],
            n_others=len(explanation.probabilities) - len(likely),
            sides=[
                ("for", f"Speak for {explanation.given}", _rows(explanation, explanation.speaking_for)),
                (
                    "against",
                    f"Speak against {explanation.given}",
                    _rows(explanation, explanation.speaking_against),
                ),
            ],
            marked="".join(map(_piece, marked_pieces(explanation))),
            length=counted(explanation.n_words, "word"),
            made_at=spoken_date(explanation.explained_at),
        )
    )


def signed_share(effect: float) -> str:
    """An effect on a probability: ``+12 %``.

    >>> [each.replace(chr(8239), ' ') for each in (signed_share(0.12), signed_share(-0.034))]
    ['+12 %', '−3 %']
    """
    sign = "+" if effect > 0 else MINUS
    return f"{sign}{percentage(abs(effect))}"


def _rows(explanation: ClassExplanation, parts: tuple[WordPart, ...]) -> list[tuple[str, str, float, str]]:
    """Word, effect, and what would be given without it, where that is another class."""
    most = max((abs(part.effect) for part in explanation.words), default=1.0) or 1.0
    return [
        (
            part.word,
            signed_share(part.effect),
            abs(part.effect) / most,
            "" if part.without == explanation.given else part.without,
        )
        for part in parts
    ]


def _piece(piece: MarkedPiece) -> str:
    if piece.part is None:
        return escaped(piece.text)
    effect = piece.part.effect
    strength = max(min(abs(effect), 1.0), _FAINTEST)
    return element(
        "mark",
        escaped(piece.text),
        class_="speaks-for" if effect > 0 else "speaks-against",
        style=f"--strength:{strength:.2f}",
        title=f"{signed_share(effect)} of the probability",
    )
