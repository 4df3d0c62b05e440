"""The registry kept in order, with progress on the terminal: checked, repaired, pruned."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from gradewise.cli.columns import in_columns
from gradewise.cli.registry.running import with_registry
from gradewise.cli.terminal import out, printable, progress_shown, show_line
from gradewise.registry.record_json import to_json_value
from gradewise.registry.records import ModelRecord
from gradewise.reporting.wording import counted
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.plans.registry import RetentionPlan
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.registry.prune import prune
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.verify import Damage, verify


def verify_shown(*, json: bool, quiet: bool) -> None:
    """Say what is damaged, line by line.

    Raises:
        Exit: something is, with code 1.
    """
    with progress_shown(quiet=quiet) as listener:
        found = with_registry(lambda services: verify(services, listener=listener))
    if json:
        out.print(answer_json(damage=[to_json_value(each) for each in found]), soft_wrap=True)
    elif found:
        out.print(printable(damage_lines(found)), soft_wrap=True)
        show_line(f"{counted(len(found), 'fault')} found; what can be mended is: gradewise registry repair")
    else:
        show_line("every bundle is whole, in every store and where models are deployed")
    if found:
        raise typer.Exit(1)


def repair_shown(*, quiet: bool) -> None:
    """Say what was mended, line by line.

    Raises:
        Exit: something could not be mended, with code 1.
    """
    with progress_shown(quiet=quiet) as listener:
        done = with_registry(lambda services: repair(services, listener=listener))
    for each in done:
        where = f"{each.model_name}: " if each.model_name else ""
        show_line(f"{where}{each.what}" if each.mended else f"not mended: {where}{each.what}")
    left = [each for each in done if not each.mended]
    if left:
        show_line(f"{counted(len(left), 'fault')} could not be mended")
        raise typer.Exit(1)
    show_line(
        f"{counted(len(done), 'thing')} mended; all is as the database says" if done else "nothing to repair"
    )


def prune_shown(given: Mapping[str, int | None], *, plan: Path | None, dry_run: bool, quiet: bool) -> None:
    """Say which bundles were, or would be, deleted, and what that frees.

    Args:
        given: what was said of the policy, by key of the plan.
        plan: whose retention counts where nothing was said.
        dry_run: whether nothing is deleted.
        quiet: whether no progress is shown.
    """
    retention = retention_of(given, plan)
    with progress_shown(quiet=quiet) as listener:
        gone = with_registry(lambda services: prune(services, retention, dry_run=dry_run, listener=listener))
    if gone:
        out.print(printable(pruned_table(gone)), soft_wrap=True)
    said = "would be deleted" if dry_run else "deleted"
    freed = sum(_size(model) for model in gone) / 1e6
    kept = f"newest {retention.newest}, {retention.days} days, {retention.former} formerly in production"
    show_line(f"{counted(len(gone), 'bundle')} {said}, {freed:.1f} MB; kept: {kept}")


def retention_of(given: Mapping[str, int | None], plan: Path | None) -> RetentionPlan:
    """The policy of a plan, with what was said on top."""
    base = RetentionPlan() if plan is None else read_plan(plan).retention
    return base.model_copy(update={key: value for key, value in given.items() if value is not None})


def damage_lines(found: Sequence[Damage]) -> str:
    """A line for each fault: what, where, and what is the matter."""
    return in_columns(
        [("model", "where", "what is the matter"), *((d.model, d.where, d.what) for d in found)]
    )


def pruned_table(gone: Sequence[ModelRecord]) -> str:
    """A line for each bundle."""
    rows = [("name", "version", "stage", "size")]
    rows += [(model.model_name, model.version, model.stage, f"{_size(model) / 1e6:.1f} MB") for model in gone]
    return in_columns(rows, right=[3])


def _size(model: ModelRecord) -> int:
    size = model.metadata.get("size_bytes")
    return size if isinstance(size, int) else 0
