"""Texts that teachers decided about, found in files by their digests."""

from collections.abc import Sequence

from gradewise.errors import InputError
from gradewise.essays.intake import take_in
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.protocols.tables import EssaySource
from gradewise.scores.snapshots import text_names
from gradewise.telemetry import Listener, stage
from gradewise.workflows.datasets.guesses import guess_columns
from gradewise.workflows.datasets.reading import column_map
from gradewise.workflows.plans.data import ColumnsPlan


def texts_in_files(sources: Sequence[EssaySource], listener: Listener) -> dict[str, Essay]:
    """Essays by the digests that answers may know them by; of several with one digest the first.

    Raises:
        InputError: a file cannot be read, or holds no column of essays.
    """
    found: dict[str, Essay] = {}
    with stage(listener, "reading texts", total=len(sources), unit="files") as done:
        for number, source in enumerate(sources, start=1):
            columns = guess_columns(source.columns(), ColumnsPlan()).model_copy(
                update={"id": None, "label": None, "second_label": None}
            )
            if columns.text is None:
                names = ", ".join(quotable(name) for name in source.columns())
                raise InputError(f"{source.location}: no column of essays found among {names}")
            intake = take_in(
                source.records(), source.columns(), column_map(columns), None,
                location=source.location, on_bad_rows="set_aside",
            )  # fmt: skip
            for essay in intake.essays:
                for name in text_names(essay):
                    found.setdefault(name, essay)
            done(number)
    return found
