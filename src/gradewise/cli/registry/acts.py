"""`gradewise registry`: models are registered, put into production, taken back, checked and archived."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from gradewise.cli.registry.registry import (
    ACT,
    KEEP,
    MODEL_HELP,
    Model,
    ModelOption,
    NameOption,
    registry,
    required,
)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words; kept in the audit trail.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


class Target(StrEnum):
    """Where a model can be brought."""

    STAGING = "staging"
    PRODUCTION = "production"


@registry.command("register", rich_help_panel=ACT)
def register(
    bundle: Annotated[
        Path | None,
        typer.Argument(
            help="A bundle, a run directory or an archive (.zip, .tar, .tgz); the newest bundle under "
            "./output when absent.",
            show_default=False,
        ),
    ] = None,
    *,
    reason: Reason = "",
    quiet: Quiet = False,
) -> None:
    """Keep a model for good: its bundle in every store, its figures in the database."""
    from gradewise.cli.registry.doing import register_shown

    register_shown(bundle, reason=reason, quiet=quiet)


@registry.command("promote", rich_help_panel=ACT)
def promote(
    model: Model = None,
    *,
    model_option: ModelOption = None,
    stage: Annotated[
        Target, typer.Option("--stage", help="staging, to be tried, or production, to be used.")
    ],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Labelled texts to judge it on; its own locked test when absent."),
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="A plan whose gates count; its own when absent.")
    ] = None,
    override: Annotated[
        str | None,
        typer.Option("--override", help="Why it goes there though gates are not passed; kept."),
    ] = None,
    reason: Reason = "",
    quiet: Quiet = False,
) -> None:
    """Judge a model by the gates of its plan, and bring it to staging or production.

    First [bold]gradewise registry promote essays@latest --stage staging[/],
    then [bold]gradewise registry promote essays@staging --stage production[/].
    A model that does not pass stays where it is, unless --override says why it goes all the same.

    Killed at any moment, the old model or the new one is in production, never half of one.
    """
    from gradewise.cli.registry.doing import promote_shown

    example = "gradewise registry promote essays@latest --stage staging"
    named = required(model, model_option, example=example)
    to: Literal["staging", "production"] = "staging" if stage is Target.STAGING else "production"
    promote_shown(named, stage=to, data=data, plan=plan, override=override, reason=reason, quiet=quiet)


@registry.command("rollback", rich_help_panel=ACT)
def rollback(
    name: Annotated[str | None, typer.Argument(help="Of the models.", show_default=False)] = None,
    *,
    name_option: NameOption = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="A model that was in production once; the one before when absent."),
    ] = None,
    reason: Reason = "",
    quiet: Quiet = False,
) -> None:
    """Put the model that was in production before back there: seconds, no essays, no gates.

    [bold]gradewise registry rollback essays[/] goes one model back,
    [bold]gradewise registry rollback essays --to 20260131_235959[/] to a certain one.
    """
    from gradewise.cli.registry.doing import rollback_shown

    named = required(name, name_option, example="gradewise registry rollback essays")
    rollback_shown(named, to=to, reason=reason, quiet=quiet)


@registry.command("archive", rich_help_panel=ACT)
def archive(
    model: Model = None, *, model_option: ModelOption = None, reason: Reason = "", quiet: Quiet = False
) -> None:
    """Archive a model: it leaves staging or production, and can be brought back."""
    from gradewise.cli.registry.doing import archive_shown

    named = required(model, model_option, example="gradewise registry archive essays:20260131_235959")
    archive_shown(named, reason=reason, quiet=quiet)


@registry.command("sign", rich_help_panel=ACT)
def sign(
    name: Annotated[str | None, typer.Argument(help="Of the models.", show_default=False)] = None,
    *,
    name_option: NameOption = None,
) -> None:
    """Sign what is in production and staging, for servers that serve signed models alone.

    Promoting and rolling back do so by themselves where GRADEWISE_SIGNING_KEY names a key. This does it
    afterwards: when a key is new, or another one was revoked. Make one with [bold]gradewise keys new[/].
    """
    from gradewise.cli.registry.doing import sign_shown

    sign_shown(required(name, name_option, example="gradewise registry sign essays"))


@registry.command("fetch", rich_help_panel=ACT)
def fetch(
    model: Annotated[str, typer.Argument(help=MODEL_HELP)],
    *,
    to: Annotated[Path, typer.Option("--to", help="A new directory, or an archive: .zip, .tar, .tgz.")],
) -> None:
    """Write a verified copy of a model's bundle, from whichever store has it whole.

    [bold]gradewise registry fetch essays@production --to essays.zip[/]
    """
    from gradewise.cli.registry.doing import fetch_shown

    fetch_shown(model, to=to)


@registry.command("push", rich_help_panel=ACT)
def push(
    model: Annotated[
        str, typer.Argument(help=f"A run directory, a bundle, or a registered model. {MODEL_HELP}")
    ],
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="Where to: s3://bucket/prefix, gs://bucket/prefix or file:///backup/prefix."
        ),
    ],
) -> None:
    """Send a copy of a model to object storage: URL/VERSION/model.tar and URL/VERSION/metadata.json.

    [bold]gradewise registry push intents@production s3://models/intents[/]

    Credentials come from the environment, as AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL. A version that is
    there is never overwritten; a push that was broken off goes on. With a section `push` in its plan, train
    and watch do this by themselves. The archive is used as it is: gradewise score --model model.tar
    """
    from gradewise.cli.registry.doing import push_shown

    push_shown(model, url)


@registry.command("verify", rich_help_panel=KEEP)
def verify(*, json: Json = False, quiet: Quiet = False) -> None:
    """Hash every bundle again, in every store and where models are deployed; exit code 1 on damage."""
    from gradewise.cli.registry.keeping import verify_shown

    verify_shown(json=json, quiet=quiet)


@registry.command("repair", rich_help_panel=KEEP)
def repair(*, quiet: Quiet = False) -> None:
    """Finish what was killed midway: links follow the database, missing copies are fetched."""
    from gradewise.cli.registry.keeping import repair_shown

    repair_shown(quiet=quiet)


@registry.command("prune", rich_help_panel=KEEP)
def prune(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    plan: Annotated[Path | None, typer.Option("--plan", help="A plan whose retention counts.")] = None,
    newest: Annotated[
        int | None,
        typer.Option(
            "--newest",
            min=0,
            help="So many of each name stay, by registration; 5 when absent.",
        ),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            "--days",
            min=0,
            help="Younger ones stay; 30 when absent.",
        ),
    ] = None,
    former: Annotated[
        int | None,
        typer.Option(
            "--former",
            min=0,
            help="So many stay that were last in production; 3 when absent.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Delete old bundles by the policy of a plan; what is in staging or production stays always.

    What is known of the models stays too: figures, data, audit trail.
    """
    from gradewise.cli.registry.keeping import prune_shown

    prune_shown({"newest": newest, "days": days, "former": former}, plan=plan, dry_run=dry_run, quiet=quiet)
