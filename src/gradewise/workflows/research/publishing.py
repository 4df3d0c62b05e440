"""What a command of the research bench leaves behind for people: a page, and how it was made."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from gradewise.essays.origins import Origin
from gradewise.evaluation.results import Resampling
from gradewise.features.schema import FeatureSchema
from gradewise.reporting.page import Page, page_record, render_page_html, render_page_markdown
from gradewise.reporting.parts import Section, Statement, Table
from gradewise.reporting.verdict import withheld
from gradewise.reporting.wording import counted
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.measure import absent_groups
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import plan_yaml
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.trained_run import training_data

Fact = tuple[str, str]
"""One thing that is said of how a page was made: about what, and what."""


def bench_page(
    plan: Plan,
    services: Services,
    facts: Sequence[Fact],
    *,
    title: str,
    subtitle: str,
    statements: Sequence[Statement],
    sections: Sequence[Section],
) -> Page:
    """A page of the bench, made now.

    Args:
        plan: as it may be shown.
        services: clock and versions.
        facts: how it was made; those without a word are left out, versions are added.
        title: what a reader sees first.
        subtitle: on what.
        statements: the verdict.
        sections: topics in reading order.
    """
    making = tuple(fact for fact in (*facts, *services.versions.items()) if fact[1])
    return Page(
        title=title,
        subtitle=subtitle,
        made_at=services.clock(),
        statements=tuple(statements),
        sections=tuple(sections),
        making=Table(("About", "What"), making, prose=True),
        plan_yaml=plan_yaml(plan),
    )


def experiment_page(
    experiment: Experiment, sections: Sequence[Section], services: Services, *, title: str
) -> Page:
    """A page whose verdict is what its sections say; without sections it says that figures are withheld."""
    dataset, schema = experiment.dataset, experiment.train_matrix.schema
    plan = dataset.plan
    said = [statement for section in sections for statement in section.statements]
    return bench_page(
        plan,
        services,
        (*experiment_facts(dataset, schema), ("Intervals", interval_words(resampling_of(plan.evaluation)))),
        title=title,
        subtitle=f"{plan.name} · {counted(len(experiment.train), 'essay')} · "
        f"{counted(len(experiment.folds), 'fold')} · {plan.model.engine}",
        statements=said or (no_figures(dataset),),
        sections=sections,
    )


def no_figures(dataset: Dataset) -> Statement:
    """What stands in place of a verdict where the terms of the data allow no figures."""
    return withheld(training_data(dataset).licence)


def experiment_facts(dataset: Dataset, schema: FeatureSchema) -> Iterator[Fact]:
    """Which essays, how divided, how measured and learnt from."""
    plan, split, data = dataset.plan, dataset.split, training_data(dataset)
    yield "Data", f"{data.source} (sha256 {dataset.data_sha256[:12]})"
    yield "Licence", data.licence
    yield "Essays", f"{len(split.train_ids):,} to learn from, {len(split.test_ids):,} locked away"
    yield "Folds", f"{split.n_folds}, {split.scheme}, split plan {split.id}"
    yield "Scale", f"{dataset.scale.name}: {' '.join(dataset.scale.grades)}"
    yield (
        "Features",
        f"{plan.features.set}, {counted(len(schema), 'column')} ({schema.fingerprint[:12]})",
    )
    yield "Missing", "; ".join(absent_groups(schema))
    yield "Engine", plan.model.engine


def interval_words(resampling: Resampling) -> str:
    """How intervals were made; graders that are compared are all drawn the same essays."""
    drawn = "essays" if resampling.clustered_by is None else "whole prompts"
    return (
        f"{100 * resampling.confidence:g} %, from {resampling.n_resamples:,} bootstrap resamples over "
        f"{drawn}, seed {resampling.seed}; what is compared is drawn together"
    )


def origin_facts(origin: Origin) -> Iterator[Fact]:
    """Where essays came from and which were chosen."""
    low = "any" if origin.min_words is None else f"{origin.min_words:,}"
    high = "any" if origin.max_words is None else f"{origin.max_words:,}"
    yield "dataset", origin.kind
    yield from ((f"{each.role} file", f"{each.name}, sha256 {each.sha256}") for each in origin.sources)
    yield "words, fewest and most", f"{low} and {high}"
    yield "prompts left out", ", ".join(origin.exclude_prompts) or "none"
    yield "only prompts", ", ".join(origin.only_prompts) or "all"


def write_page(page: Page, run: RunDirectory, name: str) -> Path:
    """Write a page as text, record and HTML under ``reports/<name>``; the path of the HTML."""
    run.write_text(f"reports/{name}.md", render_page_markdown(page))
    run.write_json(f"reports/{name}.json", page_record(page))
    return run.write_text(f"reports/{name}.html", render_page_html(page))
