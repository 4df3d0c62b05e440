"""Featurize: measure essays once and keep what was measured for every later experiment."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradewise.errors import PlanError
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.reporting.page import Page
from gradewise.reporting.parts import Statement
from gradewise.reporting.topics.features import absent_section, features_section
from gradewise.reporting.wording import counted, decimal, duration, enumerated
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.measuring.measure import dataset_schema
from gradewise.workflows.measuring.stores import measured_data
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.publishing import bench_page, origin_facts, write_page
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment_run import experiment_run

REPORT = "features_report"
"""Name of the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturizedRun:
    """What is left behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    store: Path
    """The feature store, to be named in `features.store`."""
    schema: FeatureSchema
    """What was measured."""
    n_essays: int
    """Of how many essays."""
    seconds: float
    """How long that took; less where a cache held some of it."""

    @property
    def essays_per_second(self) -> float:
        """Speed."""
        return self.n_essays / self.seconds


def featurize(
    plan: Plan, services: Services, *, listener: Listener = silent, resume: Path | None = None
) -> FeaturizedRun:
    """Measure essays, keep a feature store and report; nothing is trained.

    Raises:
        InputError, SplitError, PlanError: the data cannot be used, an essay cannot be measured, or there is
            nothing to measure.
    """
    with stage(listener, "reading essays"):
        plan = plan.model_copy(update={"features": plan.features.model_copy(update={"store": None})})
        dataset = prepare_dataset(plan, services, listener)
        schema = dataset_schema(dataset, services)
        _require_columns(dataset, schema)
    with experiment_run(dataset, schema, "featurize", services, listener, resume=resume) as run:
        started = time.perf_counter()
        store = run.directory.store
        matrix = measured_data(dataset, services, run.listener, store=store).essays
        seconds = max(time.perf_counter() - started, 1e-9)
        made = FeaturizedRun(
            directory=run.directory.path,
            html=write_page(_page(dataset, matrix, seconds, services), run.directory, REPORT),
            store=store,
            schema=matrix.schema,
            n_essays=len(matrix.essay_ids),
            seconds=seconds,
        )
        run.tell(
            features=_facts(matrix.schema),
            essays=made.n_essays,
            essays_per_second=round(made.essays_per_second, 2),
        )
    return made


def _require_columns(dataset: Dataset, schema: FeatureSchema) -> None:
    """Pass when anything is measured; the words of `task: nominal` are not."""
    if not len(schema):
        raise PlanError(
            f"nothing is measured of {dataset.plan.data.train.name}: which words texts have is learnt within "
            "each fold and kept nowhere; name `features.embedder` with `features.set: combined`, or "
            "`features.given`, or train at once: gradewise train"
        )


def _facts(schema: FeatureSchema) -> dict[str, object]:
    return {"n": len(schema), "fingerprint": schema.fingerprint, "absent": dict(schema.absent)}


def _statements(matrix: FeatureMatrix, seconds: float) -> Iterator[Statement]:
    """How fast it was, what could not be measured, and what tells no essay from another."""
    schema, n = matrix.schema, len(matrix.essay_ids)
    yield Statement(
        "good",
        f"{counted(len(schema), 'feature')} of {counted(n, 'essay')} in {duration(seconds)}, "
        f"{decimal(n / seconds, digits=1)} essays a second, what a cache held included.",
    )
    for name, why in schema.absent.items():
        yield Statement("warn", f"Not measured: {name} ({why}).")
    spreads = np.ptp(matrix.values, axis=0).tolist()
    constant = [name for name, spread in zip(schema.names, spreads, strict=True) if not spread]
    if constant:
        yield Statement("info", f"The same for all essays: {enumerated(constant)}.")


def _page(dataset: Dataset, matrix: FeatureMatrix, seconds: float, services: Services) -> Page:
    schema, n = matrix.schema, len(matrix.essay_ids)
    return bench_page(
        dataset.plan,
        services,
        (
            *origin_facts(dataset.origin),
            ("fingerprint", schema.fingerprint),
            *((f"version of {tool}", version) for tool, version in schema.versions.items()),
        ),
        title=f"Features of {dataset.plan.name}",
        subtitle=f"{n:,} essays, {len(schema)} features",
        statements=tuple(_statements(matrix, seconds)),
        sections=(features_section(matrix), *((absent_section(schema.absent),) if schema.absent else ())),
    )
