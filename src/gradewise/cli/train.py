"""`gradewise train`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app


@app.command()
def train(
    *,
    source: Annotated[
        Path | None,
        typer.Argument(help="A plan (.yaml), or a file of graded essays (.csv, .jsonl, .parquet)."),
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", "--plan", help="The same, as an option.")] = None,
    name: Annotated[
        str | None, typer.Option("--name", "--experiment-name", help="Name of the model.")
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(
            help="swedish8, eng5, cefr, ielts, ellipse, a range (1-6), or grades, lowest first: 'IG,G,VG'."
        ),
    ] = None,
    text_column: Annotated[str | None, typer.Option(help="Column that holds the essays.")] = None,
    label_column: Annotated[str | None, typer.Option(help="Column that holds the grades.")] = None,
    second_label_column: Annotated[
        str | None, typer.Option(help="Column that holds a second teacher's grades, where there are some.")
    ] = None,
    prompt_column: Annotated[str | None, typer.Option(help="Column that tells tasks apart.")] = None,
    prompt: Annotated[
        list[str] | None, typer.Option(help="Use the essays of this prompt only; repeatable.")
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="Locked test file; drawn from the essays when absent.")
    ] = None,
    language: Annotated[str | None, typer.Option(help="Language of the essays: en, sv.")] = None,
    scheme: Annotated[
        str | None, typer.Option(help="What folds must not share: stratified_text, prompt_holdout, temporal.")
    ] = None,
    recipe: Annotated[
        str | None, typer.Option(help="default, accurate, measured or measured-tuned: see the guide.")
    ] = None,
    traits: Annotated[
        list[str] | None, typer.Option("--trait", help="Column of a trait to grade as well; repeatable.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="lightgbm or xgboost.")] = None,
    decision: Annotated[str | None, typer.Option(help="auto, rounding, rescale or cutpoints.")] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave unusable rows out instead of stopping.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Of splits and model.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where run directories are made.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> None:
    """Train a grading model, evaluate it, and write a bundle and a report.

    [bold]gradewise train essays.csv[/] finds the columns and the scale itself and says what it found;
    [bold]gradewise init essays.csv[/] writes a plan in which everything can be changed;
    [bold]gradewise run[/] is the same with every option of the research bench.
    """
    from gradewise.cli.asking import parse_scale, plan_from
    from gradewise.cli.training import show_run, train_shown

    given = source or config
    if given is None:
        raise typer.BadParameter("name a plan or a file of essays, such as: gradewise train essays.csv")
    plan = plan_from(
        given,
        {
            "name": name,
            "scale": parse_scale(scale),
            "language": language,
            "data.test": test,
            "data.columns.text": text_column,
            "data.columns.label": label_column,
            "data.columns.second_label": second_label_column,
            "data.columns.prompt": prompt_column,
            "data.filters.only_prompts": prompt,
            "data.on_bad_rows": "set_aside" if set_aside else None,
            "split.scheme": scheme,
            "split.seed": seed,
            "model.engine": engine,
            "model.decision": decision,
            "model.seed": seed,
            "data.columns.traits": traits,
            "output": output,
        },
        recipe=recipe,
    )
    show_run(train_shown(plan, quiet=quiet))
