"""`gradewise keys`: keys that say which models are served, and which of them are trusted."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

keys = typer.Typer(
    no_args_is_help=True,
    help="Make and revoke the keys that say which models a server may serve.",
)
app.add_typer(keys, name="keys")

_DIRECTORY = Annotated[
    Path,
    typer.Option(
        "--directory", "-d", help="Where keys lie.", envvar="GRADEWISE_TRUSTED_KEYS", show_envvar=True
    ),
]


_JSON = Annotated[bool, typer.Option("--json", help="As JSON.")]


@keys.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Of the key, such as the machine or person that signs.")],
    *,
    directory: Annotated[Path, typer.Option("--directory", "-d", help="Where it is written.")],
) -> None:
    """Make a pair of keys: NAME.key signs and stays here, NAME.pub goes to servers.

    [bold]gradewise keys new deployer --directory keys[/], then on the machine that deploys
    [bold]export GRADEWISE_SIGNING_KEY=keys/deployer.key[/], and on servers, with NAME.pub copied to a
    directory, [bold]export GRADEWISE_TRUSTED_KEYS=DIRECTORY[/]: from then on they serve signed models alone.
    """
    from gradewise.bootstrap.signing import new_key
    from gradewise.cli.terminal import out

    made = new_key(directory, name)
    public = directory / f"{made.name}.pub"
    out.print(f"key {made.key_id} was made", soft_wrap=True)
    out.print(f"to sign, here alone:    export GRADEWISE_SIGNING_KEY={made.private}", soft_wrap=True)
    out.print(f"to trust it, on servers: copy {public} to a directory, and", soft_wrap=True)
    out.print("                         export GRADEWISE_TRUSTED_KEYS=DIRECTORY", soft_wrap=True)


@keys.command("list")
def list_(*, directory: _DIRECTORY, json: _JSON = False) -> None:
    """List the public keys of a directory, and which of them were revoked."""
    from gradewise.bootstrap.signing import known_keys
    from gradewise.cli.columns import in_columns
    from gradewise.cli.terminal import err, out, printable
    from gradewise.workflows.registry.export import answer_json

    found = known_keys(directory)
    if json:
        fields = ("name", "key_id", "revoked", "why")
        facts = [{field: getattr(key, field) for field in fields} for key in found]
        out.print(answer_json(keys=facts), soft_wrap=True)
    elif found:
        rows = [("name", "id", "state", "private key")]
        for key in found:
            state = f"revoked{': ' if key.why else ''}{key.why}" if key.revoked else "trusted"
            rows.append((key.name, key.key_id, state, "" if key.private is None else str(key.private)))
        out.print(printable(in_columns(rows)), soft_wrap=True)
    else:
        err.print(f"no public keys in {directory}", soft_wrap=True)


@keys.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="Its name or id, see keys list.")],
    *,
    directory: _DIRECTORY,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words; kept beside it.")] = "",
) -> None:
    """Take trust back from a key, for good: servers refuse what it signs from their next look on.

    What they serve already goes on until another model is signed by a key that is trusted.
    """
    from gradewise.bootstrap.signing import revoke_key
    from gradewise.cli.terminal import out

    key_id = revoke_key(directory, key, why=reason)
    again = "sign what is served with another key: gradewise registry sign NAME"
    out.print(f"key {key_id} is revoked in {directory}; {again}", soft_wrap=True)
