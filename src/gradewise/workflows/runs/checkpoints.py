"""What a run has finished, kept so that a killed one need not do it again."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from gradewise.whole_files import write_whole

Arrays = Mapping[str, NDArray[Any]]
"""Arrays by name."""


class Checkpoints:
    """Finished pieces of work by key, each a file that is there whole or not at all.

    A piece belongs to everything that shaped it: one that was kept under another fingerprint, or is damaged,
    reads as absent and is made again.
    """

    def __init__(self, directory: Path | None, fingerprint: str) -> None:
        """Keep pieces in a directory; with ``None`` nothing is kept."""
        self._directory, self._fingerprint = directory, fingerprint

    def recall(self, key: str) -> Arrays | None:
        """The piece of that key, exactly as it was kept; ``None`` when there is none."""
        if self._directory is None:
            return None
        try:
            with safe_open(self._path(key), framework="numpy") as stored:
                if stored.metadata() != {"key": key, "fingerprint": self._fingerprint}:
                    return None
                return {name: np.array(stored.get_tensor(name)) for name in stored.keys()}  # noqa: SIM118
        except (OSError, SafetensorError):
            return None

    def keep(self, key: str, arrays: Arrays) -> None:
        """Keep a piece, replacing an older one.

        Raises:
            OSError: the disk is full or may not be written.
        """
        if self._directory is not None:
            named = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
            write_whole(self._path(key), save(named, {"key": key, "fingerprint": self._fingerprint}))

    def _path(self, key: str) -> Path:
        assert self._directory is not None  # noqa: S101 - both callers have looked
        return self._directory / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.safetensors"


FORGETFUL = Checkpoints(None, "")
"""Keeps nothing: every piece is made anew."""
