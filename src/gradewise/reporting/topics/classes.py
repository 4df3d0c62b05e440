"""What a report on classes says beside its figures: sets of classes, texts of none, the search."""

from collections.abc import Sequence

from gradewise.evaluation.coverage import CoverageEvaluation
from gradewise.evaluation.out_of_scope import OutOfScope
from gradewise.evaluation.trials import SearchTrial
from gradewise.reporting.parts import Section


def class_sections(
    *,
    sets: CoverageEvaluation | None = None,
    out_of_scope: OutOfScope | None = None,
    trials: Sequence[SearchTrial] = (),
    search_metric: str = "macro_f1",
) -> tuple[Section, ...]:
    """The sections on classes, those of which nothing is known left out.

    Args:
        sets: Whether sets of classes hold the right one, by `evaluate_class_sets`.
        out_of_scope: How texts of no class are told apart, by `evaluate_out_of_scope`.
        trials: What a search tried, in order; none where nothing was searched.
        search_metric: What it made best.
    """
    raise NotImplementedError
