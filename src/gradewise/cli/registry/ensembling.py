"""An ensemble as the terminal shows it while it is made."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

from gradewise.bootstrap import services_from
from gradewise.cli.asking import plan_from
from gradewise.cli.columns import listed
from gradewise.cli.opening import open_named_with_files
from gradewise.cli.rendering import interval_text
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.settings import read_settings
from gradewise.workflows.ensembles import MadeEnsemble, NamedMember, make_ensemble


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedEnsemble:
    """What stands on the command line."""

    name: str
    """Of the ensemble."""
    members: tuple[str, ...]
    """Which models."""
    stack_on: Path | None
    """Graded essays to learn weights on."""
    output: Path
    """Where the bundle is made."""
    embedding_model: Path | None
    """Directory of the text model."""


def show_ensemble(asked: AskedEnsemble, *, quiet: bool) -> None:
    """Make an ensemble with progress on the terminal, and show what it is made of."""
    opened = [open_named_with_files(text) for text in asked.members]
    members = [NamedMember(files=files, learnt_from=model.learnt_from) for model, files in opened]
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with services_from(settings) as services, progress_shown(quiet=quiet) as listener:
        made = make_ensemble(
            asked.name,
            members,
            asked.output,
            services,
            stack_on=None if asked.stack_on is None else plan_from(asked.stack_on, {}),
            clock=lambda: datetime.now(UTC),
            listener=listener,
        )
    out.print(members_table(made))
    metrics = made.bundle.metadata.metrics
    if "qwk" in metrics:
        said = interval_text(metrics["qwk"])
        out.print(printable(f"\nQWK on those essays, each graded by what the others taught: {said}"))
    out.print()
    out.print(listed({"bundle": made.directory, "content id": made.bundle.digest}), soft_wrap=True)
    out.print(printable(f"\nTry it:  gradewise score essays.csv --model {made.directory}"), soft_wrap=True)
    out.print(printable(f"Register it:  gradewise registry register {made.directory}"), soft_wrap=True)


def members_table(made: MadeEnsemble) -> Table:
    """Each member with its weight."""
    table = Table(title="Members", title_justify="left", box=None, pad_edge=False)
    table.add_column("model", overflow="fold")
    table.add_column("weight", justify="right")
    for label, weight in made.members:
        table.add_row(Text(printable(label)), f"{weight:.3f}")
    return table
