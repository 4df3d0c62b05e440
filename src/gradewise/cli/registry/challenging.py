"""The verdict on a trial as the terminal shows it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from gradewise.bootstrap import services_from
from gradewise.cli.asking import plan_from
from gradewise.cli.columns import listed
from gradewise.cli.opening import open_named
from gradewise.cli.scores.running import with_score_log
from gradewise.cli.terminal import out, printable, progress_shown
from gradewise.evaluation.challenge import Challenge
from gradewise.protocols.scoring import ScoreLog
from gradewise.reporting.topics.challenge import challenge_record, challenge_statements, figure_rows
from gradewise.settings import read_settings
from gradewise.telemetry import Listener
from gradewise.workflows.registry.export import answer_json
from gradewise.workflows.scoring.challenging import (
    JudgedChallenge,
    challenge_in_log,
    challenge_on_file,
    write_challenge,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedChallenge:
    """What stands on the command line."""

    champion: str | None
    """Which model is there; of the newest answers when absent."""
    challenger: str | None
    """Which may replace it; the same."""
    data: Path | None
    """Graded essays; the score log when absent."""
    every_correction: bool
    """Whether corrections of hard essays count too."""
    level: float
    """Confidence."""
    output: Path
    """Where the report goes."""
    embedding_model: Path | None
    """Directory of the text model."""


def show_challenge(asked: AskedChallenge, *, json: bool, quiet: bool) -> None:
    """Judge with progress on the terminal, write the report, and show the verdict."""
    with progress_shown(quiet=quiet or json) as listener:
        judged = _in_log(asked, listener) if asked.data is None else _on_file(asked, asked.data, listener)
    places = write_challenge(judged, asked.output, clock=lambda: datetime.now(UTC))
    if json:
        models = {"champion": judged.champion, "challenger": judged.challenger, "source": judged.source}
        out.print(answer_json(**models, **challenge_record(judged.found)), soft_wrap=True)
        return
    verdict, *others = challenge_statements(judged.found, judged.notices)
    out.print(
        listed({"champion": judged.champion, "challenger": judged.challenger, "grades": judged.source}),
        soft_wrap=True,
    )
    out.print(printable(f"\n{verdict.text}\n"), soft_wrap=True)
    out.print(figures_table(judged.found))
    out.print()
    for statement in others:
        if not quiet and statement.text in judged.notices:
            continue  # said already
        out.print(printable(f"• {statement.text}"), soft_wrap=True)
    out.print()
    out.print(listed({"report": places["html"], "json": places["json"]}), soft_wrap=True)
    out.print(printable(f"\n{_what_next(judged.found)}"), soft_wrap=True)


def figures_table(found: Challenge) -> Table:
    """Ordinary figures of the two."""
    table = Table(title="For one look", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for heading in ("champion", "challenger", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in figure_rows(found):
        table.add_row(*row)
    return table


def _on_file(asked: AskedChallenge, data: Path, listener: Listener) -> JudgedChallenge:
    champion, challenger = open_named(asked.champion), open_named(asked.challenger)
    settings = read_settings().with_embedding_model(asked.embedding_model)
    with services_from(settings) as services:
        return challenge_on_file(
            champion, challenger, plan_from(data, {}), services, level=asked.level, listener=listener
        )


def _in_log(asked: AskedChallenge, listener: Listener) -> JudgedChallenge:
    champion, challenger = (
        None if text is None else open_named(text).bundle.digest
        for text in (asked.champion, asked.challenger)
    )

    async def judged(log: ScoreLog) -> JudgedChallenge:
        """The verdict."""
        return await challenge_in_log(
            log,
            champion=champion,
            challenger=challenger,
            selection="all" if asked.every_correction else None,
            level=asked.level,
            listener=listener,
        )

    return with_score_log(judged)


def _what_next(found: Challenge) -> str:
    if found.readiness == "ready":
        return "Its gates still count:  gradewise registry promote MODEL --stage production"
    return "Look again whenever there are more grades: looking often costs nothing."
