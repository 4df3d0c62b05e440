"""`gradewise score`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, GivenNumbers, app
from gradewise.cli.grading.text_options import GradingModel, IdColumn, OneText, PromptText, TextColumn


@app.command()
def score(
    *,
    source: Annotated[
        str | None,
        typer.Argument(
            help="A text as a file, many as .csv, .jsonl or .parquet, here or in a store (s3://bucket/key), "
            "or - for standard input."
        ),
    ] = None,
    text: OneText = None,
    model: GradingModel = None,
    embedding_model: EmbeddingModel = None,
    prompt_text: PromptText = None,
    given: GivenNumbers = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="table, csv, excel (CSV for spreadsheets: semicolons, decimal commas), jsonl or parquet.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write there instead of the terminal.")
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Leave unusable rows out instead of stopping.")
    ] = False,
    reasons: Annotated[int, typer.Option(min=0, max=50, help="Strongest reasons to show, of grades.")] = 6,
) -> None:
    """Grade one essay or a file of essays, or tell the classes of texts, as the model does.

    Of a grade you see probabilities and the strongest reasons; of a class the most probable classes, and
    whether the text may belong to none of them.

    [bold]gradewise score s3://school/spring.csv -o grades.csv[/] reads texts where they lie; credentials come
    from the environment (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL …).
    """
    from gradewise.cli.grading.essays import AskedEssays, given_numbers, typed_source
    from gradewise.cli.grading.scoring import Asked, score_shown

    file, address = typed_source(source)
    essays = AskedEssays(
        source=file, address=address, text=text, prompt_text=prompt_text, text_column=text_column,
        id_column=id_column, set_aside=set_aside, given=given_numbers(given or ()),
    )  # fmt: skip
    score_shown(
        Asked(
            essays=essays, model=model, embedding_model=embedding_model, form=form, output=output,
            reasons=reasons,
        )
    )  # fmt: skip
