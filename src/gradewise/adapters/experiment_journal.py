"""The experiment log as a file: a line of JSON for each run, and the same as Markdown."""

import json
from collections.abc import Iterator
from pathlib import Path

from gradewise.errors import RunError
from gradewise.experiments import ExperimentEntry, entry_from_json, entry_to_json
from gradewise.file_locks import locked
from gradewise.reporting.experiments import experiments_markdown
from gradewise.whole_files import append_whole, write_whole


class ExperimentJournal:
    """``experiments.jsonl``, which is only ever added to, and ``experiments.md``, made from it each time.

    A line is written at once while the file is locked; one that a dead process left half-written is
    passed over. An `ExperimentTracker`.
    """

    def __init__(self, output: Path) -> None:
        """Keep the log in an output directory, which is made when there is something to say."""
        self._lines, self._page = output / "experiments.jsonl", output / "experiments.md"

    def record(self, entry: ExperimentEntry) -> None:
        """Add the entry of a run that has ended, and write the page anew."""
        if entry.state == "running":
            return
        line = json.dumps(entry_to_json(entry), ensure_ascii=False, allow_nan=False) + "\n"
        try:
            self._lines.parent.mkdir(parents=True, exist_ok=True)
            with locked(self._lines) as descriptor:
                append_whole(descriptor, line.encode())
                # Under the lock, so that of two who write the page the one that knows more is the last.
                write_whole(self._page, experiments_markdown(list(self.entries())))
        except OSError as error:
            raise RunError(
                f"{self._lines} cannot be written: {error.strerror or error}; make room or give access"
            ) from error

    def entries(self) -> Iterator[ExperimentEntry]:
        """What is recorded, oldest first; lines that are no entries of this version are passed over."""
        for line in self._lines.read_bytes().splitlines():
            try:
                yield entry_from_json(json.loads(line))
            except (ValueError, AttributeError, TypeError):
                continue
