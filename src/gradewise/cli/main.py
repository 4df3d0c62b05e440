"""The commands, and what each kind of failure means to the shell."""

import sys

import typer

from gradewise import __version__
from gradewise.errors import GradewiseError, TrainingError

FAILED, REFUSED = 1, 2
"""Exit codes: something broke; the input cannot be used."""


app = typer.Typer(
    name="gradewise",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Turn teacher-marked essays into a grading model that can be trusted and explained.

    Start here: [bold]gradewise demo[/] trains on generated essays; [bold]gradewise train essays.csv[/] on
    yours; [bold]gradewise score essay.txt[/] grades with the newest model.""",
)


def _show_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"gradewise {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", help="Show the version.", callback=_show_version, is_eager=True
    ),
) -> None:
    """Hold the options of the program itself."""


def main() -> None:
    """Run a command and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command; failures become one line on standard error and an exit code."""
    try:
        app(arguments, prog_name="gradewise")
    except GradewiseError as error:
        return _refuse(str(error), FAILED if isinstance(error, TrainingError) else REFUSED)
    except OSError as error:
        return _refuse(f"{error}; nothing half-written was left behind", FAILED)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    return 0


def _refuse(message: str, code: int) -> int:
    from gradewise.cli.terminal import show_error

    show_error(message)
    return code


from gradewise.cli import demo, evaluate, score, setup, train  # noqa: E402, F401 - they add their commands
