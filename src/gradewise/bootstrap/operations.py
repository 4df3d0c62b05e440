"""The files that watch a scoring service, and those that carry it."""

from collections.abc import Mapping

from gradewise.adapters.metric_names import ANSWER_DRIFT_METRICS, metrics_markdown
from gradewise.adapters.service_metric_names import SERVICE_METRICS
from gradewise.reporting.operations import (
    alert_tests_yaml,
    alerts_yaml,
    dashboard_json,
    drift_timer,
    drift_unit,
    installing_page,
    logrotate_rules,
    nginx_site,
    operations_page,
    prune_timer,
    prune_unit,
    systemd_environment,
    systemd_unit,
)


def operations_files() -> Mapping[str, bytes]:
    """Each by its path, as this version makes them."""
    return {
        "README.md": operations_page(metrics=metrics_markdown((*SERVICE_METRICS, *ANSWER_DRIFT_METRICS))),
        "grafana/gradewise.json": dashboard_json(),
        "prometheus/alerts.yml": alerts_yaml(),
        "prometheus/alerts_test.yml": alert_tests_yaml(),
        "installing.md": installing_page(),
        "logrotate/gradewise": logrotate_rules(),
        "nginx/gradewise.conf": nginx_site(),
        "systemd/environment": systemd_environment(),
        "systemd/gradewise.service": systemd_unit(),
        "systemd/gradewise-drift.service": drift_unit(),
        "systemd/gradewise-drift.timer": drift_timer(),
        "systemd/gradewise-prune.service": prune_unit(),
        "systemd/gradewise-prune.timer": prune_timer(),
    }
