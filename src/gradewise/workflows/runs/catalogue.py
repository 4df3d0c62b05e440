"""Which runs there are, and which of them somebody means."""

from pathlib import Path

from gradewise.errors import RunError
from gradewise.workflows.runs.state import IDENTITY, STATUS, RunState, read_run_state

STAMP = len("YYYYMMDD_HHMMSS")
LATEST = "latest"
"""Means the newest run of all."""


def list_runs(output: Path) -> tuple[RunState, ...]:
    """The runs under an output directory, newest first."""
    directories = {path.parent for name in (STATUS, IDENTITY) for path in output.glob(f"*/*/{name}")}
    return tuple(sorted((read_run_state(path) for path in directories), key=_age, reverse=True))


def find_run(named: str, output: Path) -> RunState:
    """The run that is meant: a path, the name of a run directory, a run name (its newest), or ``latest``.

    Raises:
        RunError: there is none.
    """
    path = Path(named)
    if any((path / name).is_file() for name in (STATUS, IDENTITY)):
        return read_run_state(path)
    runs = list_runs(output)
    for run in runs:
        if named in {run.path.name, run.run_name, LATEST}:
            return run
    if not runs:
        raise RunError(f"there are no runs under {output}/; name their directory with --output")
    known = ", ".join(dict.fromkeys(run.run_name for run in runs[:20]))
    raise RunError(f"no run {named!r} under {output}/; names there are: {known}")


def _age(run: RunState) -> tuple[str, str]:
    return run.path.name[:STAMP], run.started_at
