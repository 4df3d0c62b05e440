"""`gradewise check-data`."""

from typing import Annotated

import typer

from gradewise.cli.asked import Asked
from gradewise.cli.options import named_options
from gradewise.cli.plan_command import asked_command

OPTIONS = named_options(
    "text_column", "label_column", "id_column", "given", "scale", "test", "set_aside", "allow_pickle"
)


@asked_command(
    "check-data", OPTIONS, source_help="A plan (.yaml) or a file (.csv, .jsonl, .parquet; .pkl if allowed)."
)
def check_data(
    *,
    asked: Asked,
    quiet: bool,
    rows: Annotated[int, typer.Option("--rows", min=0, help="How many bad rows to show.")] = 10,
    json: Annotated[bool, typer.Option("--json", help="Every bad row, as JSON.")] = False,
) -> None:
    """Look at every row without training: which cannot be used, and everything that is wrong with each.

    A plan says under [bold]data.expected[/] what columns must hold: numbers in a range, whole numbers,
    truths, ISO 8601 times, vectors of a width. Exit code 2 when rows are bad and the plan stops at them.

    A pickle ([bold].pkl[/]) can hold a program. It is opened with [bold]--allow-pickle[/] alone, and then by
    a reader that knows plain lists, dicts, texts and numbers and runs nothing; other contents are refused.
    """
    from gradewise.bootstrap import services_from
    from gradewise.cli.terminal import out, progress_shown
    from gradewise.cli.training.checked_rows import check_json, check_page
    from gradewise.settings import read_settings
    from gradewise.workflows.datasets.check_data import check_data as check

    if asked.source is None:
        raise typer.BadParameter("name a plan or a file, such as: gradewise check-data texts.csv")
    with services_from(read_settings()) as services, progress_shown(quiet=quiet) as listener:
        found = check(asked.plan(), services, listener=listener)
    out.print(check_json(found) if json else check_page(found, n_rows=rows), soft_wrap=True, markup=False)
    if not found.passed:
        raise typer.Exit(2)
