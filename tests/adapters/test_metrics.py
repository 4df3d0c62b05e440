"""Metrics of a job, as Prometheus reads them, and the ways out."""

import base64
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from gradewise.adapters.metric_names import METRICS, MOST_VALUES, metrics_markdown
from gradewise.adapters.metrics_output import Outlets, metrics_out
from gradewise.adapters.prometheus_metrics import JobMetrics
from gradewise.telemetry import Event, Notice, StageAdvanced, StageFinished, StageStarted, silent
from gradewise.testing.contracts.experiment_tracker import make_experiment_entry
from gradewise.work_events import (
    ActEnded,
    CommandBegan,
    CommandEnded,
    DriftMeasured,
    EssaysRead,
    GatesJudged,
    RunBegan,
    RunEnded,
    SearchAdvanced,
    StepTaken,
)

RUN = make_experiment_entry()
LIFE: tuple[Event, ...] = (
    CommandBegan("train"),
    StageStarted("features", 4, "essays"),
    StageAdvanced("features", 3),
    StageFinished("features", 2.0),
    StageFinished("features", 3.0),
    EssaysRead("csv", 150, 0.5),
    RunBegan(RUN),
    SearchAdvanced("search", 1, 40, None),
    SearchAdvanced("search", 2, 40, 0.25),
    RunEnded(replace(RUN, metrics={"qwk": 0.5, "qwk_sd": 0.01, "rps": None, "gain_of_a_column": 1.0})),
    ActEnded("promote", "essays 1", "not passed", 2.0),
    GatesJudged("essays 1", "plan", passed=False, short=("qwk", "mae")),
    DriftMeasured(
        model="essays", verdict="drift", n_texts=80, checks={"drift": 1, "alike": 3}, moved={"words": 2.5}
    ),
    DriftMeasured(model="essays", version="3", verdict="drift", n_texts=70, moved={"confidence": 1.5}),
    StepTaken("promote", "copied", "essays 1"),
    Notice("a word"),
    CommandEnded("train", "done", 9.0),
)
"""Something of everything."""


def job(*events: Event) -> JobMetrics:
    """Metrics that have heard events, at a time of its own."""
    metrics = JobMetrics(version="1.2", clock=lambda: 1000.0)
    for event in events:
        metrics.hear(event)
    return metrics


def samples(text: str) -> dict[str, float]:
    """Every sample by its name and labels, as Prometheus' own parser reads them."""
    return {
        " ".join(
            [sample.name, *(f"{key}={value}" for key, value in sorted(sample.labels.items()))]
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_command_is_told_in_figures() -> None:
    """Duration, outcome, stages, essays, quality, search, acts and gates."""
    found = samples(job(*LIFE).exposition().decode())
    expected = {
        "gradewise_info version=1.2": 1,
        "gradewise_commands_total command=train outcome=done": 1,
        "gradewise_command_seconds command=train": 9,
        "gradewise_command_start_timestamp_seconds command=train": 1000,
        "gradewise_command_success_timestamp_seconds command=train": 1000,
        "gradewise_run_active command=cv": 0,
        "gradewise_runs_total command=cv outcome=completed": 1,
        "gradewise_run_seconds_sum command=cv outcome=completed": 1.25,
        "gradewise_stage_seconds_count command=train stage=features": 2,
        "gradewise_stage_seconds_sum command=train stage=features": 5,
        "gradewise_stage_units_done command=train stage=features unit=essays": 3,
        "gradewise_stage_units_expected command=train stage=features unit=essays": 4,
        "gradewise_essays_read_total source=csv": 150,
        "gradewise_essays_reading_seconds_sum source=csv": 0.5,
        "gradewise_model_quality command=cv experiment=essays figure=qwk": 0.5,
        "gradewise_model_quality command=cv experiment=essays figure=qwk_sd": 0.01,
        "gradewise_search_trials_done search=search": 2,
        "gradewise_search_trials_expected search=search": 40,
        "gradewise_search_best_loss search=search": 0.25,
        "gradewise_registry_acts_total act=promote outcome=not passed": 1,
        "gradewise_registry_act_seconds_sum act=promote outcome=not passed": 2,
        "gradewise_gate_reports_total gates=plan verdict=not passed": 1,
        "gradewise_gate_shortfalls_total figure=mae": 1,
        "cj_ml_drift_alarm model_name=essays model_version=3": 1,
        "cj_ml_drift_answers model_name=essays model_version=3": 70,
        "cj_ml_drift_moved check=confidence model_name=essays model_version=3": 1.5,
        "cj_ml_drift_timestamp_seconds model_name=essays model_version=3": 1000,
        "gradewise_drift_alarm model=essays": 1,
        "gradewise_drift_checks model=essays verdict=alike": 3,
        "gradewise_drift_checks model=essays verdict=too few": 0,
        "gradewise_drift_moved check=words model=essays": 2.5,
        "gradewise_notices_total command=train": 1,
    }
    assert expected.items() <= found.items()
    assert not any("gain_of_a_column" in name or "_created" in name for name in found)


def test_every_metric_of_the_table_is_offered_and_no_other() -> None:
    """The table that documentation shows is what there is; names do not clash with node_exporter's own."""
    families = text_string_to_metric_families(job(*LIFE).exposition().decode())
    offered = {family.name for family in families if not family.name.startswith("gradewise_process_")}
    assert {each.name.removesuffix("_total") for each in METRICS} == {
        name.removesuffix("_total") for name in offered
    }
    assert all(f"`{each.name}`" in metrics_markdown() for each in METRICS)
    page = Path(__file__).parents[2] / "docs" / "registry.md"
    assert metrics_markdown().strip() in page.read_text(encoding="utf-8")


def test_a_command_that_failed_has_no_time_of_success() -> None:
    """So that an alert on its age goes off."""
    found = samples(job(CommandBegan("train"), CommandEnded("train", "failed", 1.0)).exposition().decode())
    assert 1 == found["gradewise_commands_total command=train outcome=failed"]
    assert not any(name.startswith("gradewise_command_success") for name in found)


def test_labels_take_few_values() -> None:
    """Whatever stages there are, the number of series is bounded, and so is the length of a value."""
    metrics = job(*(StageFinished(f"{'x' * 200}{number}"[-150:], 1.0) for number in range(MOST_VALUES + 40)))
    found = samples(metrics.exposition().decode())
    stages = [name for name in found if name.startswith("gradewise_stage_seconds_count")]
    assert len(stages) <= MOST_VALUES + 1
    assert max(map(len, stages)) < 200


def test_threads_may_report_at_once() -> None:
    """Nothing is lost."""
    metrics = job()

    def report() -> None:
        for _ in range(200):
            metrics.hear(Notice("a"))

    threads = [threading.Thread(target=report) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 800 == samples(metrics.exposition().decode())["gradewise_notices_total command="]


def read(address: str) -> str:
    """What is served there."""
    with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an address of this test
        return str(answer.read(), "utf-8")


@dataclass
class Gateway:
    """What stands in for a push gateway, and what it was sent."""

    address: str = ""
    status: int = 200
    silent_s: float = 0.0
    sent: list[tuple[str, str, str, str]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A real HTTP server."""
    kept = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            time.sleep(kept.silent_s)
            kept.sent.append((self.command, self.path, self.headers.get("Authorization", ""), body))
            self.send_response(kept.status)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    kept.address = f"127.0.0.1:{server.server_port}"
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


def test_metrics_are_pushed_when_a_command_ends(gateway: Gateway) -> None:
    """By POST, so that others of the group stay; by machine and command; with user and password."""
    outlets = Outlets(
        push=f"http://anna:p%40ss@{gateway.address}", grouping={"instance": "host-1", "command": "train"}
    )
    with metrics_out(job(*LIFE), outlets, silent):
        pass
    ((method, path, authorization, body),) = gateway.sent
    assert ("POST", "/metrics/job/gradewise/command/train/instance/host-1") == (method, path)
    assert "Basic " + base64.b64encode(b"anna:p@ss").decode() == authorization
    assert 150 == samples(body)["gradewise_essays_read_total source=csv"]


def test_a_gateway_that_refuses_or_is_not_there_is_a_notice(gateway: Gateway) -> None:
    """Said once, without the password."""
    heard: list[Event] = []
    gateway.status = 500
    outlets = Outlets(push=f"http://anna:geheim@{gateway.address}")
    with metrics_out(job(), outlets, heard.append, every_s=0.02):
        time.sleep(0.2)
    with metrics_out(job(), Outlets(push="http://anna:geheim@127.0.0.1:9"), heard.append):
        pass
    refused, absent = [event.message for event in heard if isinstance(event, Notice)]
    assert f"metrics are not pushed to http://anna:***@{gateway.address}: HTTP Error 500" in refused
    assert "metrics are not pushed to http://anna:***@127.0.0.1:9: " in absent


def test_a_gateway_that_is_silent_costs_seconds(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command ends all the same."""
    monkeypatch.setattr("gradewise.adapters.metrics_output.PATIENCE_S", 0.1)
    heard: list[Event] = []
    gateway.silent_s = 0.5
    began = time.monotonic()
    with metrics_out(job(), Outlets(push=f"http://{gateway.address}"), heard.append):
        pass
    assert time.monotonic() - began < 0.45
    assert 1 == len(heard)


def test_a_file_is_written_whole_again_and_again(tmp_path: Path) -> None:
    """While a command runs and when it has ended; a reader never meets a part."""
    path, metrics = tmp_path / "deep" / "gradewise.prom", job(CommandBegan("train"))
    with metrics_out(metrics, Outlets(file=path), silent, every_s=0.01):
        while not path.is_file():
            time.sleep(0.005)
        assert "gradewise_info version=1.2" in samples(path.read_text())
        metrics.hear(CommandEnded("train", "done", 1.0))
    assert 1 == samples(path.read_text())["gradewise_commands_total command=train outcome=done"]
    assert ["gradewise.prom"] == [each.name for each in path.parent.iterdir()]


def test_a_file_that_cannot_be_written_is_a_notice(tmp_path: Path) -> None:
    """A command is none the worse."""
    heard: list[Event] = []
    (tmp_path / "file").touch()
    with metrics_out(job(), Outlets(file=tmp_path / "file" / "a.prom"), heard.append):
        pass
    assert [f"metrics are not written to {tmp_path}/file/a.prom: File exists"] == [
        event.message for event in heard if isinstance(event, Notice)
    ]


def test_metrics_are_served_while_a_command_runs() -> None:
    """At the address that the notice names, by the loopback alone; a port that is taken is a notice too."""
    heard: list[Event] = []
    with metrics_out(job(*LIFE), Outlets(port=0), heard.append):
        assert isinstance(heard[0], Notice)
        address = heard[0].message.removeprefix("metrics are served at ")
        assert address.startswith("http://127.0.0.1:")
        found = samples(read(address))
        port = int(address.split(":")[2].split("/")[0])
        with metrics_out(job(), Outlets(port=port), heard.append):
            pass
    assert 150 == found["gradewise_essays_read_total source=csv"]
    assert isinstance(heard[1], Notice)
    assert f"metrics are not served at 127.0.0.1:{port}: " in heard[1].message
    with pytest.raises(OSError, match="refused"):
        read(address)
