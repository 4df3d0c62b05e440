"""Whether the confidence of a model can be taken at its word, in a sentence."""

import math
from collections.abc import Iterator

from gradewise.evaluation.results import Evaluation
from gradewise.reporting.parts import Statement
from gradewise.reporting.report import metric
from gradewise.reporting.wording import percentage, with_bounds

GOOD_ECE, BAD_ECE = 0.05, 0.10
"""How far confidence may be off, beyond chance, to be good, and from where it is bad."""


def confidence_statements(evaluation: Evaluation) -> Iterator[Statement]:
    """How far confidence is off, beyond what an honest model would show; nothing where it is not known."""
    ece = metric(evaluation, "ece")
    if not math.isfinite(ece.estimate):
        return
    said = f"off by {with_bounds(ece, percent=True)} on average"
    # ECE is never 0 on a sample, and its interval lies around that bias: take off what honesty would show.
    honest = honest_ece(evaluation)
    beyond = ece.low - honest
    if ece.high <= GOOD_ECE:
        yield Statement("good", f"Its confidence can be taken at its word: {said}.")
    elif beyond > GOOD_ECE:
        yield Statement(
            "bad" if beyond > BAD_ECE else "warn",
            f"It is {_direction(evaluation)} than it should be: {said}.",
        )
    else:
        yield Statement(
            "info",
            f"Its confidence is roughly right, as far as these show: {said}, where an honest model would "
            f"show {percentage(honest)} by chance alone.",
        )


def _direction(evaluation: Evaluation) -> str:
    over, ece = overconfidence(evaluation), metric(evaluation, "ece").estimate
    if abs(over) < ece / 2:
        return "sometimes surer of itself, sometimes less sure,"
    return "surer of itself" if over > 0 else "less sure of itself"


def honest_ece(evaluation: Evaluation) -> float:
    """The confidence error that a perfectly honest model would show on so many essays, by chance alone.

    ``sqrt(2 / pi) * sum(sqrt(n_b * c_b * (1 - c_b))) / n``: the mean absolute error of each bin's accuracy
    when confidence ``c_b`` is the truth, in the normal approximation.
    """
    held = [bin_ for bin_ in evaluation.reliability if bin_.n > 0]
    spread = sum(math.sqrt(bin_.n * bin_.mean_confidence * (1 - bin_.mean_confidence)) for bin_ in held)
    return math.sqrt(2 / math.pi) * spread / max(sum(bin_.n for bin_ in held), 1)


def overconfidence(evaluation: Evaluation) -> float:
    """Mean confidence less accuracy over all bins that hold essays: above 0 is too sure."""
    held = [bin_ for bin_ in evaluation.reliability if bin_.n > 0]
    total = sum(bin_.n for bin_ in held)
    return sum(bin_.n * (bin_.mean_confidence - bin_.accuracy.estimate) for bin_ in held) / max(total, 1)
