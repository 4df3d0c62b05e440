"""The dashboard as Grafana reads it."""

import json
from typing import Any

from gradewise.reporting.operations.panel import Panel, Query, Section
from gradewise.reporting.operations.panels import SECTIONS

SCHEMA = 39
"""Version of Grafana's format: that of Grafana 11, which later ones read."""
COLUMNS, WIDTH, HEIGHT = 24, 8, 7
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
INSTANCES = 'instance=~"$instance"'
WINDOW = "[$__rate_interval]"


def dashboard_json() -> bytes:
    """The dashboard, to be imported or provisioned."""
    return (json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n").encode()


def dashboard() -> dict[str, Any]:
    """The dashboard as JSON values."""
    return {
        "uid": "gradewise",
        "title": "gradewise",
        "description": "How a scoring service fares: models, answers, grades, teachers.",
        "tags": ["gradewise"],
        "schemaVersion": SCHEMA,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": _variables()},
        "panels": _placed(),
    }


def expression(query: Query) -> str:
    """What Prometheus is asked, in Grafana's words."""
    return query.expression.replace("{I", "{" + INSTANCES).replace("[W]", WINDOW)


def _variables() -> list[dict[str, Any]]:
    """What a reader chooses above."""
    return [
        {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
        {
            "name": "instance",
            "label": "Instance",
            "type": "query",
            "datasource": SOURCE,
            "query": {"query": "label_values(cj_ml_service_info, instance)", "refId": "instance"},
            "refresh": 2,
            "multi": True,
            "includeAll": True,
            "allValue": ".*",
            "current": {"text": "All", "value": "$__all"},
        },
    ]


def _placed() -> list[dict[str, Any]]:
    """Panels with their places, numbered from 1."""
    placed: list[dict[str, Any]] = []
    y = 0
    for section in SECTIONS:
        placed.append(_heading(section, y))
        y += 1
        for number, panel in enumerate(section.panels):
            place = {"x": number * WIDTH % COLUMNS, "y": y + number * WIDTH // COLUMNS * HEIGHT}
            placed.append(_drawn(panel) | {"gridPos": {**place, "w": WIDTH, "h": HEIGHT}})
        y += -(-len(section.panels) * WIDTH // COLUMNS) * HEIGHT
    return [{"id": number, **panel} for number, panel in enumerate(placed, start=1)]


def _heading(section: Section, y: int) -> dict[str, Any]:
    place = {"x": 0, "y": y, "w": COLUMNS, "h": 1}
    return {"type": "row", "title": section.title, "collapsed": False, "gridPos": place, "panels": []}


def _drawn(panel: Panel) -> dict[str, Any]:
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.says,
        "datasource": SOURCE,
        "targets": [_target(query, number) for number, query in enumerate(panel.queries)],
        "fieldConfig": {"defaults": _defaults(panel), "overrides": []},
        "options": _options(panel),
    }


def _target(query: Query, number: int) -> dict[str, Any]:
    return {
        "refId": chr(ord("A") + number),
        "datasource": SOURCE,
        "expr": expression(query),
        "legendFormat": query.legend or "__auto",
    }


def _defaults(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.limit is not None:
        steps.append({"color": "red", "value": panel.limit})
    found: dict[str, Any] = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries":
        style = "off" if panel.limit is None else "line"
        found["custom"] = {"fillOpacity": 10, "spanNulls": False, "thresholdsStyle": {"mode": style}}
    return found


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        return {
            "textMode": "name" if panel.name_only else "auto",
            "reduceOptions": {"calcs": ["lastNotNull"]},
            "colorMode": "value",
        }
    return {"legend": {"showLegend": True, "placement": "bottom"}, "tooltip": {"mode": "multi"}}
