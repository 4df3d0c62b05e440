"""`gradewise judge`: comparative judgement, from decisions to scores, grades, next pairs and a page."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.judge.command import SHOWING, JudgedSource, TableForm, judge_command

GRADES, ASKING = "Grades", "Which pairs"
_Form = Annotated[
    TableForm | None,
    typer.Option(
        "--format",
        help="Print a table instead, or with --output how tables are written; excel: CSV with semicolons and "
        "decimal commas, which spreadsheets open by a click.",
        rich_help_panel=SHOWING,
    ),
]
_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write tables into this directory.", rich_help_panel=SHOWING),
]
_Scale = Annotated[
    str | None,
    typer.Option(
        "--scale",
        help="Of the grades: swedish6, swedish8, eng5, eng5_national, cefr, ielts, or a range such as 1-6.",
        rich_help_panel=GRADES,
    ),
]
_Population = Annotated[
    str | None,
    typer.Option(
        "--population",
        help="Share of each grade where these essays come from: a file with grade and share, or: usual "
        "(known for swedish8). It says where boundaries are expected before anchors are looked at.",
        rich_help_panel=GRADES,
    ),
]
_Earlier = Annotated[
    Path | None,
    typer.Option(
        "--earlier",
        help="scores.csv of an earlier batch with the same anchors: have they moved?",
        rich_help_panel=GRADES,
    ),
]
_Modifiers = Annotated[
    bool,
    typer.Option(
        "--modifiers",
        help="Give minus and plus in the outer quarters of a grade. swedish8 has minus for E D C B A and "
        "plus for E B, beside its grades D+ and C+.",
        rich_help_panel=GRADES,
    ),
]
_BelowLowest = Annotated[
    bool,
    typer.Option(
        "--below-lowest",
        help="Allow the grade below the lowest: F of eng5, 0 of eng5_national. No anchor has it, so where "
        "it begins is assumed from how wide the other grades are.",
        rich_help_panel=GRADES,
    ),
]
_Panel = Annotated[
    str | None,
    typer.Option(
        "--panel",
        help="Judges to hold against all others, such as those that are machines: gpt-1,gpt-2. Are they "
        "worth as much as people?",
        rich_help_panel=SHOWING,
    ),
]
_Budget = Annotated[
    int | None,
    typer.Option(
        "--budget", min=1, help="Comparisons the batch may cost in all; 10 for each essay when absent.",
        show_default=False, rich_help_panel="When to stop",
    ),
]  # fmt: skip
_TargetReliability = Annotated[
    float | None,
    typer.Option(
        "--target-reliability",
        help="Stop when reliability is at least this, its lower bound included; such as 0.8.",
        rich_help_panel="When to stop",
    ),
]
_TargetError = Annotated[
    float | None,
    typer.Option(
        "--target-error",
        help="Stop when scores are known to this many logits on average; such as 0.7.",
        rich_help_panel="When to stop",
    ),
]


@judge_command("fit")
def fit(*, source: JudgedSource, panel: _Panel = None, format_: _Form = None, output: _Output = None) -> None:
    """Score essays by comparisons, with how sure each score is and how far the judges agree.

    [bold]gradewise judge fit decisions.csv -o scores/[/] writes scores.csv, judges.csv and summary.json.

    Scores are in logits: an essay one logit above another is found better in 73 of 100 comparisons.
    """
    from gradewise.cli.judge.judging import fit_shown

    fit_shown(source, panel=panel, form=format_, output=output)


@judge_command("project")
def project(
    *,
    source: JudgedSource,
    scale: _Scale = None,
    population: _Population = None,
    earlier: _Earlier = None,
    modifiers: _Modifiers = False,
    below_lowest: _BelowLowest = False,
    format_: _Form = None,
    output: _Output = None,
) -> None:
    """Give grades by anchors: essays with known grades that were judged among the others.

    [bold]gradewise judge project decisions.csv --anchors anchors.csv --scale swedish8[/]

    Every grade comes with its probability. Each anchor is graded by the others as a check, and anchors that
    judges put the wrong way round are named.
    """
    from gradewise.cli.judge.judging import AskedGrades, project_shown

    asked = AskedGrades(
        scale=scale, population=population, earlier=earlier, modifiers=modifiers, below_lowest=below_lowest
    )
    project_shown(source, asked, form=format_, output=output)


@judge_command("next-pairs")
def next_pairs(
    *,
    source: JudgedSource,
    n: Annotated[int, typer.Option("--n", "-n", min=1, help="How many pairs.", rich_help_panel=ASKING)] = 20,
    waiting: Annotated[
        Path | None,
        typer.Option("--waiting", help="Pairs asked and not yet answered.", rich_help_panel=ASKING),
    ] = None,
    judges: Annotated[
        str | None,
        typer.Option("--judges", help="Who is there to decide: ann,bo,cy.", rich_help_panel=ASKING),
    ] = None,
    model_grades: Annotated[
        Path | None,
        typer.Option(
            "--model-grades",
            help="What a model says, as gradewise score writes it: fewer comparisons are needed.",
            rich_help_panel=ASKING,
        ),
    ] = None,
    agreement: Annotated[
        float,
        typer.Option("--agreement", help="Correlation of model and judges.", rich_help_panel=ASKING),
    ] = 0.8,
    scale: _Scale = None,
    most_per_essay: Annotated[
        int | None,
        typer.Option(
            "--most-per-essay", min=1, help="Most comparisons of one essay.", rich_help_panel=ASKING
        ),
    ] = None,
    no_repeats: Annotated[
        bool, typer.Option("--no-repeats", help="Ask about no pair twice.", rich_help_panel=ASKING)
    ] = False,
    budget: _Budget = None,
    target_reliability: _TargetReliability = None,
    target_error: _TargetError = None,
    seed: Annotated[int, typer.Option("--seed", help="Of ties.", rich_help_panel=ASKING)] = 0,
    format_: _Form = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the pairs here, as CSV.")
    ] = None,
) -> None:
    """Choose the pairs that teach most, say who is shown first, and whether to go on at all.

    Those are asked about whose outcome is expected to tell most about the order of all essays (expected
    information gain): neither what is certain, nor what is known already. Each choice allows for what the
    pairs before it will tell, so that all essays come up; a model's grades say where to begin.

    [bold]gradewise judge next-pairs --essays essays.csv[/] begins from nothing;
    [bold]gradewise judge next-pairs decisions.csv --waiting asked.csv --target-reliability 0.8[/] goes on.

    What it writes can be handed back as --waiting until answers are there.
    """
    from gradewise.cli.judge.pairing import AskedNext, pairs_shown

    asked = AskedNext(
        n=n, waiting=waiting, judges=judges, model_grades=model_grades, agreement=agreement, scale=scale,
        most_per_essay=most_per_essay, repeats=not no_repeats, budget=budget,
        reliability=target_reliability, error=target_error, seed=seed,
    )  # fmt: skip
    pairs_shown(source, asked, form=format_, output=output)


@judge_command("report")
def report(
    *,
    source: JudgedSource,
    scale: _Scale = None,
    population: _Population = None,
    earlier: _Earlier = None,
    modifiers: _Modifiers = False,
    below_lowest: _BelowLowest = False,
    panel: _Panel = None,
    budget: _Budget = None,
    target_reliability: _TargetReliability = None,
    target_error: _TargetError = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The page.", rich_help_panel=SHOWING)] = Path(
        "judgement.html"
    ),
) -> None:
    """Make one page of a batch: ranking, reliability, judges, who was compared with whom, and grades.

    [bold]gradewise judge report decisions.csv --output page.html[/] needs no anchors; with
    [bold]--anchors anchors.csv --scale swedish8[/] grades and their boundaries are shown as well.
    """
    from gradewise.cli.judge.judging import AskedGrades
    from gradewise.cli.judge.pages import AskedPage, report_shown

    grades = AskedGrades(
        scale=scale, population=population, earlier=earlier, modifiers=modifiers, below_lowest=below_lowest
    )
    asked = AskedPage(
        grades=grades, budget=budget, reliability=target_reliability, error=target_error, panel=panel
    )
    report_shown(source, asked, output=output)


@judge_command("features")
def features(
    *,
    source: JudgedSource,
    join: Annotated[
        Path | None,
        typer.Option(
            "--join",
            help="Graded essays to put the columns beside, for train --given.",
            rich_help_panel=SHOWING,
        ),
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            help="Their grades. Grades that were projected from comparisons are refused.",
            rich_help_panel=SHOWING,
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A CSV file.", rich_help_panel=SHOWING)
    ] = None,
) -> None:
    """Write what judgement says of each essay as columns for a model that reads the text as well.

    [bold]gradewise judge features decisions.csv --join graded.csv -o hybrid.csv[/], then
    [bold]gradewise train hybrid.csv --given bt_score --given bt_se[/]

    bt_score and bt_se are in logits; win_rate, comparison_count and comparison_variance are counted;
    rank_percentile is the place in the batch, 0 to 1.
    """  # fmt: skip
    from gradewise.cli.judge.pages import features_shown

    features_shown(source, join=join, label=label, output=output)
