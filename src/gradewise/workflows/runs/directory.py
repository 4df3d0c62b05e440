"""The directory of one run, and how it is named."""

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gradewise.whole_files import write_whole


@dataclass(frozen=True, slots=True)
class RunDirectory:
    """Where one run keeps what it makes."""

    path: Path
    """``<output>/<experiment>/<UTC timestamp>_<run name>``."""

    @property
    def artifacts(self) -> Path:
        """Files for machines: bundle, splits, metrics."""
        return self.path / "artifacts"

    @property
    def store(self) -> Path:
        """The feature store that the run made, if it made one."""
        return self.path / "feature_store"

    def remove_unfinished(self) -> None:
        """Remove what a killed process was in the middle of writing: everything whose name begins with a dot.

        Only whoever works in the directory may do so.
        """
        for path in sorted(self.path.rglob(".*")):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def write_text(self, relative: str, content: str) -> Path:
        """Write a text file whole."""
        return write_whole(self.path / relative, content)

    def write_json(self, relative: str, content: object) -> Path:
        """Write a JSON file whole."""
        return self.write_text(
            relative, json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        )


def make_run_directory(output: Path, experiment: str, run_name: str, *, now: datetime) -> RunDirectory:
    """Make a new, empty run directory; two runs in one second get two directories."""
    stamp = now.astimezone(UTC).strftime("%Y%m%d_%H%M%S")
    for suffix in ("", *(f"_{count}" for count in range(2, 1000))):
        path = output / experiment / f"{stamp}_{run_name}{suffix}"
        try:
            path.mkdir(parents=True)
        except FileExistsError:
            continue
        return RunDirectory(path)
    raise FileExistsError(f"{output / experiment}: a thousand runs in one second")  # pragma: no cover
