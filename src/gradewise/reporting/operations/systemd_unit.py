"""A service of systemd, as an example."""

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


def systemd_unit() -> bytes:
    """The unit: reload looks for another model, stop finishes what is under way."""
    return _UNIT.encode()
