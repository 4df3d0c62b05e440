"""Score a batch, with halves to see whether others would find the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.judgement.anchor_checks import EarlierScore, anchor_drift, leave_one_out
from gradewise.judgement.anchors import find_anchors, inversions
from gradewise.judgement.bradley_terry import Prior
from gradewise.judgement.comparisons import Comparisons
from gradewise.judgement.findings import ExaminedBatch, GradedBatch, examine_batch
from gradewise.judgement.modifiers import modifiers_of, signed_grades, with_lower_grade
from gradewise.judgement.panels import compare_panels, judge_agreement
from gradewise.judgement.projection import project_grades
from gradewise.judgement.reliability import HalvesOf, SplitHalf, split_half
from gradewise.models.one_thread import one_blas_thread
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.judge.reading import ReadBatch, anchor_grades

SPLITS = 20
"""Ways of dealing halves where nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """How a batch is scored."""

    prior: Prior = field(default_factory=Prior)
    """Of the scores."""
    weighted: bool = False
    """Whether a comparison counts by how sure its judge was."""
    splits: int = SPLITS
    """Ways of dealing halves, 0 for none."""
    agreement: bool = False
    """Whether it is looked at how far judges agree with each other."""
    panel: tuple[str, ...] = ()
    """Judges to hold against all others, such as those that are machines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How grades are made of scores."""

    scale: Scale
    """Of the anchors' grades."""
    population: Mapping[str, float] | None = None
    """The share of each grade among those whose essays these are."""
    earlier: Mapping[str, EarlierScore] | None = None
    """Scores of an earlier batch that shares anchors."""
    modifiers: bool = False
    """Whether grades are given with minus and plus where the scale has them."""
    below_lowest: bool = False
    """Whether the grade below the scale's lowest may be given."""


def fit_batch(read: ReadBatch, fitting: Fitting, *, listener: Listener = silent) -> ExaminedBatch:
    """Score a batch, and let halves of it say whether others would find the same.

    Threads of BLAS that wait for each other take many times as long where the machine has other work, so one
    does it all.

    Raises:
        InputError: there are fewer than two essays, weights are asked for and no judge said how sure, or a
            judge of the panel decided nothing, or all or none of the comparisons are the panel's.
    """
    with one_blas_thread(), stage(listener, "scores"):
        scored = examine_batch(read.batch, prior=fitting.prior, weighted=fitting.weighted)
    if fitting.agreement:
        scored = _with_agreement(scored, fitting, listener)
    if fitting.splits == 0 or scored.comparisons.n < 2:  # noqa: PLR2004 - one in each half
        return scored
    of: list[HalvesOf] = ["comparisons", "judges"]
    if len(scored.comparisons.judge_names) < 2:  # noqa: PLR2004 - one in each half
        of.remove("judges")
    return replace(scored, halves=tuple(_halves(scored.comparisons, each, fitting, listener) for each in of))


def _with_agreement(scored: ExaminedBatch, fitting: Fitting, listener: Listener) -> ExaminedBatch:
    """The same with how far judges agree, and a panel with all others; these count every comparison alike."""
    made, panel = scored.comparisons, None
    with one_blas_thread(), stage(listener, "agreement of judges"):
        alike = judge_agreement(made) if len(made.judge_names) > 1 else None
        if fitting.panel:
            panel = compare_panels(made, fitting.panel, prior=fitting.prior)
    return replace(scored, alike=alike, panel=panel)


def _halves(comparisons: Comparisons, halves_of: HalvesOf, fitting: Fitting, listener: Listener) -> SplitHalf:
    with one_blas_thread(), stage(listener, f"halves of {halves_of}"):
        return split_half(comparisons, halves_of=halves_of, prior=fitting.prior, n_splits=fitting.splits)


def grade_batch(
    read: ReadBatch, scored: ExaminedBatch, grading: Grading, *, listener: Listener = silent
) -> GradedBatch:
    """Give grades to a batch by its anchors, and see whether anchors hold.

    Raises:
        InputError: no anchors of two different grades were judged, a grade is not on the scale, or the scale
            has no minus and plus, or no grade below its lowest, where those are asked for.
    """
    scale = with_lower_grade(grading.scale) if grading.below_lowest else grading.scale
    modifiers = modifiers_of(scale) if grading.modifiers else None
    known = anchor_grades(read.batch)
    if not known:
        raise InputError(
            f"batch {read.batch.id!r} has no anchor with a known grade; name a table of them: "
            "--anchors anchors.csv, with the columns essay_id and grade"
        )
    with one_blas_thread(), stage(listener, "grades"):
        found = find_anchors(known, scored.scores, scale)
        projection = project_grades(scored.scores, found.anchors, population=grading.population)
        checks = leave_one_out(scored.scores, found.anchors, population=grading.population)
    values = scored.scores.values
    return GradedBatch(
        scored=scored,
        anchors=found.anchors,
        projection=projection,
        signed=signed_grades(projection, values, modifiers) if modifiers else projection.grades,
        checks=checks,
        inversions=inversions(found.anchors),
        drift=None if grading.earlier is None else anchor_drift(found.anchors, grading.earlier),
        unjudged=tuple(sorted({*read.unjudged, *found.unscored})),
        unresolved=read.resolved.unresolved,
        ways=dict(read.resolved.ways),
    )
