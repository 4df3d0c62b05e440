"""What watching a directory, and sending models, are given."""

from pathlib import Path

from gradewise.adapters.pushed_models import PushedModels
from gradewise.adapters.watched_directory import WatchedDirectory
from gradewise.workflows.watching.ports import DataDirectory


def data_directory(path: Path) -> DataDirectory:
    """A directory of this machine, as a watcher asks it."""
    watched = WatchedDirectory(path)
    return DataDirectory(
        files=watched.files,
        digest=watched.digest,
        is_held=watched.is_held,
        why_cut_off=watched.why_cut_off,
    )


def pushed_models(url: str) -> PushedModels:
    """Versions of models below an address; nothing is connected yet."""
    return PushedModels(url)
