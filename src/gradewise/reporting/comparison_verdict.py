"""What a comparison of two models amounts to, in plain sentences, judged by interval bounds."""

from collections.abc import Iterator, Mapping

from gradewise.evaluation.comparison import Comparison, Difference
from gradewise.evaluation.comparison_gates import Outcome, outcome
from gradewise.evaluation.gains import turned
from gradewise.evaluation.gates import GateReport, JudgedRule
from gradewise.evaluation.results import Interval
from gradewise.reporting.parts import Kind, Statement
from gradewise.reporting.topics.folds import TAIL_NAMES
from gradewise.reporting.topics.gates import asked
from gradewise.reporting.wording import counted, decimal, difference_words, enumerated, percentage, signed

_KINDS: Mapping[Outcome, Kind] = {"passed": "good", "failed": "bad", "not shown": "warn"}


def comparison_verdict(comparison: Comparison, gates: GateReport | None) -> tuple[Statement, ...]:
    """What a comparison amounts to: the profile's answer first, then better, worse or inside the noise."""
    return (
        *([] if gates is None else [gates_statement(gates)]),
        _whole_statement(comparison.whole),
        *_prompt_draw_statements(comparison),
        *_part_statements(comparison),
        _changed_statement(comparison),
    )


def gates_statement(report: GateReport) -> Statement:
    """Whether the candidate may take the reference's place, and which rules say no."""
    came_out = outcome(report)
    words = {
        "passed": "The candidate may take the reference’s place: every rule holds over its whole interval.",
        "failed": "The candidate must not take the reference’s place: ",
        "not shown": "These essays do not show that the candidate may take the reference’s place: ",
    }[came_out]
    reasons = [_reason(judged) for judged in report.rules if judged.verdict != "passed"]
    return Statement(_KINDS[came_out], f"{words}{'; '.join(reasons)}{'.' if reasons else ''}")


def _reason(judged: JudgedRule) -> str:
    what = judged.rule.words.removesuffix(", candidate less reference").lower().replace("qwk", "QWK")
    if judged.figure is None:
        return f"{what} could not be measured"
    why = "out of reach" if judged.verdict == "failed" else "inside the noise"
    return f"{what} is {difference_words(judged.figure)} where {asked(judged.rule)} is asked, which is {why}"


def direction(difference: Interval, *, metric: str = "qwk") -> str:
    """``better``, ``worse``, ``equal``, or ``inside the noise``, by the bounds of an interval.

    >>> direction(Interval(0.02, 0.01, 0.03)), direction(Interval(0.02, -0.01, 0.05))
    ('better', 'inside the noise')
    """
    gained = turned(metric, difference)
    if gained.low > 0:
        return "better"
    if gained.high < 0:
        return "worse"
    return "equal" if gained.low == gained.high == 0 else "inside the noise"


def _whole_statement(whole: Difference) -> Statement:
    qwk, rps = whole.differences["qwk"], whole.differences["rps"]
    words = {
        "better": "agrees better with the teacher than the reference",
        "worse": "agrees less with the teacher than the reference",
        "equal": "gives the very same grades as the reference",
        "inside the noise": "is not shown to agree better or worse than the reference: inside the noise",
    }[direction(qwk)]
    kinds: Mapping[str, Kind] = {"better": "good", "worse": "bad"}
    return Statement(
        kinds.get(direction(qwk), "info"),
        f"On {counted(whole.n, 'essay')} the candidate {words}: QWK {difference_words(qwk)}, from "
        f"{decimal(whole.reference['qwk'], digits=3)} to {decimal(whole.candidate['qwk'], digits=3)}. Its "
        f"probabilities: {direction(rps, metric='rps')} (RPS {signed(rps.estimate, digits=4)}).",
    )


def _prompt_draw_statements(comparison: Comparison) -> Iterator[Statement]:
    over = comparison.over_prompts
    if over is None:
        return
    alone, drawn = (row.differences["qwk"] for row in (comparison.whole, over))
    if direction(drawn) != direction(alone):
        yield Statement(
            "warn",
            f"For other prompts than these that is {direction(drawn)}: drawing whole prompts, the difference "
            f"is {difference_words(drawn)} QWK.",
        )


def _part_statements(comparison: Comparison) -> Iterator[Statement]:
    for row in comparison.tails:
        if direction(row.differences["adjacent_accuracy"]) == "worse":
            yield Statement(
                "warn",
                f"Worse for the {TAIL_NAMES[row.name]}: within one grade changes by "
                f"{difference_words(row.differences['adjacent_accuracy'])}.",
            )
    for words in ("better", "worse"):
        names = [row.name for row in comparison.prompts if direction(row.differences["qwk"]) == words]
        if names:
            yield Statement(
                "info",
                f"{words.capitalize()} on {len(names)} of {counted(len(comparison.prompts), 'prompt')} taken "
                f"alone ({enumerated(names, most=3)}); about one in twenty looks better or worse by chance.",
            )


def _changed_statement(comparison: Comparison) -> Statement:
    changed = comparison.changed
    nearer, farther = sum(each.gain > 0 for each in changed), sum(each.gain < 0 for each in changed)
    return Statement(
        "info",
        f"{counted(len(changed), 'essay')} of {comparison.whole.n:,} "
        f"({percentage(len(changed) / comparison.whole.n)}) get another grade: {nearer:,} nearer to the "
        f"teacher’s, {farther:,} farther from it.",
    )
