"""The traits: single sides of writing that were graded beside the whole."""

from collections.abc import Mapping, Sequence

from gradewise.evaluation.interval_json import interval_to_json
from gradewise.evaluation.results import Interval
from gradewise.evaluation.summary import evaluation_to_json
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import Figure, Section, table
from gradewise.reporting.report import UNDEFINED, NamedEvaluation
from gradewise.reporting.wording import metric_words, with_bounds

SHOWN = ("qwk", "rmse", "accuracy", "adjacent_accuracy")
"""Metrics that the table shows of each trait."""


def traits_topic(
    traits: Mapping[str, Sequence[NamedEvaluation]], mean_errors: Mapping[str, Interval]
) -> Section:
    """How well each trait is graded.

    Args:
        traits: evaluations by trait, the one that counts most last.
        mean_errors: MCRMSE over all traits, by the name of the evaluation, in grade steps.
    """
    over_all = "; ".join(f"{name} {with_bounds(error, percent=False)}" for name, error in mean_errors.items())
    return Section(
        name="traits",
        heading="Traits",
        intro="Each trait has a score function, a calibration and cut points of its own. Over all "
        f"{len(traits)} traits the root mean squared error of scores, averaged (MCRMSE), is, in grade steps: "
        f"{over_all}.",
        figures=(_agreement_figure(traits),),
        record={
            "mcrmse": {name: interval_to_json(error) for name, error in mean_errors.items()},
            "traits": {
                trait: {named.name: evaluation_to_json(named.evaluation) for named in every}
                for trait, every in traits.items()
            },
        },
    )


def _agreement_figure(traits: Mapping[str, Sequence[NamedEvaluation]]) -> Figure:
    last = {trait: named[-1] for trait, named in traits.items()}
    where = next(iter(last.values())).name
    return Figure(
        f"Agreement trait by trait, {where}",
        comparison_chart(
            "Agreement with the teacher beyond chance, by trait",
            [
                IntervalRow(trait, named.evaluation.metrics.get("qwk", UNDEFINED), "model")
                for trait, named in last.items()
            ],
        ),
        "Agreement with the teacher beyond chance (QWK) on each trait: 1 is perfect, 0 is guessing. "
        "Teachers agree less with each other on traits than on the whole; so do models.",
        table(
            ("Trait", "evaluation", *(metric_words(name).label for name in SHOWN)),
            (_row(trait, named) for trait, every in traits.items() for named in every),
        ),
    )


def _row(trait: str, named: NamedEvaluation) -> tuple[str, ...]:
    metrics = named.evaluation.metrics
    cells = (with_bounds(metrics.get(name, UNDEFINED), percent=metric_words(name).percent) for name in SHOWN)
    return (trait, named.name, *cells)
