"""Services of systemd, as examples: the one that answers, and a look at its answers once a day."""

_UNIT = """\
# Made by: gradewise ops export. An example: adapt user, paths and the name of the model.
[Unit]
Description=gradewise grades essays
After=network-online.target
Wants=network-online.target

[Service]
User=gradewise
WorkingDirectory=/var/lib/gradewise
Environment=GRADEWISE_MODELS_DIR=/var/lib/gradewise/models
Environment=GRADEWISE_CACHE_DIR=/var/lib/gradewise/cache
Environment=GRADEWISE_STATE_DIR=/var/lib/gradewise/state
EnvironmentFile=-/etc/gradewise/environment
ExecStart=/opt/gradewise/bin/gradewise serve --name essays
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
TimeoutStopSec=30
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=yes
ReadWritePaths=/var/lib/gradewise

[Install]
WantedBy=multi-user.target
"""

_DRIFT_UNIT = """\
# Made by: gradewise ops export. An example: adapt user and paths.
[Unit]
Description=gradewise looks whether what it answers has changed

[Service]
Type=oneshot
User=gradewise
WorkingDirectory=/var/lib/gradewise
Environment=GRADEWISE_MODELS_DIR=/var/lib/gradewise/models
EnvironmentFile=-/etc/gradewise/environment
ExecStart=/opt/gradewise/bin/gradewise scores drift --since 7d -q \\
    --metrics /var/lib/gradewise/metrics/drift.prom --output /var/lib/gradewise/drift.html
# 3 is drift, of which the metrics tell; whatever else is not 0 is a fault.
SuccessExitStatus=3
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=yes
ReadWritePaths=/var/lib/gradewise
"""
_DRIFT_TIMER = """\
# Made by: gradewise ops export. Starts gradewise-drift.service.
[Unit]
Description=gradewise looks at its answers once a day

[Timer]
OnCalendar=daily
RandomizedDelaySec=15min
Persistent=true

[Install]
WantedBy=timers.target
"""


def drift_unit() -> bytes:
    """The unit that looks whether answers have drifted."""
    return _DRIFT_UNIT.encode()


def drift_timer() -> bytes:
    """What starts it once a day."""
    return _DRIFT_TIMER.encode()


def systemd_unit() -> bytes:
    """The unit: reload looks for another model, stop finishes what is under way."""
    return _UNIT.encode()
