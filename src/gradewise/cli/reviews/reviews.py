"""`gradewise reviews`: which grades wait for a teacher, what is decided about them, how good grades are."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app

reviews = typer.Typer(
    no_args_is_help=True, help="Look at grades that wait for a teacher, and decide about them."
)
app.add_typer(reviews, name="reviews")

Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
Since = Annotated[str | None, typer.Option("--since", help="Decisions from this date on: 2026-03-01.")]
Name = Annotated[str | None, typer.Option("--name", "--model-name", help="Models of this name alone.")]
ScoreId = Annotated[str, typer.Argument(help="Of the answer: its id, or the first characters of it.")]


class RouteName(StrEnum):
    """Why somebody looks."""

    REVIEW = "review"
    AUDIT = "audit"


@reviews.command("list")
def list_(
    *,
    route: Annotated[
        RouteName | None,
        typer.Option(
            "--route", help="review: held back; audit: released and drawn by chance. Both if absent."
        ),
    ] = None,
    capacity: Annotated[
        int | None, typer.Option("--capacity", min=1, help="Texts that teachers look at in a day.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="Most lines.")] = 20,
    json: Json = False,
) -> None:
    """List grades that wait for a teacher, most urgent first, with the reason.

    [bold]gradewise reviews list --capacity 40[/] also says for how many days it will take.
    """
    from gradewise.cli.reviews.reviewing import show_queue

    show_queue(route=route and route.value, capacity=capacity, limit=limit, json=json)


@reviews.command("show")
def show(score_id: ScoreId, *, json: Json = False) -> None:
    """Show an answer: the grade, how sure the model is, what speaks against it, what was decided."""
    from gradewise.cli.reviews.reviewing import show_answer

    show_answer(score_id, json=json)


@reviews.command("take")
def take(
    score_id: ScoreId,
    grade: Annotated[
        str | None, typer.Argument(help="What you decide; the model's own grade confirms it.")
    ] = None,
    *,
    none_of_these: Annotated[
        bool, typer.Option("--none-of-these", help="Of classes: the text belongs to none of them.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why, in your words; kept with the decision.")] = "",
    by: Annotated[
        str | None, typer.Option("--by", help="Who decides; you, as GRADEWISE_USER says, when absent.")
    ] = None,
) -> None:
    """Decide about a grade; the newest decision of an answer counts, and none is ever lost.

    [bold]gradewise reviews take 3fa9 C --reason "the argument carries it"[/]
    [bold]gradewise reviews take 77b1 --none-of-these[/] for a text that belongs to no class
    """
    from gradewise.cli.reviews.reviewing import take_shown

    if (grade is None) != none_of_these:
        raise typer.BadParameter("say what you decide: a grade or a class, or --none-of-these")
    take_shown(score_id, grade, by=by, reason=reason)


@reviews.command("repair")
def repair() -> None:
    """Put the queue right where somebody changed it by other means: what waits is what answers say.

    [bold]gradewise db check[/] and [bold]gradewise scores verify[/] say whether it is; answers and decisions
    stay as they are.
    """
    from gradewise.cli.reviews.reviewing import repair_shown

    repair_shown()


@reviews.command("report")
def report(
    *,
    since: Since = None,
    name: Name = None,
    required: Annotated[
        float,
        typer.Option(
            "--required", min=0.5, max=0.999, help="Agreement that was promised of released grades."
        ),
    ] = 0.95,
    page: Annotated[Path | None, typer.Option("--page", help="Write a page with charts here.")] = None,
    json: Json = False,
) -> None:
    """Show how grades agree with teachers: what is released by the audit sample, what was reviewed apart.

    [bold]gradewise reviews report --page reviews.html[/] draws it, week by week and model by model.
    """
    from gradewise.cli.reviews.review_reporting import show_report

    show_report(since=since, name=name, required=required, page=page, json=json)
