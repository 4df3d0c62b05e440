"""`gradewise train` in a process of its own, which is killed, limited or slow; see `forked`."""

import importlib
import os
import resource
import signal
import sys
import time
from typing import Any
from unittest.mock import patch

from gradewise.cli.main import main, run

ARGUMENTS = ("train", "plan.yaml", "-o", "output", "-q")


def train_until_killed(module: str, name: str, call: int) -> None:
    """Train, and be killed right before a function of a module is called for the n-th time."""
    place = importlib.import_module(module)
    original, calls = getattr(place, name), 0

    def fatal(*arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*arguments, **options)

    with patch.object(place, name, fatal):
        run(list(ARGUMENTS))


def train_with_small_files(most: int) -> None:
    """Train where no file may have more bytes."""
    sys.argv = ["gradewise", *ARGUMENTS]
    before, highest = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, highest))
    try:
        main()
    finally:  # who measures coverage has something to write
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, highest))


def train_slowly() -> None:
    """Train, and be busy with the first fit for longer than any test lasts."""

    def slow(*arguments: Any, **options: Any) -> None:
        time.sleep(60)

    # Who starts the tests in the background may have them ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["gradewise", *ARGUMENTS]
    with patch("gradewise.workflows.training.learning.fit_grader", slow):
        main()
