"""`gradewise serve`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, app
from gradewise.cli.service.hangups import hangups_noted

MODEL, CLIENTS, LOAD = "Which model", "Who may ask", "How much at once"
JUDGED, TEACHERS = "Judged batches", "What teachers look at"
"""Under which heading help shows an option."""
MODEL_HELP = (
    "A bundle, its archive, models/NAME/production, or a registered model: NAME or NAME@staging. What is in "
    "production under ./models when absent."
)
# Of `gradewise worker` as well.
# fmt: off
ServedModel = Annotated[
    str | None,
    typer.Option("--model", "-m", envvar="GRADEWISE_SERVE_MODEL", help=MODEL_HELP, rich_help_panel=MODEL),
]
ServedName = Annotated[
    str | None,
    typer.Option(
        "--name", envvar="GRADEWISE_SERVE_NAME", rich_help_panel=MODEL,
        help="Of a model that is deployed under ./models, or will be.",
    ),
]
Readers = Annotated[
    int | None,
    typer.Option(
        "--workers-for-reading", min=1, max=64, envvar="GRADEWISE_SERVE_READERS", rich_help_panel=LOAD,
        help="Texts that are read at once; one a core when absent.",
    ),
]
Poll = Annotated[
    float,
    typer.Option(
        "--poll", min=0.0, envvar="GRADEWISE_SERVE_POLL", rich_help_panel=MODEL,
        help="Look for another model every so many seconds; 0: upon SIGHUP, or a request, alone.",
    ),
]
JudgedTables = Annotated[
    Path | None,
    typer.Option(
        "--tables", envvar="GRADEWISE_SERVE_TABLES", rich_help_panel=JUDGED,
        help="YAML that says what tables and columns of judged batches are called.",
    ),
]
MinComparisons = Annotated[
    int,
    typer.Option(
        "--min-comparisons", min=0, envvar="GRADEWISE_SERVE_MIN_COMPARISONS", rich_help_panel=JUDGED,
        help="Comparisons below which the model is not asked about a judged essay.",
    ),
]
JudgedScale = Annotated[
    str | None,
    typer.Option(
        "--scale", envvar="GRADEWISE_SERVE_SCALE", rich_help_panel=JUDGED,
        help="Of the anchors' grades, where the database does not say.",
    ),
]
AuditRate = Annotated[
    float,
    typer.Option(
        "--audit-rate", min=0.0, max=1.0, envvar="GRADEWISE_SERVE_AUDIT_RATE", rich_help_panel=TEACHERS,
        help="Share of the released grades that is drawn for a teacher's look.",
    ),
]
ReviewCapacity = Annotated[
    int | None,
    typer.Option(
        "--review-capacity", min=1, envvar="GRADEWISE_SERVE_REVIEW_CAPACITY", rich_help_panel=TEACHERS,
        help="Texts that teachers look at in a day.",
    ),
]
Challenger = Annotated[
    str | None,
    typer.Option(
        "--challenger", envvar="GRADEWISE_SERVE_CHALLENGER", rich_help_panel=MODEL,
        help="Another model, on trial; named as the first is.",
    ),
]
Share = Annotated[
    float,
    typer.Option(
        "--share", min=0.0, max=1.0, envvar="GRADEWISE_SERVE_SHARE", rich_help_panel=MODEL,
        help="Of the students or classes that the challenger grades; more of it only adds some.",
    ),
]
Salt = Annotated[
    str,
    typer.Option(
        "--salt", envvar="GRADEWISE_SERVE_SALT", rich_help_panel=MODEL, show_default=False,
        help="Of the trial: another one draws others.",
    ),
]
Shadowed = Annotated[
    bool,
    typer.Option(
        "--shadow", envvar="GRADEWISE_SERVE_SHADOW", rich_help_panel=MODEL,
        help="Let the challenger grade unseen what the other grades.",
    ),
]
# fmt: on
POLL_S = 1.0
"""Of a service and of a worker: both take over a new model as soon."""


@app.command()
@hangups_noted()
def serve(
    *,
    model: ServedModel = None,
    name: ServedName = None,
    embedding_model: EmbeddingModel = None,
    challenger: Challenger = None,
    share: Share = 0.0,
    salt: Salt = "",
    shadow: Shadowed = False,
    poll: Poll = POLL_S,
    host: Annotated[
        str,
        typer.Option(
            "--host", envvar="GRADEWISE_SERVE_HOST", rich_help_panel=CLIENTS,
            help="Where to listen; others than this machine are let in with tokens alone.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port", min=0, max=65_535, envvar="GRADEWISE_SERVE_PORT", rich_help_panel=CLIENTS,
            help="0: any that is free.",
        ),
    ] = 8080,
    grpc_port: Annotated[
        int | None,
        typer.Option(
            "--grpc-port", min=0, max=65_535, envvar="GRADEWISE_SERVE_GRPC_PORT", rich_help_panel=CLIENTS,
            help="Answer by gRPC there as well; 0: any that is free.",
        ),
    ] = None,
    grpc_cert: Annotated[
        Path | None,
        typer.Option(
            "--grpc-cert", envvar="GRADEWISE_SERVE_GRPC_CERT", rich_help_panel=CLIENTS,
            help="PEM file of a certificate, with which gRPC is encrypted.",
        ),
    ] = None,
    grpc_key: Annotated[
        Path | None,
        typer.Option(
            "--grpc-key", envvar="GRADEWISE_SERVE_GRPC_KEY", rich_help_panel=CLIENTS,
            help="PEM file of its private key.",
        ),
    ] = None,
    tokens: Annotated[
        Path | None,
        typer.Option(
            "--tokens", envvar="GRADEWISE_SERVE_TOKENS", rich_help_panel=CLIENTS,
            help="File of tokens, see: gradewise tokens.",
        ),
    ] = None,
    readers: Readers = None,
    max_waiting: Annotated[
        int,
        typer.Option(
            "--max-waiting", min=0, envvar="GRADEWISE_SERVE_MAX_WAITING", rich_help_panel=LOAD,
            help="Texts that may wait beside those; more are told to come back (429).",
        ),
    ] = 512,
    deadline_ms: Annotated[
        int,
        typer.Option(
            "--deadline-ms", min=1, envvar="GRADEWISE_SERVE_DEADLINE_MS", rich_help_panel=LOAD,
            help="Give an answer up after that, where a client asks for nothing else.",
        ),
    ] = 30_000,
    connections: Annotated[
        int,
        typer.Option(
            "--max-connections", min=1, envvar="GRADEWISE_SERVE_MAX_CONNECTIONS", rich_help_panel=LOAD,
            help="Open at a time.",
        ),
    ] = 512,
    grace: Annotated[
        float,
        typer.Option(
            "--grace", min=0.0, envvar="GRADEWISE_SERVE_GRACE", rich_help_panel=LOAD,
            help="Seconds to finish what is under way once the service is asked to end.",
        ),
    ] = 20.0,
    no_log: Annotated[
        bool,
        typer.Option(
            "--no-log", envvar="GRADEWISE_SERVE_NO_LOG",
            help="Do not keep answers: no review queue, no corrections, nothing to replay.",
        ),
    ] = False,
    audit_rate: AuditRate = 0.05,
    review_capacity: ReviewCapacity = None,
    tables: JudgedTables = None,
    min_comparisons: MinComparisons = 10,
    scale: JudgedScale = None,
) -> None:  # fmt: skip
    """Grade or classify texts over HTTP, and gRPC, until stopped; another model takes over without a pause.

    [bold]gradewise serve --model output/essays/…/artifacts/bundle[/] serves one bundle to this machine;

    [bold]gradewise serve --name essays --host 0.0.0.0 --tokens tokens.json[/] serves what is in production.

    SIGHUP looks for another model, SIGTERM and Ctrl-C finish what is under way.
    """
    from gradewise.bootstrap.serving_options import ServingOptions
    from gradewise.cli.service.serving import CallsAsked, asked_judged, serve_until_stopped
    from gradewise.serving.limits import Limits
    from gradewise.settings import read_settings

    options = ServingOptions(
        model=model, name=name, challenger=challenger, share=share, salt=salt, shadow=shadow, poll_s=poll,
        readers=readers, most_waiting=max_waiting, deadline_s=deadline_ms / 1000, keep_log=not no_log,
        audit_rate=audit_rate, review_capacity=review_capacity,
        judged=asked_judged(tables, min_comparisons=min_comparisons, scale=scale),
    )  # fmt: skip
    limits = Limits(
        connections=connections, drain_s=grace, model_silent_s=max(60.0, 6 * poll) if poll else None
    )
    settings = read_settings().with_embedding_model(embedding_model)
    calls = None if grpc_port is None else CallsAsked(port=grpc_port, certificate=grpc_cert, key=grpc_key)
    serve_until_stopped(settings, options, host=host, port=port, tokens=tokens, limits=limits, calls=calls)
