"""`make bench-crash`: kill -9 at random moments, resume, and compare with a run that was left alone."""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gradewise.cli.training.demonstration import write_generated
from gradewise.workflows.runs.state import read_run_state

GRADEWISE = (sys.executable, "-c", "from gradewise.cli.main import main; main()")
MOMENTS = 20
"""How often each command is killed."""
ESSAYS = 120
RUN = "*/2*_*"
"""Where a run directory lies."""
POLL_S = 0.01
SEED = 11
QUICK = {
    "cv": ("artifacts/cv_metrics.json", ()),
    "tune": ("artifacts/tune_trials.json", ("--n-trials", "8", "--nested-trials", "2")),
}
"""What each command leaves for programs, and options that make it short."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a command's killed runs."""

    command: str
    """Which command."""
    killed: int
    """Runs that were killed while they went on."""
    alike: int
    """Of these, runs whose result is byte for byte that of the unbroken run."""
    told_dead: int
    """Of these, runs that were reported dead before they were resumed."""


def main() -> None:
    """Kill, resume, compare; print one line for each command."""
    generator = random.Random(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        essays = write_generated(ESSAYS, SEED, Path(scratch) / "essays.csv")
        for command in sys.argv[1:] or list(QUICK):
            tally = _kill_often(command, essays, Path(scratch) / command, generator)
            print(
                f"{tally.command}: killed {tally.killed}, told dead {tally.told_dead}, resumed to the same "
                f"bytes {tally.alike}",
                flush=True,
            )


def _kill_often(command: str, essays: Path, directory: Path, generator: random.Random) -> Tally:
    artifact, options = QUICK[command]
    arguments = (command, str(essays), "--checker", "none", *options, "--quiet")
    _run(*arguments, "--output", str(directory / "unbroken"))
    unbroken = _artifact(directory / "unbroken", artifact)
    lasted = read_run_state(_run_in(directory / "unbroken")).elapsed_seconds
    tried = killed = alike = dead = 0
    while killed < MOMENTS:
        tried += 1
        output = directory / f"killed_{tried}"
        run = _killed(arguments, output, after=generator.uniform(0, lasted))
        if run is None or read_run_state(run).state == "completed":
            continue  # it came too late
        killed += 1
        dead += read_run_state(run).state == "dead"
        _run("runs", "resume", str(run), "--quiet")
        alike += _artifact(output, artifact) == unbroken
    return Tally(command, killed, alike, dead)


def _killed(arguments: Sequence[str], output: Path, *, after: float) -> Path | None:
    """The directory of a run that was killed so long after it began; nothing when it had ended by then."""
    process = subprocess.Popen(
        [*GRADEWISE, *arguments, "--output", str(output)],
        start_new_session=True,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None and not list(output.glob(RUN)):
        time.sleep(POLL_S)
    time.sleep(after)
    ended = process.poll() is not None
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return None if ended else _run_in(output)


def _run_in(output: Path) -> Path:
    """The only run of an output directory."""
    (run,) = (path for path in output.glob(RUN) if path.is_dir())
    return run


def _run(*arguments: str) -> None:
    subprocess.run([*GRADEWISE, *arguments], check=True, stdout=subprocess.DEVNULL)


def _artifact(output: Path, name: str) -> str:
    (path,) = output.glob(f"*/*/{name}")
    content = path.read_text()
    json.loads(content)
    return content


if __name__ == "__main__":
    main()
