"""A challenger beside the champion: ready to be promoted, not yet, or worse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradewise.evaluation.challenge import Challenge
from gradewise.evaluation.comparison_json import changed_to_json, difference_to_json
from gradewise.evaluation.results import leading_metric
from gradewise.reporting.charts.sequence import sequence_chart
from gradewise.reporting.class_wording import CLASS_GLOSSARY, terms_of
from gradewise.reporting.parts import Figure, Section, Statement, table
from gradewise.reporting.topics.class_comparison import class_changed_section
from gradewise.reporting.topics.comparison import changed_section
from gradewise.reporting.wording import counted, decimal, difference_words, percentage

_LABELS = {"qwk": "Agreement beyond chance (QWK)", "accuracy": "Same grade", "mae": "Average distance"}
_CLASS_LABELS = {name: CLASS_GLOSSARY[name].label for name in ("macro_f1", "accuracy", "log_loss")}
_DIGITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How a sequence is told of."""

    title: str
    """Of the picture."""
    what: str
    """What is counted, in a sentence."""
    item: str
    """What comes one after the other."""
    side: str
    """What the better model is."""
    unit: str
    """Of the line, as the words after it go on."""


OF_GRADES = _Words(
    title="How much nearer the challenger is",
    what="Squared distance to the teacher’s grade, champion less challenger, on the same essays.",
    item="grade",
    side="nearer",
    unit=", in squared grades an essay",
)
OF_CLASSES = _Words(
    title="How much more often it is right",
    what="Share of texts that the challenger gets right less that of the champion, on the same texts.",
    item="text",
    side="right more often",
    unit="",
)


def challenge_statements(found: Challenge, notices: Sequence[str]) -> tuple[Statement, ...]:
    """The verdict, what ordinary figures say, and what a reader must know."""
    by = leading_metric(found.scale)
    difference, what = (
        found.comparison.whole.differences[by],
        "agreement (QWK)" if by == "qwk" else "macro F1",
    )
    described = (
        f"The difference in {what} is {difference_words(difference)} by an ordinary interval, which holds "
        "for a single look: do not stop the trial by it."
    )
    return (
        _verdict(found),
        Statement("info", described),
        *(Statement("warn", notice) for notice in notices),
    )


def _verdict(found: Challenge) -> Statement:
    sure, nearer = percentage(found.sequence.level), _nearer(found)
    judged = counted(found.n, terms_of(found.scale).item)
    if found.readiness == "ready":
        return Statement(
            "good",
            f"Ready to promote: the challenger is {nearer}. That was known after "
            f"{found.sequence.decided_after:,} of {judged}, at {sure} however often one "
            "looks.",
        )
    if found.readiness == "worse":
        return Statement(
            "bad",
            f"Do not promote: the champion is {nearer}. That was known after "
            f"{found.sequence.decided_after:,} of {judged}, at {sure} however often one "
            "looks.",
        )
    so_far = f"Not yet: {judged} cannot tell which model is {nearer}"
    if found.more is None:
        ahead = "; so far the challenger is not ahead, and more like these would hardly show that it is."
        return Statement("warn", so_far + ahead)
    return Statement("warn", f"{so_far}; if the next ones come as these did, about {found.more:,} more will.")


def challenge_sections(found: Challenge) -> tuple[Section, ...]:
    """The sequence of what was known, then the essays whose grade differs."""
    changed = found.comparison.changed
    section = changed_section if found.scale.ordered else class_changed_section
    return (_sequence_section(found), *([section(changed, found.scale)] if changed else []))


def _nearer(found: Challenge) -> str:
    return "nearer to the teacher" if found.scale.ordered else "right more often"


def _sequence_section(found: Challenge) -> Section:
    words = OF_GRADES if found.scale.ordered else OF_CLASSES
    return Section(
        name="nearer",
        heading=f"Which model is {_nearer(found)}",
        intro=f"{words.what} The band holds after every {words.item} at once, so that one may look as often "
        "as one likes, and stop as soon as it leaves zero. It is wider than an interval for a single look: "
        "that is the price of looking.",
        figures=(
            Figure(
                f"What was known after each {words.item}",
                sequence_chart(
                    words.title,
                    found.sequence,
                    unit=found.squared_grades,
                    ends=(f"the champion is {words.side}", f"the challenger is {words.side}"),
                ),
                f"The line is the mean so far{words.unit}. The verdict falls where the band no longer covers "
                "the line at zero.",
                table(("What", "Champion", "Challenger", "Difference"), figure_rows(found)),
            ),
        ),
        record=challenge_record(found),
    )


def figure_rows(found: Challenge) -> Iterator[tuple[str, str, str, str]]:
    """Ordinary figures: what, of the champion, of the challenger, and the difference for one look."""
    whole = found.comparison.whole
    for name, said in (_LABELS if found.scale.ordered else _CLASS_LABELS).items():
        first, second = (decimal(each[name], digits=_DIGITS) for each in (whole.reference, whole.candidate))
        yield said, first, second, difference_words(whole.differences[name])


def challenge_record(found: Challenge) -> dict[str, Any]:
    """The same for programs."""
    sequence, unit = found.sequence, found.squared_grades
    last = None
    if found.n:
        last = {
            "mean": float(sequence.means[-1]) * unit,
            "low": float(sequence.low[-1]) * unit,
            "high": float(sequence.high[-1]) * unit,
        }
    return {
        "readiness": found.readiness,
        "n": found.n,
        "decided_after": sequence.decided_after,
        "about_more_needed": found.more,
        "level": sequence.level,
        "squared_distance": last,
        "one_look": difference_to_json(found.comparison.whole),
        "n_changed": len(found.comparison.changed),
        "changed": [changed_to_json(each, found.scale) for each in found.comparison.changed],
    }
