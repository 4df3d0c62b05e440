"""What watches a scoring service: a dashboard, alerts with their tests, a page, a unit."""

from gradewise.reporting.operations.alert_files import alert_tests_yaml, alerts_yaml
from gradewise.reporting.operations.dashboard import dashboard_json
from gradewise.reporting.operations.operations_page import operations_page
from gradewise.reporting.operations.systemd_unit import drift_timer, drift_unit, systemd_unit

__all__ = [
    "alert_tests_yaml", "alerts_yaml", "dashboard_json", "drift_timer", "drift_unit", "operations_page",
    "systemd_unit",
]  # fmt: skip
