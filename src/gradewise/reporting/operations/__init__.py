"""What watches a scoring service and what carries it: dashboard, alerts, pages, examples."""

from gradewise.reporting.operations.alert_files import alert_tests_yaml, alerts_yaml
from gradewise.reporting.operations.dashboard import dashboard_json
from gradewise.reporting.operations.installing_page import installing_page
from gradewise.reporting.operations.machine_files import logrotate_rules, nginx_site
from gradewise.reporting.operations.operations_page import operations_page
from gradewise.reporting.operations.systemd_unit import (
    drift_timer,
    drift_unit,
    prune_timer,
    prune_unit,
    systemd_environment,
    systemd_unit,
)

__all__ = [
    "alert_tests_yaml",
    "alerts_yaml",
    "dashboard_json",
    "drift_timer",
    "drift_unit",
    "installing_page",
    "logrotate_rules",
    "nginx_site",
    "operations_page",
    "prune_timer",
    "prune_unit",
    "systemd_environment",
    "systemd_unit",
]
