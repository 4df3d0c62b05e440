"""Under which heading help shows each command: what somebody wants to do, the usual things first."""

from collections.abc import Mapping

import typer

PANELS: Mapping[str, tuple[str, ...]] = {
    "A model of your own": ("demo", "init", "plan", "check-data", "train", "runs", "doctor"),
    "Grade and explain": ("score", "explain"),
    "Is it good enough?": ("evaluate", "robustness", "compare", "validate", "drift"),
    "Comparative judgement": ("judge", "batches", "finalize"),
    "Models in use": ("registry", "challenger", "ensemble", "keys", "db", "watch"),
    "A scoring service": ("serve", "worker", "tokens", "scores", "ops"),
    "Teachers decide": ("reviews", "corrections", "retrain"),
}
"""Headings in order, each with its commands; commands of the research bench name their own."""


def arrange(app: typer.Typer) -> None:
    """Put every command under its heading."""
    headings = {name: heading for heading, names in PANELS.items() for name in names}
    order = {name: place for place, name in enumerate(headings)}
    for command in app.registered_commands:
        if (heading := headings.get(_name(command))) is not None:
            command.rich_help_panel = heading
    for group in app.registered_groups:
        if (heading := headings.get(group.name or "")) is not None:
            group.rich_help_panel = heading
    app.registered_commands.sort(key=lambda command: order.get(_name(command), len(order)))


def _name(command: typer.models.CommandInfo) -> str:
    if command.name is not None:
        return command.name
    return "" if command.callback is None else command.callback.__name__.replace("_", "-")
