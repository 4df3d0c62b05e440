"""`gradewise scores`: the answers that were given; each can be made again, none changed unseen."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app
from gradewise.cli.grading.drift import FalseAlarms, Gauges, Pictures

scores = typer.Typer(
    no_args_is_help=True,
    help="Look at grades that were given, make them again, prove them unchanged.",
)
app.add_typer(scores, name="scores")

LOOK, PROVE, KEEP = "Look", "Prove", "Keep in order"
"""Under which heading help shows a command."""
Answer = Annotated[str, typer.Argument(help="The first characters of an answer's id.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")]


class Format(StrEnum):
    """How answers are written."""

    CSV = "csv"
    JSONL = "jsonl"


@scores.command("list", rich_help_panel=LOOK)
def list_(
    *,
    essay: Annotated[str | None, typer.Option("--essay", help="Answers about this text alone.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most lines.")] = 20,
    json: Json = False,
) -> None:
    """List answers, newest first: which text, what answer, how sure, by which model, what a teacher said."""
    from gradewise.cli.scores.shown import show_answers

    show_answers(essay=essay, limit=limit, json=json)


@scores.command("show", rich_help_panel=LOOK)
def show(answer: Answer, *, json: Json = False) -> None:
    """Show an answer: probabilities, doubts, model, corrections, and whether it is unchanged."""
    from gradewise.cli.scores.shown import show_answer

    show_answer(answer, json=json)


@scores.command("export", rich_help_panel=LOOK)
def export(
    *,
    format_: Annotated[Format, typer.Option("--format", "-f", help="csv or jsonl.")] = Format.CSV,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file to write.")] = None,
    quiet: Quiet = False,
) -> None:
    """Write all answers, with what teachers decided about them, for a spreadsheet or a program.

    No essay text is in it: an essay is known by its id and by the digest of its text.
    """
    from gradewise.cli.scores.shown import write_answers

    write_answers(format_.value, output=output, quiet=quiet)


@scores.command("drift", rich_help_panel=LOOK)
def drift(
    *,
    since: Annotated[
        str, typer.Option("--since", help="Answers from then on: 12h, 7d, 4w, or a date.")
    ] = "7d",
    model: Annotated[
        str | None, typer.Option("--model", "-m", help="Answers of models of this name alone.")
    ] = None,
    bundle: Annotated[
        list[Path] | None,
        typer.Option("--bundle", help="A bundle or run that answered and was never registered; repeatable."),
    ] = None,
    alarm: FalseAlarms = 0.01,
    output: Pictures = None,
    json: Json = False,
    metrics: Gauges = None,
    quiet: Quiet = False,
) -> None:
    """Say whether the texts that were answered have changed since the model was trained; no text is needed.

    What each model read of them, its grades and how sure it was are held against the profile that it keeps
    of its training; advisories and what was held back, against its own answers of before. Each text counts
    once. Exit code 3 if texts have drifted, 1 if a model that answered is in no store; fewer than 50 texts
    are too few to tell.

    From a timer, once a day: [bold]gradewise scores drift --since 7d -q --metrics drift.prom[/]
    """
    from gradewise.cli.scores.answer_drifting import AskedAnswerDrift, answer_drift_shown

    code = answer_drift_shown(
        AskedAnswerDrift(
            since=since, model=model, bundles=tuple(bundle or ()), alarm=alarm, output=output, as_json=json,
            metrics=metrics,
        ),
        quiet=quiet,
    )  # fmt: skip
    if code:
        raise typer.Exit(code)


@scores.command("replay", rich_help_panel=PROVE)
def replay(
    answer: Annotated[
        str | None,
        typer.Argument(help="The first characters of an answer's id; leave it out with --all or --since."),
    ] = None,
    *,
    text: Annotated[
        Path | None,
        typer.Option("--text", help="A file with the text: it is read again too, each number compared."),
    ] = None,
    prompt_text: Annotated[
        str | None, typer.Option("--prompt-text", help="Its task, where the model compares the two.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every answer.")] = False,
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], help="Every answer since a day (UTC)."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make an answer again from its record and its model; exit code 1 unless it is the same, bit by bit.

    [bold]gradewise scores replay 3f2a[/] for one,
    [bold]gradewise scores replay --since 2026-01-01[/] for many.
    """
    from gradewise.cli.scores.replaying import replay_all_shown, replay_shown

    many = every or since is not None
    if many == (answer is not None) or (many and (text or prompt_text)):
        raise typer.BadParameter(
            "name one answer, or give --all or --since; such as: gradewise scores replay 3f"
        )
    if answer is not None:
        replay_shown(answer, text=text, prompt_text=prompt_text)
    else:
        replay_all_shown(since=since, quiet=quiet)


@scores.command("verify", rich_help_panel=PROVE)
def verify(
    *,
    known: Annotated[
        str | None,
        typer.Option("--known", help="SERIAL:DIGEST of an answer, kept elsewhere; it must be there."),
    ] = None,
    known_correction: Annotated[
        str | None,
        typer.Option("--known-correction", help="The same of a correction; they have a chain of their own."),
    ] = None,
    known_erasure: Annotated[
        str | None,
        typer.Option("--known-erasure", help="The same of an erasure; see gradewise scores forget."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Hash all answers and corrections again; exit code 1 when one was changed, removed or slipped in.

    So it is when the review queue is not as they say, which [bold]gradewise reviews repair[/] puts right.
    Answers that [bold]gradewise scores forget[/] took out are no break: of each its place and digest are
    left, in an erasure, which is shown with who took them out, when and why.
    Whoever may write to the database could make a whole chain anew: keep the last digests, which this
    command says, somewhere else, and give them with --known, --known-correction and --known-erasure the
    next time.
    """
    from gradewise.cli.scores.proving import verify_log_shown

    verify_log_shown(known=known, known_correction=known_correction, known_erasure=known_erasure, quiet=quiet)


@scores.command("prune", rich_help_panel=KEEP)
def prune(
    *,
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=1, help="Answers given more than so many days ago go.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="A plan whose retention.scores_days counts.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Forget old answers, with what teachers decided about them; what is left is still a whole chain.

    [bold]gradewise scores prune --older-than 365 --dry-run[/] says how many would go.
    """
    from gradewise.cli.scores.proving import prune_log_shown

    prune_log_shown(older_than, plan=plan, dry_run=dry_run)


@scores.command("forget", rich_help_panel=KEEP)
def forget(
    answer: Annotated[
        list[str] | None, typer.Argument(help="Answers: the first characters of their ids.")
    ] = None,
    *,
    student: Annotated[
        str | None,
        typer.Option("--student", help="Who is to be forgotten, as essays or your files call them."),
    ] = None,
    essays: Annotated[
        list[Path] | None,
        typer.Option("--essays", help="A file of essays that says which ones the student wrote; repeatable."),
    ] = None,
    writer_column: Annotated[
        str | None,
        typer.Option("--writer-column", help="Its column of students; found by its name when absent."),
    ] = None,
    essay: Annotated[
        list[str] | None, typer.Option("--essay", help="An essay, as it was sent; repeatable.")
    ] = None,
    bundle: Annotated[
        list[Path] | None,
        typer.Option("--bundle", help="A bundle that answered and was never registered; repeatable."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why: kept for good, so name nobody; such as 'request 17'.")
    ] = "",
    by: Annotated[
        str | None, typer.Option("--by", help="Who does it; you, as GRADEWISE_USER says, when absent.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is known.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    quiet: Quiet = False,
) -> None:
    """Take one person's answers out for good, with decisions about them; what is left is still a whole chain.

    [bold]gradewise scores forget --student 4711 --essays essays.csv --dry-run[/] says what is known,
    [bold]gradewise scores forget --student 4711 --essays essays.csv --reason "request 17"[/] takes it out.

    The log knows no students: answers go whose essay is called as the student is, and those about texts, or
    essays of the same name, that the file says the student wrote. Look through the list before you say yes.

    What the feature cache holds of the texts goes too, as far as it is found: models that were never
    registered must be named (--bundle), and names of prompts stand in the file, if any were sent.

    Left are the places, a digest each, and who took them out, when and why. No digest can be turned back or
    tried: an id of 128 random bits went into it, and is gone. What is not reached is said at the end.
    """
    from gradewise.cli.scores.forgetting import AskedForgetting, forget_shown

    asked = AskedForgetting(
        answers=tuple(answer or ()), essays=tuple(essay or ()), student=student, files=tuple(essays or ()),
        writer_column=writer_column, bundles=tuple(bundle or ()), by=by, reason=reason,
    )  # fmt: skip
    forget_shown(asked, dry_run=dry_run, yes=yes, quiet=quiet)
