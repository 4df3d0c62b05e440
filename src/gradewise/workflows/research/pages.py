"""Pages of the research bench: what all of them say of the experiment behind them."""

from collections.abc import Sequence

import numpy as np

from gradewise.evaluation.fold_figures import Rows
from gradewise.evaluation.results import Resampling
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Section, Statement, table
from gradewise.reporting.wording import counted
from gradewise.workflows.experiment import Experiment
from gradewise.workflows.plan import Plan
from gradewise.workflows.plan_reading import plan_yaml
from gradewise.workflows.services import Services

EMBEDDING = "embedding"
"""Group of the columns that a text model makes: they have no names that would say what they are."""
BLOCKED = Statement(
    "warn",
    "No figures: the dataset card blocks metrics. Everything was learnt, so that this shows that it works, "
    "and nothing was computed or is shown of how well.",
)


def experiment_page(
    experiment: Experiment, sections: Sequence[Section], services: Services, *, title: str
) -> Page:
    """A page whose verdict is what its sections say; without sections it says that figures are blocked."""
    dataset = experiment.dataset
    split, schema, resampled = dataset.split, experiment.train_matrix.schema, dataset.plan.evaluation
    facts = {
        "Essays": f"{len(experiment.train):,} to learn from; {len(experiment.test):,} locked away, not used",
        "Folds": f"{len(experiment.folds)}, {split.scheme}, split plan {split.id}",
        "Columns": f"{len(schema)}, fingerprint {schema.fingerprint[:12]}",
        "Scale": f"{dataset.scale.name}: {' '.join(dataset.scale.grades)}",
        "Intervals": f"{100 * resampled.confidence:g} %, {resampled.resamples:,} bootstrap resamples, paired",
        **services.versions,
    }
    said = tuple(statement for section in sections for statement in section.statements)
    return Page(
        title=title,
        subtitle=f"{dataset.plan.name} · {counted(len(experiment.train), 'essay')} · "
        f"{counted(len(experiment.folds), 'fold')} · {dataset.plan.model.engine}",
        made_at=services.clock(),
        statements=said or (BLOCKED,),
        sections=tuple(sections),
        making=table(("About", "What"), facts.items(), prose=True),
        plan_yaml=plan_yaml(dataset.plan),
    )


def held_out_positions(experiment: Experiment) -> tuple[Rows, ...]:
    """Where each fold's essays stand among all essays that some fold holds out, which ascend by row."""
    rows = np.unique(np.concatenate([fold.validate_rows for fold in experiment.folds]))
    return tuple(np.searchsorted(rows, fold.validate_rows) for fold in experiment.folds)


def resampling_of(plan: Plan, *, by_prompt: bool = False) -> Resampling:
    """How a plan asks for intervals; `by_prompt` draws whole prompts."""
    asked = plan.evaluation
    return Resampling(asked.resamples, asked.confidence, asked.seed, "prompt" if by_prompt else None)


def seeds_of(plan: Plan, n: int) -> tuple[int, ...]:
    """Seeds of models that are learnt alike, so far apart that no two share a member."""
    return tuple(plan.model.seed + step * plan.model.seeds for step in range(n))
