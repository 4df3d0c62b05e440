"""`gradewise explain`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import EmbeddingModel, GivenNumbers, app
from gradewise.cli.grading.text_options import GradingModel, IdColumn, OneText, PromptText, TextColumn


@app.command()
def explain(
    *,
    source: Annotated[
        Path | None,
        typer.Argument(help="A text as a file, a table with --essay, or - for standard input."),
    ] = None,
    text: OneText = None,
    essay: Annotated[str | None, typer.Option(help="Which text of a table: its id.")] = None,
    model: GradingModel = None,
    embedding_model: EmbeddingModel = None,
    prompt_text: PromptText = None,
    given: GivenNumbers = None,
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    form: Annotated[
        str, typer.Option("--format", "-f", help="text, or json: the record for programs and archives.")
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write: the page (.html) or the record (.json)."),
    ] = None,
    page: Annotated[
        bool,
        typer.Option("--page/--no-page", help="Write ESSAY.explained.html when no --output is given."),
    ] = True,
) -> None:
    """Say why one essay gets its grade, or one text its class.

    Of a grade: what moved it, the errors in the text, what the model cannot know. Of a class: how much less
    probable it would be without each word of the text.
    """
    from gradewise.cli.grading.essays import AskedEssays, given_numbers
    from gradewise.cli.grading.explaining import Asked, explain_shown

    essays = AskedEssays(
        source=source, text=text, prompt_text=prompt_text, text_column=text_column, id_column=id_column,
        set_aside=True, given=given_numbers(given or ()),
    )  # fmt: skip
    explain_shown(
        Asked(
            essays=essays, essay_id=essay, model=model, embedding_model=embedding_model, form=form,
            output=output, page=page,
        )
    )  # fmt: skip
