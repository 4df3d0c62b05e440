"""Opening a run that works on an experiment: what it works on is written down before anything is learnt."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradewise.features.schema import FeatureSchema
from gradewise.telemetry import Listener
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.runs.facts import dataset_facts
from gradewise.workflows.runs.rows_set_aside import write_rows_set_aside
from gradewise.workflows.runs.run import Run, open_run
from gradewise.workflows.services import Services


@contextmanager
def experiment_run(
    dataset: Dataset,
    schema: FeatureSchema,
    command: str,
    services: Services,
    listener: Listener,
    *,
    resume: Path | None,
) -> Iterator[Run]:
    """Open a run, keep its splits and what was found in its essays, and tell the experiment log of them.

    Args:
        dataset: essays, plan and split.
        schema: what is measured of them.
        command: which use case it is, as the command line calls it.
        services: clock, versions, trackers.
        listener: hears what the run hears.
        resume: the directory of a run that was killed.

    Raises:
        RunError: the run cannot be resumed.
    """
    content = dataset.identity(schema)
    with open_run(dataset.plan, command, services, listener, content=content, resume=resume) as run:
        run.tell(**dataset_facts(dataset, schema))
        run.directory.write_json("artifacts/splits.json", dataset.splits_json())
        run.directory.write_json("artifacts/integrity.json", dataset.integrity.to_json())
        write_rows_set_aside(run.directory, dataset.integrity.rejected)
        yield run
