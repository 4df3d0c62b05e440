"""`gradewise watch` and `gradewise registry push`, as they are typed."""

import json
from pathlib import Path

import pytest

from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import made_up_class_bundle
from trials import Command, small_plan


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan that is never followed to its end."""
    (tmp_path / "data").mkdir()
    return small_plan(tmp_path)


def test_a_dataset_that_cannot_be_used_is_a_run_that_failed(command: Command, plan: Path) -> None:
    """The watcher tells why, the run does too, and neither the next look nor a restart tries again."""
    Path("data/set_20260301.csv").write_text("text,grade\none,A,too many\n")
    Path("data/set_20260230.csv").write_text("text,grade\n")
    asked = ("watch", "data", "--config", plan, "--pattern", "set_%Y%m%d.csv", "--once", "--settle", "0")
    done = command(*asked, "--json")
    told = [json.loads(line) for line in done.out.splitlines()]
    steps = {each["step"]: each for each in told if each["event"] == "dataset_step"}
    assert (1, ["taken", "began", "failed"]) == (done.code, list(steps))
    assert "3 fields, and the header has 2" in steps["failed"]["reason"]
    assert any("holds no date" in each.get("message", "") for each in told)
    status = json.loads((Path(steps["failed"]["run"]) / "status.json").read_text())
    assert ("failed", "train", "set_20260301") == (status["state"], status["command"], status["run_name"])
    again = command(*asked)
    assert (0, "no new dataset") == (again.code, again.out.strip().splitlines()[-1])


def test_what_cannot_be_watched_is_refused(command: Command, plan: Path) -> None:
    """No directory, and a pattern that names no day."""
    assert "directory of datasets" in command("watch", "none", "--config", plan, "--once").complaint
    assert "part of a date" in command("watch", "data", "--config", plan, "--pattern", "a_%Y.csv").complaint
    assert not Path("data/.gradewise-watch").exists()


def test_a_model_is_pushed(command: Command, tmp_path: Path) -> None:
    """Where to is said; a key in the address is refused and not repeated."""
    bundle = write_bundle(made_up_class_bundle(), tmp_path / "bundle")
    done = command("registry", "push", bundle, f"file://{tmp_path}/bucket/intents")
    assert f"file://{tmp_path}/bucket/intents/20260131_120000" in done.out.replace("\n", "")
    names = {path.name for path in (tmp_path / "bucket" / "intents" / "20260131_120000").iterdir()}
    assert {"model.tar", "metadata.json"} == names
    refused = command("registry", "push", bundle, "s3://anna:secretkey@models/x")
    assert (2, False) == (refused.code, "secretkey" in refused.err)
    assert "no address" in command("registry", "push", bundle, "models/x").complaint
