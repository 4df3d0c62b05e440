"""Files appear whole or not at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradewise.whole_files import write_whole


def test_text_and_bytes_are_written_in_place_of_what_was_there(tmp_path: Path) -> None:
    """The new content replaces the old, in directories made on the way."""
    path = tmp_path / "deep" / "file.txt"
    write_whole(path, "old")
    write_whole(path, "nytt: åäö")
    assert "nytt: åäö" == path.read_text(encoding="utf-8")
    write_whole(path, b"\x00")
    assert b"\x00" == path.read_bytes()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk keeps the old content and leaves no temporary file."""
    path = tmp_path / "file.txt"
    write_whole(path, "old")

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert ["file.txt"] == [entry.name for entry in tmp_path.iterdir()]
    assert "old" == path.read_text(encoding="utf-8")


def test_a_killed_writer_leaves_the_old_file(tmp_path: Path) -> None:
    """A process killed before the rename has changed nothing that a reader sees."""
    path = tmp_path / "file.txt"
    write_whole(path, "old")
    script = (
        "import os, signal, pathlib; from gradewise import whole_files\n"
        "whole_files.os.fsync = lambda d: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"whole_files.write_whole(pathlib.Path({str(path)!r}), 'new' * 100000)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert -9 == killed.returncode
    assert "old" == path.read_text(encoding="utf-8")
