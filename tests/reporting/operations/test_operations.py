"""What watches a service: a dashboard, alerts and their trials, in step with metrics that there are."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from gradewise.adapters.metric_names import ANSWER_DRIFT_METRICS
from gradewise.adapters.service_metric_names import SERVICE_METRICS
from gradewise.bootstrap.operations import operations_files
from gradewise.cli.main import run
from gradewise.cli.program import named_command
from gradewise.reporting.operations.alerts import ALERTS, WELL
from gradewise.reporting.operations.dashboard import dashboard
from gradewise.serving.limits import Limits

OPS = Path(__file__).parents[3] / "ops"
ENDINGS = {
    "counter": ("",),
    "gauge": ("",),
    "summary": ("_sum", "_count"),
    "histogram": ("_bucket", "_sum", "_count"),
}
SHOWN = {each.name + ending: each for each in SERVICE_METRICS for ending in ENDINGS[each.kind]}
"""Every series that a service shows, by its name."""
OTHERS = {
    "up", "gradewise_process_resident_memory_bytes", "gradewise_process_cpu_seconds_total",
    "gradewise_drift_alarm", *(each.name for each in ANSWER_DRIFT_METRICS),
}  # fmt: skip
EVERYWHERE = {"job", "instance"}
WORDS = {"by", "on", "and", "or", "unless", "group_left", "ignoring", "bool"}
_SELECTOR = re.compile(r"([a-z_:][a-z0-9_:]*)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'([a-z_]+)(=~|!~|!=|=)"([^"]*)"')
_GROUPING = re.compile(r"\b(?:by|on|ignoring|group_left)\s*\(([^)]*)\)")


def selectors(expression: str) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Each name of a series in an expression, with its matchers: label, operator, value."""
    bare = re.sub(r"\[[^\]]*\]", "", _GROUPING.sub("", expression))
    for found in _SELECTOR.finditer(bare):
        name, matchers = found.group(1), found.group(2)
        is_part = bare[: found.start()][-1:].isalnum()
        is_called = bare[found.end() :].lstrip().startswith("(")
        if name in WORDS or is_part or is_called:
            continue
        yield name, _MATCHER.findall(matchers or "")


def expressions() -> dict[str, str]:
    """Every expression of alerts and dashboard, by where it stands."""
    panels = {
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in dashboard()["panels"]
        for target in panel.get("targets", ())
    }
    return panels | {alert.name: alert.expression for alert in ALERTS}


@pytest.mark.parametrize("where", sorted(expressions()))
def test_every_expression_asks_for_what_there_is(where: str) -> None:
    """Names of metrics, their labels, and the values of those that are known beforehand."""
    expression = expressions()[where]
    named = dict(selectors(expression))
    assert named
    assert set() == named.keys() - SHOWN.keys() - OTHERS
    known = EVERYWHERE | {"le"}
    for name, matchers in selectors(expression):
        labels = set(SHOWN[name].labels) if name in SHOWN else set()
        known |= labels
        for label, operator, value in matchers:
            assert label in labels | EVERYWHERE
            foreseen = SHOWN[name].values.get(label) if name in SHOWN else None
            if foreseen is not None:
                assert set(value.split("|") if "~" in operator else [value]) <= set(foreseen)
    for grouped in _GROUPING.findall(expression):
        assert {label.strip() for label in grouped.split(",")} - {""} <= known


def test_names_in_expressions_are_found() -> None:
    """Functions, groupings, ranges and numbers are none."""
    asked = 'sum by (le) (rate(a_bucket{x="1",y!~"b|c"}[5m])) / on (job) group_left () b > 0.5 and up'
    assert [("a_bucket", [("x", "=", "1"), ("y", "!~", "b|c")]), ("b", []), ("up", [])] == list(
        selectors(asked)
    )


def test_trials_tell_of_what_there_is() -> None:
    """A trial with a label that no series has would prove nothing."""
    for told in (*WELL, *(each for alert in ALERTS for each in alert.trial)):
        if told.name in OTHERS:
            continue
        metric = SHOWN[told.name]
        assert set(metric.labels) | ({"le"} if metric.kind == "histogram" else set()) >= told.labels.keys()
        for label, value in told.labels.items():
            assert value in metric.values.get(label, (value,))
        if "le" in told.labels and told.labels["le"] != "+Inf":
            assert float(told.labels["le"]) in metric.buckets


def test_what_is_committed_is_what_is_made() -> None:
    """Whoever changes a table runs: gradewise ops export ops."""
    found = {path.relative_to(OPS).as_posix(): path.read_bytes() for path in OPS.rglob("*") if path.is_file()}
    assert dict(operations_files()) == found


def test_the_dashboard_opens() -> None:
    """It is JSON, its panels have numbers of their own and do not lie on each other."""
    panels = json.loads(operations_files()["grafana/gradewise.json"])["panels"]
    assert len(panels) == len({panel["id"] for panel in panels})
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def test_every_metric_that_was_promised_is_on_the_dashboard() -> None:
    """And in general every one but those that only name the process."""
    shown = {name for expression in expressions().values() for name, _ in selectors(expression)}
    left_out = {
        each.name
        for each in SERVICE_METRICS
        if not {each.name + ending for ending in ENDINGS[each.kind]} & shown
    }
    assert {
        "cj_ml_service_info", "cj_ml_model_loaded_timestamp_seconds", "cj_ml_model_looked_timestamp_seconds",
        "cj_ml_request_duration_seconds",
    } == left_out  # fmt: skip


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    """In words, with commands that there are."""
    assert len(ALERTS) == len({alert.name for alert in ALERTS})
    for alert in ALERTS:
        assert alert.means.endswith(".")
        assert alert.do.endswith(".")
        for first, second in re.findall(r"\bgradewise ([a-z]+)(?: ([a-z]+))?", f"{alert.do} {alert.means}"):
            assert first == "itself" or named_command([first, second])


def test_the_unit_fits_the_page_and_the_site() -> None:
    """The service asks for tokens behind its proxy, may write where its settings lead, and stops in time."""
    files = {name: content.decode() for name, content in operations_files().items()}
    unit, settings = files["systemd/gradewise.service"], files["systemd/environment"]
    assert "--tokens /etc/gradewise/tokens/tokens.json" in unit
    assert "EnvironmentFile=/etc/gradewise/environment" in unit
    places = re.findall(r"^GRADEWISE_\w+_DIR=(.*)$", settings, re.MULTILINE)
    assert [True] * 3 == [place.startswith("/var/lib/gradewise/") for place in places]
    assert "proxy_pass http://127.0.0.1:8080" in files["nginx/gradewise.conf"]
    assert f"client_max_body_size    {Limits().batch_bytes // 10**6}m" in files["nginx/gradewise.conf"]


def test_the_page_of_installing_names_commands_and_files_that_there_are() -> None:
    """Nobody should find out on the day when a disk is gone."""
    page = operations_files()["installing.md"].decode()
    commands = re.findall(r"^as ([a-z]+) ([a-z]+)", page, re.MULTILINE)
    files = re.findall(r"\b((?:systemd|nginx|logrotate)/[a-z.-]+)\b", page)
    elsewhere = {"systemd/system", "nginx/sites-available", "nginx/sites-enabled"}
    assert commands
    assert {"systemd", "nginx", "logrotate"} == {name.partition("/")[0] for name in files}
    for first, second in commands:
        assert named_command([first, second])
    for name in files:
        assert name in operations_files() or name in elsewhere


def test_everything_is_exported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where somebody says, over what was there."""
    for _ in "12":
        assert 0 == run(["ops", "export", str(tmp_path / "new")])
    assert set(operations_files()) == {
        path.relative_to(tmp_path / "new").as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    assert "alerts_test.yml" in capsys.readouterr().out


@pytest.fixture(scope="module")
def promtool() -> str:
    """The tool that comes with Prometheus."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed; Debian has it in the package prometheus")
    return found


def asked(promtool: str, *arguments: str, within: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says."""
    return subprocess.run(
        [promtool, *arguments], cwd=within, capture_output=True, text=True, check=False, timeout=60
    )


def test_prometheus_accepts_every_expression(promtool: str, tmp_path: Path) -> None:
    """Alerts as they are, and what the dashboard asks with a window of five minutes."""
    rules = [
        {"record": f"panel_{number}", "expr": expression.replace("$__rate_interval", "5m")}
        for number, expression in enumerate(expressions().values())
    ]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    for path in (tmp_path / "panels.yml", OPS / "prometheus" / "alerts.yml"):
        said = asked(promtool, "check", "rules", str(path), within=tmp_path)
        assert 0 == said.returncode, said.stdout + said.stderr


def test_alerts_go_off_when_they_should_and_only_then(promtool: str, tmp_path: Path) -> None:
    """Each in its trial, none of a service that fares well; and a trial notices a rule that is wrong."""
    tried = asked(promtool, "test", "rules", "alerts_test.yml", within=OPS / "prometheus")
    assert 0 == tried.returncode, tried.stdout + tried.stderr
    trials = yaml.safe_load((OPS / "prometheus" / "alerts_test.yml").read_text())
    trials["tests"] = [each for each in trials["tests"] if each["name"] == "GradewiseReviewsOld"]
    (tmp_path / "alerts_test.yml").write_text(yaml.safe_dump(trials))
    rules = (OPS / "prometheus" / "alerts.yml").read_text()
    (tmp_path / "alerts.yml").write_text(rules.replace("3 * 86400", "30 * 86400"))
    wrong = asked(promtool, "test", "rules", "alerts_test.yml", within=tmp_path)
    assert 0 != wrong.returncode
    assert "GradewiseReviewsOld" in wrong.stdout + wrong.stderr
