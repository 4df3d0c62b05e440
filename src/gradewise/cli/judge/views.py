"""What judgement found, as a person reads it in a terminal."""

from rich.table import Table
from rich.text import Text

from gradewise.cli.terminal import printable
from gradewise.judgement.findings import ExaminedBatch, GradedBatch
from gradewise.judgement.pairing import Pair
from gradewise.reporting.topics.judgement_panels import alike_figure
from gradewise.reporting.topics.judgement_words import reliability_words, share_words
from gradewise.reporting.wording import counted, decimal, enumerated, percentage, with_bounds
from gradewise.workflows.judge.records import grade_rows, score_rows

SHOWN = 20
"""Rows of a table in the terminal; files have all."""


def score_facts(scored: ExaminedBatch) -> dict[str, str]:
    """What a batch is and how far to trust its scores, a line each."""
    n, items = scored.comparisons.n, len(scored.scores.items)
    facts = {
        "batch": printable(scored.batch.id),
        "judged": f"{counted(n, 'comparison')} of {counted(items, 'essay')}, "
        f"{decimal(2 * n / items, digits=1)} an essay, "
        f"by {counted(len(scored.comparisons.judge_names), 'named judge')}",
        "reliability": reliability_words(scored.reliability),
    }
    if scored.separation is not None:
        facts["scale separation"] = share_words(scored.separation.reliability)
    for each in scored.halves:
        facts[f"halves of {each.halves_of}"] = share_words(each.reliability)
    if scored.alike is not None and scored.alike.n_pairs:
        facts["judges decide alike"] = alike_figure(scored.alike)
    if scored.bias:
        facts["first shown wins"] = with_bounds(scored.bias[0].first_won, percent=True)
    if scored.batch.set_aside:
        facts["set aside"] = ", ".join(f"{n:,} {reason}" for reason, n in scored.batch.set_aside.items())
    return facts


def scores_table(scored: ExaminedBatch) -> Table:
    """The best essays, and how many there are."""
    rows = score_rows(scored)
    table = _table("Scores in logits, the best first", len(rows))
    for heading in ("rank", "essay", "score", "give or take", "won", "of"):
        table.add_column(
            heading, justify="left" if heading == "essay" else "right", no_wrap=heading != "essay"
        )
    for row in rows[:SHOWN]:
        table.add_row(
            str(row["rank"]),
            printable(str(row["essay_id"])) + (" *" if row["is_anchor"] else ""),
            decimal(float(row["bt_score"] or 0)),
            decimal(1.96 * float(row["bt_se"] or 0)),
            percentage(float(row["win_rate"] or 0)),
            str(row["comparison_count"]),
        )
    return table


def judges_table(scored: ExaminedBatch) -> Table:
    """Judges whose decisions do not go with the scores as those of the others."""
    odd = [each for each in scored.judges if each.erratic or each.too_regular]
    table = _table("Judges who decide unlike the others", len(odd))
    for heading in ("judge", "", "infit", "z", "follows scores", "decisions"):
        table.add_column(heading, justify="right" if heading not in {"judge", ""} else "left")
    for each in sorted(odd, key=lambda judge: -abs(judge.infit_z))[:SHOWN]:
        table.add_row(
            printable(each.judge),
            Text("erratic", style="red") if each.erratic else Text("very regular", style="yellow"),
            decimal(each.infit),
            decimal(each.infit_z, digits=1),
            percentage(each.agreement),
            f"{each.n:,}",
        )
    return table


def grade_facts(graded: GradedBatch) -> dict[str, str]:
    """What grades rest on, a line each."""
    scale, checks = graded.projection.scale, graded.checks
    same = sum(check.steps == 0 for check in checks)
    near = sum(abs(check.steps) <= 1 for check in checks)
    return {
        "batch": printable(graded.scored.batch.id),
        "scale": f"{scale.name}: {' '.join(scale.grades)}",
        "anchors": f"{len(graded.anchors.items)} judged"
        + (f", {len(graded.unjudged)} not judged" if graded.unjudged else "")
        + (f", without a grade: {printable(enumerated(graded.unresolved))}" if graded.unresolved else ""),
        "each by the others": f"{same} of {len(checks)} get their own grade, {near} within one step",
        "reliability": reliability_words(graded.scored.reliability),
    }


def grades_table(graded: GradedBatch) -> Table:
    """The best essays with their grades."""
    rows = grade_rows(graded)
    table = _table("Grades, the best first; * is an anchor", len(rows))
    for heading in ("rank", "essay", "score", "grade", "probability", "known"):
        table.add_column(heading, justify="left" if heading in {"essay", "grade"} else "right")
    for row in rows[:SHOWN]:
        table.add_row(
            str(row["rank"]),
            printable(str(row["essay_id"])) + (" *" if row["is_anchor"] else ""),
            decimal(float(row["bt_score"] or 0)),
            Text(str(row["projected_grade"]), style="bold green"),
            percentage(float(row["confidence"] or 0)),
            str(row["known_grade"] or ""),
        )
    return table


def pairs_table(pairs: tuple[Pair, ...], judges: tuple[str, ...]) -> Table:
    """Pairs in the order in which they are to be asked."""
    table = _table("Pairs that teach most", len(pairs))
    for heading in ("first", "second", *(["judge"] if judges else []), "first wins", "settles"):
        table.add_column(heading, justify="right" if heading in {"first wins", "settles"} else "left")
    for place, pair in enumerate(pairs[:SHOWN]):
        who = [printable(judges[place])] if judges else []
        gain = f"{100 * pair.gain:.2g} %"
        table.add_row(printable(pair.first), printable(pair.second), *who, percentage(pair.chance), gain)
    return table


def _table(title: str, n_rows: int) -> Table:
    more = f"{n_rows - SHOWN:,} more with --format csv or --output" if n_rows > SHOWN else None
    return Table(
        title=title, title_justify="left", caption=more, caption_justify="left", box=None, pad_edge=False
    )
