"""What every command of `gradewise judge` is asked with: a batch, and how it is scored."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gradewise.cli.app import app

judge = typer.Typer(
    no_args_is_help=True,
    help="""Scores and grades from comparative judgement: which of two essays is better, many times over.

    [bold]gradewise judge fit decisions.csv[/] scores essays, with how sure each score is;

    [bold]gradewise judge project decisions.csv --anchors anchors.csv --scale swedish8[/] gives grades;

    [bold]gradewise judge next-pairs decisions.csv[/] says whom to compare next, and when to stop;

    [bold]gradewise judge report decisions.csv[/] makes a page of it all.""",
)
app.add_typer(judge, name="judge")

BATCH, COLUMNS, SCORING, SHOWING = "The batch", "Columns of the decisions", "Scores", "What comes out"
"""Under which headings help shows options."""


class TableForm(StrEnum):
    """How a table is written."""

    CSV = "csv"
    EXCEL = "excel"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSource:
    """Which batch is asked about, and how it is scored, as it was typed."""

    comparisons: Path | None
    """A file of decisions."""
    essays: Path | None
    """A file of all essays."""
    anchors: Path | None
    """A file of known grades."""
    database: bool
    """Whether the batch is in the database."""
    batch: str | None
    """Which batch of the database."""
    tables: Path | None
    """What tables and columns are called there."""
    first: str | None
    """Column of one item."""
    second: str | None
    """Column of the other."""
    winner: str | None
    """Column of the better one."""
    judge: str | None
    """Column of who decided."""
    confidence: str | None
    """Column of how sure they were."""
    where: list[str] | None
    """Conditions, each ``COLUMN=VALUE``."""
    prior_sd: float
    """Standard deviation of the prior in logits."""
    weights_by_confidence: bool
    """Whether comparisons count by how sure judges were."""
    splits: int
    """Ways of dealing halves."""
    quiet: bool
    """Whether no progress is shown."""


def _option(panel: str, *flags: str, help_: str, **more: Any) -> Any:
    return typer.Option(*flags, help=help_, rich_help_panel=panel, **more)


_ASKED: dict[str, tuple[Any, Any]] = {
    "comparisons": (
        Annotated[
            Path | None,
            typer.Argument(
                help="Decisions, one a row: the two essays and which was better (.csv, .jsonl, .parquet).",
                show_default=False,
            ),
        ],
        None,
    ),
    "essays": (
        Annotated[
            Path | None,
            _option(
                BATCH, "--essays",
                help_="All essays of the batch, a row each: essay_id, and for anchors known_grade, "
                "text_storage_id or anchor_ref_id. Decisions about others are set aside.",
            ),
        ],
        None,
    ),
    "anchors": (
        Annotated[
            Path | None,
            _option(
                BATCH, "--anchors",
                help_="Known grades: essay_id and grade; or a table of anchors with id, grade and "
                "text_storage_id. An essay's own known_grade comes first, then its text_storage_id, then "
                "its anchor_ref_id.",
            ),
        ],
        None,
    ),
    "database": (
        Annotated[
            bool,
            _option(BATCH, "--database", help_="Read the batch from the database of GRADEWISE_DATABASE_URL."),
        ],
        False,
    ),
    "batch": (
        Annotated[str | None, _option(BATCH, "--batch", help_="Which batch of the database.")],
        None,
    ),
    "tables": (
        Annotated[
            Path | None,
            _option(BATCH, "--tables", help_="YAML that says what tables and columns are called there: "
                    "preset, essays, pairs, …"),
        ],
        None,
    ),
    "first": (
        Annotated[
            str | None,
            _option(COLUMNS, "--first", help_="One essay; without --winner, the better one. Usual names are "
                    "found: candidate_chosen, essay_a_els_id, ID1 …"),
        ],
        None,
    ),
    "second": (Annotated[str | None, _option(COLUMNS, "--second", help_="The other essay.")], None),
    "winner": (
        Annotated[
            str | None,
            _option(COLUMNS, "--winner", help_="The better essay's id, or first, second, essay_a, essay_b; "
                    "anything else, a tie as well, is no decision."),
        ],
        None,
    ),
    "judge": (Annotated[str | None, _option(COLUMNS, "--judge", help_="Who decided.")], None),
    "confidence": (
        Annotated[str | None, _option(COLUMNS, "--confidence", help_="How sure the judge was.")],
        None,
    ),
    "where": (
        Annotated[
            list[str] | None,
            _option(COLUMNS, "--where", help_="Only rows in which a column holds this; repeatable.",
                    metavar="COLUMN=VALUE"),
        ],
        None,
    ),
    "prior_sd": (
        Annotated[
            float,
            _option(SCORING, "--prior-sd", help_="How far apart scores are before any comparison: standard "
                    "deviation in logits. Wide by default, so that comparisons decide."),
        ],
        6.0,
    ),
    "weights_by_confidence": (
        Annotated[
            bool,
            _option(SCORING, "--weights-by-confidence", help_="Let comparisons count by how sure judges "
                    "were: a choice, not a finding."),
        ],
        False,
    ),
    "splits": (
        Annotated[
            int,
            _option(SCORING, "--splits", min=0, help_="Ways of dealing halves to see whether they agree, 0 "
                    "for none; fit and report alone show them."),
        ],
        20,
    ),
    "quiet": (Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")], False),
}  # fmt: skip
"""Every shared option by its field of `JudgedSource`, with its default."""


def judge_command(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of `gradewise judge`: it gets ``source`` and its own options."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        own = [
            parameter
            for parameter in inspect.signature(function, eval_str=True).parameters.values()
            if parameter.name != "source"
        ]
        shared = [field.name for field in fields(JudgedSource)]

        def command(**given: Any) -> None:
            source = JudgedSource(**{each: given.pop(each) for each in shared})
            function(source=source, **given)

        first, *rest = (_parameter(each) for each in shared)
        parameters = [first, *own, *rest]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        command.__doc__ = function.__doc__
        judge.command(name)(command)
        return function

    return register


def _parameter(name: str) -> inspect.Parameter:
    annotation, default = _ASKED[name]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
