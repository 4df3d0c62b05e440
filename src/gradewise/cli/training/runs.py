"""`gradewise runs`: what runs there are, how they fare, and how a stopped one goes on."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

runs = typer.Typer(no_args_is_help=True, help="Look at runs, and go on with those that were stopped.")
app.add_typer(runs, name="runs")

_RUN = Annotated[
    str, typer.Argument(help="A run directory or its name, a run's name (its newest run), or: latest.")
]
_OUTPUT = Annotated[Path, typer.Option("--output", "-o", help="Where run directories are made.")]
_JSON = Annotated[bool, typer.Option("--json", help="As JSON.")]
OUTPUT = Path("output")


@runs.command("list")
def list_(*, output: _OUTPUT = OUTPUT, json: _JSON = False) -> None:
    """List runs, newest first: state, step, time, and the figure that counts most.

    A run that was killed is shown as dead, never as running.
    """
    from gradewise.cli.terminal import err, out
    from gradewise.cli.training.run_views import run_table
    from gradewise.workflows.registry.export import answer_json
    from gradewise.workflows.runs.catalogue import list_runs

    found = list_runs(output)
    if json:
        out.print(answer_json(runs=[run.to_json() for run in found]), soft_wrap=True)
    elif found:
        out.print(run_table(found), soft_wrap=True)
    else:
        err.print(f"no runs under {output}/", soft_wrap=True)


@runs.command("show")
def show(run: _RUN = "latest", *, output: _OUTPUT = OUTPUT, json: _JSON = False) -> None:
    """Show a run: state, plan, figures, files, and the last lines of its logs."""
    from gradewise.cli.terminal import out
    from gradewise.cli.training.run_pages import run_page
    from gradewise.workflows.registry.export import answer_json
    from gradewise.workflows.runs.catalogue import find_run

    found = find_run(run, output)
    out.print(answer_json(**found.to_json()) if json else run_page(found), soft_wrap=True)


@runs.command("tail")
def tail(
    run: _RUN = "latest",
    *,
    follow: Annotated[
        bool,
        typer.Option("--follow", "-f", help="Go on until the run ends; exit code 1 unless it completes."),
    ] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines to begin with.")] = 20,
    output: _OUTPUT = OUTPUT,
) -> None:
    """Show the last lines of a run's log."""
    from gradewise.cli.terminal import out, printable
    from gradewise.workflows.runs.catalogue import find_run
    from gradewise.workflows.runs.log_lines import follow as following
    from gradewise.workflows.runs.log_lines import last_lines
    from gradewise.workflows.runs.state import read_run_state

    directory = find_run(run, output).path
    for line in following(directory, n=lines) if follow else last_lines(directory, lines):
        out.print(printable(line), soft_wrap=True)
    if follow and read_run_state(directory).state != "completed":
        raise typer.Exit(1)


@runs.command("resume")
def resume(
    run: _RUN = "latest",
    *,
    output: _OUTPUT = OUTPUT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
) -> None:
    """Go on with a run that was killed or has failed; what it had finished is not done again."""
    from gradewise.bootstrap import services_from
    from gradewise.cli.columns import listed
    from gradewise.cli.research.bench import figures_shown
    from gradewise.cli.terminal import out, progress_shown
    from gradewise.cli.training.training import register_if_asked
    from gradewise.settings import read_settings
    from gradewise.workflows.plans.reading import read_plan
    from gradewise.workflows.research.cv_run import CvRun
    from gradewise.workflows.resuming import resume_run
    from gradewise.workflows.runs.catalogue import find_run
    from gradewise.workflows.train import TrainedRun

    directory = find_run(run, output).path
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        finished = resume_run(directory, services, listener=listener)
    if isinstance(finished, CvRun):
        figures_shown(finished)
    out.print(listed({"report": finished.html, "run": finished.directory}), soft_wrap=True)
    if isinstance(finished, TrainedRun):
        register_if_asked(finished, read_plan(directory / "plan.yaml"), quiet=quiet)


@runs.command("path")
def path(run: _RUN = "latest", *, output: _OUTPUT = OUTPUT) -> None:
    """Print the directory of a run, for scripts: the newest of that name."""
    from gradewise.cli.terminal import out
    from gradewise.workflows.runs.catalogue import find_run

    out.print(str(find_run(run, output).path), soft_wrap=True)
