"""A lock on a file: one holder at a time, and none once the holder is dead."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gradewise.file_locks import is_locked, locked

HOLDER = """
import fcntl, os, sys
descriptor = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lock_is_held_until_the_block_ends(tmp_path: Path) -> None:
    """It is seen from outside, and free afterwards; asking makes no file."""
    path = tmp_path / "lock"
    assert not is_locked(path)
    assert not path.exists()
    with locked(path):
        assert is_locked(path)
    assert not is_locked(path)


def test_a_second_holder_is_refused_after_a_while(tmp_path: Path) -> None:
    """Within one process too."""
    with (
        locked(tmp_path / "lock"),
        pytest.raises(TimeoutError, match="held by another"),
        locked(tmp_path / "lock", wait_s=0.05),
    ):
        pytest.fail("two hold one lock")


def test_a_second_holder_waits_for_the_first(tmp_path: Path) -> None:
    """With time enough it gets the lock as soon as it is free."""
    entered = threading.Event()

    def hold() -> None:
        with locked(tmp_path / "lock", wait_s=5):
            entered.set()

    with locked(tmp_path / "lock"):
        thread = threading.Thread(target=hold)
        thread.start()
        assert not entered.wait(0.05)
    thread.join()
    assert entered.is_set()


def test_the_kernel_frees_the_lock_of_a_killed_process(tmp_path: Path) -> None:
    """However it ends, nobody has to clear up after it."""
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-S", "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert b"held\n" == holder.stdout.readline()
        assert is_locked(path)
        holder.kill()
        holder.wait()
        assert not is_locked(path)
