"""`gradewise tokens`: who may ask a service."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

tokens = typer.Typer(
    no_args_is_help=True, help="Make tokens for those who may ask a service, list them, and take them back."
)
app.add_typer(tokens, name="tokens")

FILE_HELP = "File of tokens, readable by its owner alone."
TOKENS = Path("tokens.json")
_FILE = Annotated[
    Path, typer.Option("--file", "-f", envvar="GRADEWISE_SERVE_TOKENS", help=FILE_HELP, show_default=True)
]
_NAME = Annotated[str, typer.Option("--name", help="Whose token it is.")]


class RoleName(StrEnum):
    """What a token may do; each may do what those before it may."""

    SCORE = "score"
    REVIEW = "review"
    ADMIN = "admin"


@tokens.command("new")
def new(
    *,
    name: _NAME,
    role: Annotated[
        RoleName,
        typer.Option(
            "--role",
            help="score: grade. review: also the queue and corrections. admin: also reload models.",
        ),
    ] = RoleName.SCORE,
    file: _FILE = TOKENS,
) -> None:
    """Make a token, and show it this once: the file keeps no more than its digest.

    A running service knows it at once. [bold]gradewise tokens new --name school-a --role score[/]
    """
    from datetime import UTC, datetime
    from functools import partial

    from gradewise.cli.terminal import err, out
    from gradewise.serving.tokens import TokenFile

    token = TokenFile(file).add(name, role.value, clock=partial(datetime.now, UTC))
    err.print(f"token {name!r} of role {role.value}, in {file}; it is shown only now:", soft_wrap=True)
    out.print(token, soft_wrap=True)


@tokens.command("list")
def list_(*, file: _FILE = TOKENS) -> None:
    """List tokens: name, role, when they were made; never the tokens themselves."""
    from gradewise.cli.columns import in_columns
    from gradewise.cli.terminal import out
    from gradewise.serving.tokens import TokenFile

    known = TokenFile(file).known()
    rows = [("name", "role", "made"), *((each.name, each.role, each.made_at) for each in known)]
    out.print(in_columns(rows), soft_wrap=True)


@tokens.command("revoke")
def revoke(*, name: _NAME, file: _FILE = TOKENS) -> None:
    """Take a token back: a running service refuses it from the next request on."""
    from gradewise.cli.terminal import out
    from gradewise.serving.tokens import TokenFile

    gone = TokenFile(file).revoke(name)
    out.print(f"token {gone.name!r} of role {gone.role} is revoked", soft_wrap=True)
