"""Alerts as Prometheus reads them, and their trials as promtool runs them."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from gradewise.reporting.operations.alert import Alert, Told
from gradewise.reporting.operations.alerts import ALERTS, WELL

WHERE = {"job": "gradewise", "instance": "here:8080"}
"""Labels that Prometheus itself gives to what it fetches, in trials."""
ALERTS_FILE = "alerts.yml"
ENDS = "2h"
"""When a service that fares well is looked at."""
_HEAD = "# Made by: gradewise ops export. Change what makes it, not this file.\n"


def alerts_yaml() -> bytes:
    """The rules, for ``rule_files`` of Prometheus."""
    rules = [
        {
            "alert": alert.name,
            "expr": alert.expression,
            "for": alert.lasts,
            "labels": {"severity": alert.severity},
            "annotations": _annotations(alert),
        }
        for alert in ALERTS
    ]
    return _yaml({"groups": [{"name": "gradewise", "rules": rules}]})


def alert_tests_yaml() -> bytes:
    """Trials for ``promtool test rules``: each alert goes off when it should, and none when all is well."""
    well = {
        "name": "all is well",
        "interval": "1m",
        "input_series": _series(WELL),
        "alert_rule_test": [
            {"eval_time": ENDS, "alertname": alert.name, "exp_alerts": []} for alert in ALERTS
        ],
    }
    return _yaml(
        {
            "rule_files": [ALERTS_FILE],
            "evaluation_interval": "5m",
            "tests": [well, *(_trial(alert) for alert in ALERTS)],
        }
    )


def _trial(alert: Alert) -> dict[str, Any]:
    expected = {
        "exp_labels": {**WHERE, **alert.labels, "severity": alert.severity},
        "exp_annotations": _annotations(alert),
    }
    return {
        "name": alert.name,
        "interval": "1m",
        "input_series": _series(alert.trial),
        "alert_rule_test": [
            {"eval_time": alert.goes_off, "alertname": alert.name, "exp_alerts": [expected]},
        ],
    }


def _annotations(alert: Alert) -> dict[str, str]:
    return {"summary": alert.summary, "description": alert.means, "runbook": alert.do}


def _series(told: Sequence[Told]) -> list[dict[str, str]]:
    return [
        {"series": f"{each.name}{{{_labels({**WHERE, **each.labels})}}}", "values": each.values}
        for each in told
    ]


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{label}="{value}"' for label, value in labels.items())


def _yaml(value: object) -> bytes:
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110)
    return (_HEAD + text).encode()
