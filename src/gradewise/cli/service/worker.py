"""`gradewise worker`."""

from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app
from gradewise.cli.service.hangups import hangups_noted
from gradewise.cli.service.serve import (
    LOAD,
    POLL_S,
    AuditRate,
    Challenger,
    JudgedScale,
    JudgedTables,
    MinComparisons,
    Poll,
    Readers,
    ReviewCapacity,
    Salt,
    ServedModel,
    ServedName,
    Shadowed,
    Share,
)


@app.command()
@hangups_noted()
def worker(
    *,
    broker: Annotated[
        str,
        typer.Option(
            "--broker", envvar="GRADEWISE_BROKER_URL", show_envvar=True, show_default=False,
            help="kafka://, amqp://, nats:// or redis:// with host and port; by the variable where it holds "
            "a password.",
        ),
    ],
    model: ServedModel = None,
    name: ServedName = None,
    embedding_model: EmbeddingModel = None,
    challenger: Challenger = None,
    share: Share = 0.0,
    salt: Salt = "",
    shadow: Shadowed = False,
    poll: Poll = POLL_S,
    readers: Readers = None,
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency", min=1, max=256, envvar="GRADEWISE_WORKER_CONCURRENCY", rich_help_panel=LOAD,
            help="Messages that are taken at once; the broker keeps the others.",
        ),
    ] = 8,
    grace: Annotated[
        float,
        typer.Option(
            "--grace", min=0.0, envvar="GRADEWISE_SERVE_GRACE", rich_help_panel=LOAD,
            help="Seconds to finish what is under way once the worker is asked to end.",
        ),
    ] = 20.0,
    outbox: Annotated[
        bool, typer.Option("--outbox/--no-outbox", help="Publish what waits in the outbox as well.")
    ] = True,
    audit_rate: AuditRate = 0.05,
    review_capacity: ReviewCapacity = None,
    tables: JudgedTables = None,
    min_comparisons: MinComparisons = 10,
    scale: JudgedScale = None,
) -> None:  # fmt: skip
    """Grade or classify texts that come as events, until stopped; answers go back as events.

    [bold]gradewise worker --broker nats://localhost:4222 --name essays[/] grades what is asked for under
    gradewise.score.requested, and answers under gradewise.score.completed and gradewise.score.failed.

    SIGHUP looks for another model, SIGTERM and Ctrl-C finish what is under way.
    """
    from gradewise.bootstrap.serving_options import ServingOptions
    from gradewise.cli.service.serving import asked_judged
    from gradewise.cli.service.working import work_until_stopped
    from gradewise.settings import read_settings

    options = ServingOptions(
        model=model, name=name, poll_s=poll, readers=readers, most_waiting=max(512, concurrency),
        challenger=challenger, share=share, salt=salt, shadow=shadow, audit_rate=audit_rate,
        review_capacity=review_capacity,
        judged=asked_judged(tables, min_comparisons=min_comparisons, scale=scale),
    )  # fmt: skip
    settings = read_settings().with_embedding_model(embedding_model)
    work_until_stopped(settings, options, url=broker, concurrency=concurrency, grace_s=grace, relays=outbox)
