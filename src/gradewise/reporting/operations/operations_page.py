"""The page that says what is measured, what is told when, and what to do then."""

from gradewise.reporting.operations.alerts import ALERTS

_PAGE = """\
# Watching a scoring service

Made by `gradewise ops export ops`, like every file beside it; change what makes them.

| file | for |
|---|---|
| `grafana/gradewise.json` | Grafana: import it, or provision it |
| `prometheus/alerts.yml` | Prometheus: name it under `rule_files` |
| `prometheus/alerts_test.yml` | `promtool test rules prometheus/alerts_test.yml` |
| [`installing.md`](installing.md) | to a service on a machine: secrets, TLS, logs, copies, upgrades |
| `systemd/gradewise.service` | systemd: an example, to be adapted |
| `systemd/gradewise-drift.{{service,timer}}` | systemd: a look at the answers once a day; the same |
| `systemd/gradewise-prune.{{service,timer}}` | systemd: what is kept no longer goes, once a week; the same |
| `systemd/environment` | its settings and passwords |
| `nginx/gradewise.conf` | nginx before it, for TLS |
| `logrotate/gradewise` | logrotate, where it logs to a file |

Prometheus fetches the metrics, which hold no text and name no pupil, without a token:

```yaml
rule_files: [alerts.yml]
scrape_configs:
  - job_name: gradewise
    static_configs: [{{targets: ["127.0.0.1:8080"]}}]
```

A service is one process. Its totals begin at 0 when it starts, and only rise while it runs, whatever model
answers; `rate` and `increase` bear with a start. How things stand is found out when Prometheus asks, so that
nothing is shown of a model that is gone; the score log is asked every 15 s.

## Metrics

{metrics}
Those of the process are called `gradewise_process_*`. Those of drift are no service's: a timer writes them
for node_exporter's textfile collector (`gradewise scores drift --since 7d -q --metrics FILE`), about models
that answered.

## Alerts

{alerts}"""


def operations_page(*, metrics: str) -> bytes:
    """The page, in Markdown.

    Args:
        metrics: the table of metrics, in Markdown.
    """
    alerts = "\n".join(
        f"### {each.name}\n\n{each.summary} ({each.severity}, after {each.lasts})\n\n"
        f"- Means: {each.means}\n- Do: {each.do}\n"
        for each in ALERTS
    )
    return _PAGE.format(metrics=metrics, alerts=alerts).encode()
