"""How sure grades are: what grade sets hold, and which essays a teacher should look at."""

from collections.abc import Iterator, Sequence
from math import ceil

from gradewise.essays.scales import Scale
from gradewise.evaluation.coverage import (
    FEWEST_JUDGED,
    CoverageEvaluation,
    CoverageRow,
    coverage_to_json,
)
from gradewise.evaluation.policy import Cuts, ReviewPolicy
from gradewise.evaluation.release import SMALLEST_RELEASE, Release, fewest_to_show, release_to_json
from gradewise.evaluation.results import Interval
from gradewise.evaluation.review import ReviewCurve, review_curve_to_json
from gradewise.reporting.charts.confidence import coverage_chart, release_chart
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.wording import (
    THIN,
    counted,
    decimal,
    enumerated,
    percentage,
    with_bounds,
)

MOST_ROWS_DRAWN = 12
"""Grades that are drawn one by one; a longer scale is drawn in its three parts."""

_PARTS = {"low": "weakest essays", "middle": "essays in between", "high": "strongest essays"}


def coverage_section(evaluation: CoverageEvaluation) -> Section:
    """The section on grade sets."""
    return Section(
        name="grade_sets",
        heading="How sure is a grade?",
        intro="Beside its grade the model names neighbouring grades that are plausible too, such as B to C. "
        "The promise: whatever grade the teacher gives, it is among those named for "
        f"{percentage(evaluation.promised)} of the essays. {coverage_sentence(evaluation)}",
        figures=tuple(_coverage_figures(evaluation)),
        record=coverage_to_json(evaluation),
    )


def coverage_sentence(evaluation: CoverageEvaluation) -> str:
    """What grade sets do, in two sentences at most."""
    size = with_bounds(evaluation.mean_size, percent=False)
    said = (
        f"It was in {_precisely(evaluation.whole.coverage)} of {counted(evaluation.whole.n, 'essay')}, with "
        f"{size} of {evaluation.n_grades} grades named on average."
    )
    worst = evaluation.worst_grade
    if worst is None:
        return f"{said} No grade has the {FEWEST_JUDGED} essays that it takes to judge it alone."
    return (
        f"{said} Of the grades with {FEWEST_JUDGED} essays or more, {worst.name} fares worst: "
        f"{with_bounds(worst.coverage, percent=True)}."
    )


def _coverage_figures(evaluation: CoverageEvaluation) -> Iterator[Figure]:
    known = [row for row in evaluation.grades if row.n]
    parts = [
        CoverageRow(_PARTS.get(row.name, row.name), row.n, row.coverage, row.mean_size)
        for row in evaluation.tails
    ]
    yield Figure(
        "Do the named grades hold the teacher’s?",
        coverage_chart(
            [evaluation.whole, *(known if len(known) <= MOST_ROWS_DRAWN else parts)],
            promised=evaluation.promised,
        ),
        "Essays by the teacher’s grade. A dot on the dashed line keeps the promise; left of it the teacher’s "
        "grade is missing too often. The number of grades is how many are named on average. Grey dots are "
        f"grades with fewer than {FEWEST_JUDGED} essays, of which little can be said.",
        _coverage_table("Grade", [evaluation.whole, *evaluation.grades]),
    )
    yield Figure.in_numbers(
        "How many grades are named",
        "Fewer named grades are of more use. The promise is kept over all essays of a grade: small sets may "
        "hold the teacher’s grade less often than that, large ones more often.",
        _coverage_table("Grades named", evaluation.sizes),
    )
    yield Figure.in_numbers(
        "Part by part",
        "The scale in three parts by the teacher’s grade, then the prompts, largest first. The promise is "
        "made for grades, not for prompts: a prompt far below it is one whose grades need a second look.",
        _coverage_table("Part", [*parts, *evaluation.prompts]),
    )


def _coverage_table(kind: str, rows: Sequence[CoverageRow]) -> Table:
    return table(
        (kind, "Essays", "Teacher’s grade is named", "Grades named"),
        (
            (
                row.name,
                f"{row.n:,}",
                with_bounds(row.coverage, percent=True),
                decimal(row.mean_size, digits=1),
            )
            for row in rows
        ),
    )


def review_section(
    curve: ReviewCurve, chosen: Release, scale: Scale, *, test: Release | None = None
) -> Section:
    """The section on release and review.

    Args:
        curve: Out of fold.
        chosen: What the policy does on the essays by which it was chosen.
        scale: The grades.
        test: What it does on the locked test set.
    """
    judged = chosen if test is None else test
    return Section(
        name="review",
        heading="Which essays need a teacher’s look?",
        intro=f"Where a grade decides something, at {cut_words(curve.cuts, scale)}, the model says how "
        "likely the teacher is to agree. The surest essays may go out as they are; the others wait for a "
        f"teacher. {release_sentence(judged, scale)}",
        figures=(_curve_figure(curve, chosen), _policy_figure(chosen, test)),
        statements=tuple(_why_none(curve, chosen.policy, scale)),
        record={
            "curve": review_curve_to_json(curve),
            "chosen": release_to_json(chosen),
            "test": None if test is None else release_to_json(test),
        },
    )


def _why_none(curve: ReviewCurve, policy: ReviewPolicy, scale: Scale) -> Iterator[Statement]:
    """Why every essay waits for a teacher, what changes that, and what can be done meanwhile."""
    if not policy.releases_none:
        return
    asked, where = percentage(policy.required), cut_words(curve.cuts, scale)
    surest = next(point for point in curve.points if point.share >= SMALLEST_RELEASE)
    agreed = with_bounds(surest.agreement, percent=True)
    lever = (
        "Declaring the one cut that decides something (confidence.cuts in the plan: the lowest grade that "
        "passes) asks less than every cut at once. "
        if len(curve.cuts) > 1
        else ""
    )
    fewest = ceil(fewest_to_show(policy.required, level=policy.level) / SMALLEST_RELEASE)
    more = "More marked essays help" if curve.n >= fewest else f"{fewest} marked essays or more are needed"
    yield Statement(
        "info",
        f"Every new essay will say that it needs a teacher’s look: about {where} the teacher agreed for "
        f"{agreed} of the surest fifth of {counted(curve.n, 'essay')}, and grades go out alone only where "
        f"{asked} are shown. {lever}{more} to show it. Until then the grade is a second opinion: set it "
        "beside a teacher’s own, and read those first that differ or carry an advisory.",
    )


def cut_words(cuts: Cuts, scale: Scale) -> str:
    """Which boundaries are meant.

    >>> scale = Scale("five", ("F", "E", "D", "C"))
    >>> cut_words((1,), scale), cut_words((1, 3), scale), cut_words((1, 2, 3), scale)
    ('the cut below E', 'the cuts below E and C', 'every cut between two grades')
    """
    if len(cuts) == scale.n_grades - 1:
        return "every cut between two grades" if len(cuts) > 1 else f"the cut below {scale.grades[1]}"
    return f"the cut{'s' if len(cuts) > 1 else ''} below {enumerated([scale.grades[cut] for cut in cuts])}"


def release_sentence(release: Release, scale: Scale) -> str:
    """What a policy does, in one sentence.

    Such as: release 42 % automatically; of those 95.3 % (93.1–96.9 %) agree with the teacher about the cut
    below E and 97 % are within one grade.
    """
    policy, where = release.policy, cut_words(release.policy.cuts, scale)
    if policy.releases_none:
        return (
            f"Release none automatically: that {percentage(policy.required)} agree with the teacher about "
            f"{where} could not be shown for the surest essays."
        )
    if release.n_released == 0:
        return f"Of these {counted(release.n, 'essay')} none is sure enough to be released."
    return (
        f"Release {percentage(release.share.estimate)} automatically; of those "
        f"{_precisely(release.agreement)} agree with the teacher about {where} and "
        f"{percentage(release.within_one.estimate)} are within one grade."
    )


def _curve_figure(curve: ReviewCurve, chosen: Release) -> Figure:
    policy = chosen.policy
    return Figure(
        "How much could be released?",
        release_chart(curve, chosen),
        "From left to right more essays are released, the surest first. The thick line says how many of them "
        "agree with the teacher about what matters, its band how sure that is. The level dashed line is the "
        f"agreement asked for, {percentage(policy.required)}; the dot is the share that was chosen, so that "
        f"it is reached and one can be {percentage(policy.level)} sure of that.",
        table(
            ("Released", "Confidence at least", "Right side of the cut", "Within one grade", "Same grade"),
            (
                (
                    percentage(point.share),
                    percentage(point.threshold),
                    *(
                        with_bounds(share, percent=True)
                        for share in (point.agreement, point.within_one, point.exact)
                    ),
                )
                for point in curve.points
            ),
        ),
    )


def _policy_figure(chosen: Release, test: Release | None) -> Figure:
    releases = [("where it was chosen", chosen), *([("locked test", test)] if test is not None else [])]
    rows: list[tuple[str, list[Interval]]] = [
        ("Released", [release.share for _, release in releases]),
        ("Of these, right side of the cut", [release.agreement for _, release in releases]),
        ("Of these, within one grade", [release.within_one for _, release in releases]),
        ("Of these, same grade", [release.exact for _, release in releases]),
        ("Held back, but right side of the cut", [release.held_back for _, release in releases]),
    ]
    return Figure.in_numbers(
        "What the rule does",
        f"Essays go out when their confidence is {percentage(chosen.policy.threshold)} or more (– is never). "
        "The rule was chosen on essays out of fold; a locked test shows what it does on essays that had no "
        "say. The last row is what caution costs: the teacher would have agreed about these too.",
        table(
            ("Share", *(f"{name}, n = {release.n:,}" for name, release in releases)),
            ((name, *(with_bounds(share, percent=True) for share in shares)) for name, shares in rows),
        ),
    )


def _precisely(share: Interval) -> str:
    """A share with one decimal and its bounds: ``95.3 % (93.1–96.9 %)``."""
    hundred = Interval(100 * share.estimate, 100 * share.low, 100 * share.high)
    low, high = (decimal(bound, digits=1) for bound in (hundred.low, hundred.high))
    return f"{decimal(hundred.estimate, digits=1)}{THIN}% ({low}–{high}{THIN}%)"
