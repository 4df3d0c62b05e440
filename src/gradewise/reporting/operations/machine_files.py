"""What stands around a service on a machine of its own: encryption before it, and its log kept short."""

_NGINX = """\
# Made by: gradewise ops export. An example: adapt the name and the certificate.
# /etc/nginx/sites-available/gradewise, linked from sites-enabled.
server {
    listen 80;
    listen [::]:80;
    server_name grades.school.example;
    return 301 https://$host$request_uri;
}

server {
    listen 443 ssl http2;
    listen [::]:443 ssl http2;
    server_name grades.school.example;

    ssl_certificate     /etc/letsencrypt/live/grades.school.example/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/grades.school.example/privkey.pem;
    ssl_protocols       TLSv1.2 TLSv1.3;
    add_header Strict-Transport-Security "max-age=31536000" always;

    # As much as a batch may have. Texts pass through: nginx would write longer ones to its disk.
    client_max_body_size    16m;
    proxy_request_buffering off;
    proxy_max_temp_file_size 0;

    location / {
        proxy_pass http://127.0.0.1:8080;
        proxy_http_version 1.1;
        proxy_set_header Host $host;
        proxy_set_header Connection "";
        # More than --deadline-ms, which is 30 s, so that it is the service that says why.
        proxy_read_timeout 60s;
    }

    # For Prometheus on this machine, not for the world.
    location = /metrics { return 404; }
}
"""
_LOGROTATE = """\
# Made by: gradewise ops export. /etc/logrotate.d/gradewise, where GRADEWISE_LOG_FILE names this file.
# The service keeps the file open, and takes SIGHUP for a wish to look for another model: hence copytruncate.
/var/lib/gradewise/gradewise.log {
    su gradewise gradewise
    weekly
    rotate 8
    compress
    delaycompress
    missingok
    notifempty
    copytruncate
}
"""


def nginx_site() -> bytes:
    """A site of nginx: TLS before a service that listens on its own machine alone."""
    return _NGINX.encode()


def logrotate_rules() -> bytes:
    """How a log file is kept short; the journal does that by itself."""
    return _LOGROTATE.encode()
