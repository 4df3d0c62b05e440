"""What every `ExperimentTracker` must do."""

from pathlib import Path

from gradewise.experiments import DatasetUsed, ExperimentEntry
from gradewise.protocols.experiments import ExperimentTracker


def make_experiment_entry(run_name: str = "cv", *, state: str = "completed") -> ExperimentEntry:
    """An entry with something in every field that a store could stumble over."""
    return ExperimentEntry(
        timestamp="2026-01-02T03:04:05.678+00:00",
        run_name=run_name,
        experiment="essays",
        command="cv",
        command_line="gradewise cv plan.yaml --prompt 'Is it `right`?'",
        state=state,
        run_id=f"run-{run_name}",
        started_at="2026-01-02T03:04:04.428+00:00",
        stage="" if state == "completed" else "training",
        correlation_id="c0ffee",
        failure_reason="disk full: [Errno 28]\nmake room" if state == "failed" else None,
        elapsed_seconds=1.25,
        dataset=DatasetUsed(files=("prov på svenska.csv",), sha256="0f" * 32, excluded_prompts=("Läger*",)),
        metrics={"qwk": 0.671, "qwk_sd": 0.014, "rps": None},
        output="output/essays/20260102_030405_cv",
        git_sha="6f8af8f",
        notes=("first", "second"),
        plan={
            "name": "essays",
            "features": {"keep": [f"feature_{number}" for number in range(1_000)]},
            "sweep": {f"key_{number}": number for number in range(150)},
        },
    )


class ExperimentTrackerContract:
    """Inherit, fill in the two methods, and pytest runs every promise of the port against the tracker."""

    def new_tracker(self, directory: Path) -> ExperimentTracker:
        """A tracker that keeps what it is told under a directory, whatever others keep there."""
        raise NotImplementedError

    def recorded_names(self, directory: Path) -> list[str]:
        """The run names that are recorded under a directory, in any order."""
        raise NotImplementedError

    def test_is_a_tracker(self, tmp_path: Path) -> None:
        """It has the shape of the port."""
        assert isinstance(self.new_tracker(tmp_path), ExperimentTracker)

    def test_keeps_what_is_recorded(self, tmp_path: Path) -> None:
        """Finished and failed runs, long plans, undefined figures and other alphabets are all taken."""
        tracker = self.new_tracker(tmp_path)
        tracker.record(make_experiment_entry("first"))
        tracker.record(make_experiment_entry("second", state="failed"))
        assert sorted(self.recorded_names(tmp_path)) == ["first", "second"]

    def test_keeps_a_run_that_is_recorded_twice(self, tmp_path: Path) -> None:
        """A run that failed and went on is there, as both or as what it has become."""
        tracker = self.new_tracker(tmp_path)
        tracker.record(make_experiment_entry(state="failed"))
        tracker.record(make_experiment_entry())
        assert self.recorded_names(tmp_path) in (["cv"], ["cv", "cv"])

    def test_a_run_is_there_once_however_often_it_is_told(self, tmp_path: Path) -> None:
        """It is told as it begins and as it ends, and is one run."""
        tracker = self.new_tracker(tmp_path)
        tracker.record(make_experiment_entry(state="running"))
        tracker.record(make_experiment_entry())
        assert self.recorded_names(tmp_path) == ["cv"]

    def test_adds_to_what_another_has_recorded(self, tmp_path: Path) -> None:
        """Two trackers of one place do not disturb each other."""
        first, second = self.new_tracker(tmp_path), self.new_tracker(tmp_path)
        first.record(make_experiment_entry("a"))
        second.record(make_experiment_entry("b"))
        first.record(make_experiment_entry("c"))
        assert sorted(self.recorded_names(tmp_path)) == ["a", "b", "c"]
