"""Killed, interrupted, out of disk: nothing is half-written, the status tells, and a rerun works."""

import os
import signal
import subprocess
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from disturbed_training import train_slowly, train_until_killed, train_with_small_files
from forked import begin, end
from gradewise.cli.main import run
from gradewise.workflows.runs.state import read_run_state
from trials import essay_rows, only_run, read_json, require_whole, small_plan, write_csv

SOURCE = str(Path(__file__).parents[2] / "src")


@pytest.fixture(autouse=True)
def _environment(cache_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
    monkeypatch.setenv("PYTHONPATH", SOURCE)


def quick_plan() -> None:
    """A plan that takes no time."""
    small_plan(Path(), essay_rows(60), features={"groups": ["length"]})


def command(*arguments: str) -> list[str]:
    """`gradewise` as a process of its own."""
    return [sys.executable, "-c", "from gradewise.cli.main import main; main()", *arguments]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory, cache_directory: Path) -> Path:
    """A run of the quick plan that nobody has disturbed."""
    directory = tmp_path_factory.mktemp("unbroken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADEWISE_CACHE_DIR", str(cache_directory))
        patch.chdir(directory)
        quick_plan()
        assert 0 == run(["train", "plan.yaml", "-o", "output", "-q"])
    return only_run(directory / "output")


@pytest.mark.parametrize(
    ("stage", "module", "name", "call"),
    [
        ("training", "gradewise.workflows.training.learning", "fit_grader", 1),
        ("training", "gradewise.models.cross_fit", "grow_member", 2),
        ("bundle and report", "gradewise.workflows.training.trained_run", "render_html", 1),
        ("bundle and report", "gradewise.models.bundles.storage", "sync_directory", 1),
    ],
)
def test_a_killed_run_leaves_nothing_half_written_and_goes_on(
    stage: str, module: str, name: str, call: int, unbroken: Path
) -> None:
    """After the features, in a fold, between reports, and before the bundle moves into place.

    The run is known to be dead, and when it is resumed it ends as one that was never killed.
    """
    quick_plan()
    assert -signal.SIGKILL == end(begin(train_until_killed, module, name, call))
    directory = only_run(Path("output"))
    status = read_json(directory / "status.json")
    assert ("running", stage) == (status["state"], status["stage"])
    require_whole(directory)
    assert not (directory / "artifacts" / "bundle").exists()
    assert ("dead", stage) == (read_run_state(directory).state, read_run_state(directory).stage)
    assert 0 == run(["runs", "resume", "latest", "-q"])
    assert ("completed", 1) == (read_run_state(directory).state, read_run_state(directory).resumed)
    assert directory == only_run(Path("output"))
    assert not list(directory.rglob(".*"))
    records = [read_json(each / "reports" / "report.json") for each in (directory, unbroken)]
    for key in ("evaluations", "baselines", "importance", "data", "sections", "verdict", "plan_yaml"):
        assert records[0][key] == records[1][key], key
    models = [each / "artifacts" / "bundle" / "model.onnx" for each in (directory, unbroken)]
    assert models[0].read_bytes() == models[1].read_bytes()
    assert read_run_state(unbroken).metrics == read_run_state(directory).metrics


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="tells files by /proc")
@pytest.mark.parametrize(
    "name",
    ["status.json", "plan.yaml", "splits.json", "report.md", "report.html", "model.onnx", "signature.sha256"],
)
def test_a_full_disk_is_one_line_and_nothing_half_written(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whichever file the disk fills up with: exit code 1, a line that says so, whole files, no debris."""
    quick_plan()
    real, full = os.fsync, list[str]()

    def fsync(descriptor: int) -> None:
        written = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if full or name in written:
            full.append(written)
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert 1 == run(["train", "plan.yaml", "-o", "output", "-q"])
    said = capsys.readouterr()
    assert (1, "error: ") == (said.err.count("\n"), said.err[:7])
    assert "No space left on device" in said.err
    assert name in full[0]
    require_whole(Path("output"))
    assert not list(Path("output").rglob(".*"))
    assert not list(Path("output").rglob("artifacts/bundle"))


def test_a_file_that_may_not_grow_is_not_left_half(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's own limit on file sizes the command ends the same way, cache or no cache."""
    quick_plan()
    monkeypatch.setenv("GRADEWISE_CACHE_DIR", "fresh")
    assert 1 == end(begin(train_with_small_files, 5_000, said=Path("said")))
    said = Path("said").read_text(encoding="utf-8")
    assert 1 == said.count("\n"), said
    assert "File too large" in said
    directory = only_run(Path("output"))
    assert "failed" == read_json(directory / "status.json")["state"]
    require_whole(directory)


@pytest.mark.parametrize(
    ("number", "code", "reason"),
    [
        (signal.SIGTERM, 143, "stopped by signal SIGTERM"),
        (signal.SIGINT, 130, "stopped by the user"),
    ],
)
def test_a_stopped_run_is_recorded_as_failed(
    number: signal.Signals, code: int, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C and a polite end of the process leave a status that says what happened.

    Until then the run is known to go on, is left alone, and shows its stacks when it is asked for them.
    """
    quick_plan()
    process = begin(train_slowly, said=Path("said"))
    await_stage("training")
    assert "running" == read_run_state(only_run(Path("output"))).state
    assert 2 == run(["runs", "resume", "train"])
    assert "is going on" in capsys.readouterr().err
    await_stacks(process, only_run(Path("output")) / "fault.log")
    send(process, number)
    assert code == end(process)
    assert Path("said").read_text(encoding="utf-8").count("\n") <= 1
    status = read_json(only_run(Path("output")) / "status.json")
    assert ("failed", reason, number.name) == (status["state"], status["failure_reason"], status["signal"])
    assert 0 == run(["runs", "tail", "-n", "1"])
    assert f"failed ({number.name})" in capsys.readouterr().out


def await_stage(name: str) -> None:
    """Wait until a run under ``output`` has reached a stage."""
    for _ in range(900):
        found = list(Path("output").glob("*/*/status.json"))
        if found and read_json(found[0])["stage"] == name:
            return
        time.sleep(0.05)
    pytest.fail(f"no run has reached {name!r}")


def send(process: BaseProcess, number: signal.Signals) -> None:
    """Send a signal to a process."""
    assert process.pid is not None
    os.kill(process.pid, number)


def await_stacks(process: BaseProcess, log: Path) -> None:
    """Ask for the stacks of a slow run until they are in its log: a stage is told before its work begins."""
    for turn in range(100):
        if turn % 20 == 0:
            send(process, signal.SIGUSR1)
        if "in slow\n" in log.read_text():
            return
        time.sleep(0.05)
    pytest.fail(f"no stacks in {log}: {log.read_text()}")


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    """`gradewise … | head -1` shows a line and no complaint."""
    write_csv(Path("essays.csv"), essay_rows(20))
    reader = "read line; echo $line"
    piped = subprocess.run(  # noqa: S602
        f"{sys.executable} -c 'from gradewise.cli.main import main; main()' doctor | ({reader})",
        shell=True,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ("", 1) == (piped.stderr, piped.stdout.count("\n"))


LIGHT = """
import sys
from gradewise.cli.main import run
run(sys.argv[1:])
heavy = "numpy lightgbm xgboost onnx onnxruntime sklearn scipy harper jinja2 wordfreq"
print("loaded:", *sorted(set(heavy.split()) & set(sys.modules)))
"""


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["--version"], ["trian"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """Asking what a command does costs no model library."""
    asked = subprocess.run(
        [sys.executable, "-c", LIGHT, *arguments], check=True, capture_output=True, text=True
    )
    assert "loaded:" == asked.stdout.splitlines()[-1]


def test_importing_the_package_is_light() -> None:
    """`import gradewise` loads none of its libraries."""
    script = "import sys, gradewise; print({'numpy', 'typer', 'rich'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert "set()" == found.stdout.strip()


def test_a_terminal_without_letters_is_no_fault() -> None:
    """Where the terminal knows ASCII only, what it lacks is shown by number."""
    asked = subprocess.run(
        command("score", "å.txt"),
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert (2, True) == (asked.returncode, asked.stderr.isascii())
    assert b"Traceback" not in asked.stderr
