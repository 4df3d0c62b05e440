"""Services of systemd, as examples: what answers, a look at its answers every day, and what is forgotten."""

_UNIT = """\
# Made by: gradewise ops export. An example: adapt user, paths and the name of the model.
[Unit]
Description=gradewise grades essays
After=network-online.target
Wants=network-online.target

[Service]
User=gradewise
WorkingDirectory=/var/lib/gradewise
Environment=GRADEWISE_LOG=json
EnvironmentFile=/etc/gradewise/environment
ExecStart=/opt/gradewise/bin/gradewise serve --name essays --tokens /etc/gradewise/tokens/tokens.json
ExecReload=/bin/kill -HUP $MAINPID
# What cannot be followed (exit code 2) does not get better by itself; a database that is away does.
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
# More than --grace, which is 20 s.
TimeoutStopSec=30

# It writes to /var/lib/gradewise alone, makes no device, no namespace and no user, and has no capability.
StateDirectory=gradewise
StateDirectoryMode=0750
UMask=0027
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""
_ENVIRONMENT = """\
# Made by: gradewise ops export. An example: /etc/gradewise/environment, root alone reads it (0600).
# The service reads it, and so do commands about the service: see installing.md.
GRADEWISE_MODELS_DIR=/var/lib/gradewise/models
GRADEWISE_CACHE_DIR=/var/lib/gradewise/cache
GRADEWISE_STATE_DIR=/var/lib/gradewise/state
# GRADEWISE_DATABASE_URL="postgresql://gradewise:PASSWORD@db.school.example/grades?connect_timeout=10"
# GRADEWISE_CACHE_URL="redis://:PASSWORD@cache.school.example:6379/0"
# GRADEWISE_ARTIFACTS_URL="s3://bucket/prefix"
# GRADEWISE_TRUSTED_KEYS=/etc/gradewise/keys
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


_PRUNE_UNIT = """\
# Made by: gradewise ops export. An example: adapt user and paths.
[Unit]
Description=gradewise forgets what is kept no longer

[Service]
Type=oneshot
User=gradewise
WorkingDirectory=/var/lib/gradewise
Environment=GRADEWISE_MODELS_DIR=/var/lib/gradewise/models
EnvironmentFile=-/etc/gradewise/environment
# Events that every listener has heard; what waits to be published stays.
ExecStart=/opt/gradewise/bin/gradewise batches prune --older-than 30
# For how long answers are kept is the school's to say.
# ExecStart=/opt/gradewise/bin/gradewise scores prune --older-than 400
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=yes
ReadWritePaths=/var/lib/gradewise
"""
_PRUNE_TIMER = """\
# Made by: gradewise ops export. Starts gradewise-prune.service.
[Unit]
Description=gradewise forgets once a week what is kept no longer

[Timer]
OnCalendar=weekly
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
"""


def prune_unit() -> bytes:
    """The unit that forgets what is kept no longer."""
    return _PRUNE_UNIT.encode()


def prune_timer() -> bytes:
    """What starts it once a week."""
    return _PRUNE_TIMER.encode()


def drift_unit() -> bytes:
    """The unit that looks whether answers have drifted."""
    return _DRIFT_UNIT.encode()


def drift_timer() -> bytes:
    """What starts it once a day."""
    return _DRIFT_TIMER.encode()


def systemd_unit() -> bytes:
    """The unit: reload looks for another model, stop finishes what is under way."""
    return _UNIT.encode()


def systemd_environment() -> bytes:
    """Its settings and secrets, apart from the unit, which everybody may read."""
    return _ENVIRONMENT.encode()
