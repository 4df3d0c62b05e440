"""Classes of texts as a person reads them in a terminal, and as rows of a table."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gradewise.cli.rendering import probability_table
from gradewise.cli.terminal import printable
from gradewise.reporting.likelier import likeliest
from gradewise.workflows.score import Prediction

SHOWN = 3
"""Most probable classes that are shown."""
LEAST_SHOWN = 0.005
"""Other classes that are less probable are not worth a place in a line."""
OUT_OF_SCOPE = "out of scope?"
"""What is said of a text that may belong to none of the classes."""


def class_panel(prediction: Prediction, *, title: str) -> RenderableType:
    """One text: its class, the most probable classes, and whether it may be none of them."""
    return Panel(
        Group(
            class_line(prediction),
            *([] if prediction.in_scope else [Text(doubt(prediction), style="yellow")]),
            Text(),
            probability_table(likeliest(prediction.probabilities, most=SHOWN), prediction.grade),
            *_rest(prediction),
        ),
        title=Text(printable(title)),
        title_align="left",
        expand=False,
        padding=(1, 2),
    )


def class_line(prediction: Prediction) -> Text:
    """The class and how sure it is."""
    head = Text.assemble(
        ("Class ", "bold"),
        (prediction.grade, "bold green" if prediction.in_scope else "bold yellow"),
        f"   probability {prediction.confidence:.0%}",
    )
    if len(prediction.grade_set) > 1:
        head.append(f"   plausible too: {_others(prediction)}")
    return head


def doubt(prediction: Prediction) -> str:
    """What is said of a text that may belong to none of the classes."""
    return (
        f"Out of scope? Even the most probable class has only {prediction.confidence:.0%}, less than the "
        f"model asks for: the text may belong to none of its classes{_apart(prediction)}. Let a person look."
    )


def class_table(predictions: Sequence[Prediction]) -> Table:
    """A line for each text."""
    table = Table(box=None, pad_edge=False)
    for heading in ("text", "class", "probability", "then", "scope"):
        table.add_column(heading, justify="right" if heading == "probability" else "left")
    for prediction in predictions:
        likely = likeliest(prediction.probabilities, most=SHOWN)
        then = [
            f"{name} {share:.0%}"
            for name, share in likely.items()
            if name != prediction.grade and share >= LEAST_SHOWN
        ]
        table.add_row(
            Text(printable(prediction.essay_id)),
            Text(prediction.grade),
            f"{prediction.confidence:.0%}",
            Text(", ".join(then[: SHOWN - 1])),
            "" if prediction.in_scope else OUT_OF_SCOPE,
        )
    return table


def flat_class(prediction: Prediction) -> dict[str, str | float]:
    """A row of a table for each text."""
    return {
        "id": prediction.essay_id,
        "class": prediction.grade,
        "confidence": round(prediction.confidence, 6),
        "in_scope": "yes" if prediction.in_scope else "no",
        "plausible": "; ".join(prediction.grade_set),
        "needs_a_look": "no" if prediction.released else "yes",
        **{f"p_{name}": round(share, 6) for name, share in prediction.probabilities.items()},
        "model": prediction.model,
    }


def _apart(prediction: Prediction) -> str:
    """What the training called texts of none of the classes."""
    return "" if prediction.out_of_scope is None else f" ({prediction.out_of_scope})"


def _others(prediction: Prediction) -> str:
    others = prediction.grade_set[1:]
    more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
    return f"{', '.join(others[:SHOWN])}{more}"


def _rest(prediction: Prediction) -> list[Text]:
    left = len(prediction.probabilities) - SHOWN
    if left <= 0:
        return []
    share = 1 - sum(likeliest(prediction.probabilities, most=SHOWN).values())
    return [Text(f"{left} other class{'es' if left > 1 else ''} together {max(share, 0):.1%}", style="dim")]
