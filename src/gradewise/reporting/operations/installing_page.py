"""The page that says how a service comes onto a machine, is looked after, and comes back from a copy."""

_PAGE = """\
# A service on a machine of its own

Made by `gradewise ops export ops`. For Linux with systemd, nginx and no Kubernetes; half an hour. Adapt names and paths.

## Install

```sh
sudo useradd --system --home-dir /var/lib/gradewise --shell /usr/sbin/nologin gradewise
sudo python3 -m venv /opt/gradewise
sudo /opt/gradewise/bin/pip install "$(ls ./gradewise-*.whl)[serve]"
sudo install -d -o gradewise -g gradewise -m 0750 /var/lib/gradewise /var/lib/gradewise/state
sudo install -d -o root -g gradewise -m 0750 /etc/gradewise
sudo install -d -o gradewise -g gradewise -m 0700 /etc/gradewise/tokens
sudo install -m 0600 systemd/environment /etc/gradewise/environment
sudo install -m 0644 systemd/gradewise.service /etc/systemd/system/
sudo install -m 0644 nginx/gradewise.conf /etc/nginx/sites-available/gradewise
sudo ln -s ../sites-available/gradewise /etc/nginx/sites-enabled/gradewise
```

`pip wheel --no-deps .` in a checkout makes the wheel; gradewise is in no public index, and whatever is there under its name is another's.
`/etc/gradewise` is root's: root reads the environment there, which the service must not be able to exchange.

Every command about this service runs as its user, in its directory and with its settings, as otherwise it would look elsewhere, or make
files that the service cannot read:

```sh
as() {
  sudo sh -c 'set -a; . /etc/gradewise/environment; GRADEWISE_USER="$SUDO_USER"; cd /var/lib/gradewise
    exec runuser -u gradewise -- /opt/gradewise/bin/gradewise "$@"' as "$@"
}
as tokens new --name school-a --role score --file /etc/gradewise/tokens/tokens.json
sudo install -d -m 0700 -o gradewise -g gradewise /var/lib/gradewise/incoming
sudo install -m 0600 -o gradewise -g gradewise essays.zip marked.csv /var/lib/gradewise/incoming
as registry register incoming/essays.zip
as registry promote essays --stage staging --data incoming/marked.csv
as registry promote essays --stage production --data incoming/marked.csv
sudo rm -r /var/lib/gradewise/incoming
sudo systemctl daemon-reload
sudo systemctl enable --now gradewise
curl -s http://127.0.0.1:8080/readyz
sudo nginx -t && sudo systemctl reload nginx
```

`essays.zip` comes from the machine that trained: `gradewise registry fetch essays --to essays.zip`. `GRADEWISE_USER` says in the audit trail who acted.
Gates that a model does not pass keep it back, the shipped ones most models of eight grades: `--override 'why'`, or `--plan` with rules of your own.
The service listens on this machine alone and asks for tokens all the same, since nginx hands on what comes from anywhere.

## Where secrets live

| what | where | whose |
|---|---|---|
| tokens, as digests | `/etc/gradewise/tokens/tokens.json` | gradewise, 0600; the token itself is shown once, and is the client's to keep |
| address of a database with its password | `/etc/gradewise/environment`: `GRADEWISE_DATABASE_URL=postgresql://…` | root, 0600: systemd reads it before it becomes gradewise |
| keys of S3, of a shared cache, of a broker | the same file | the same |
| public keys of those who may deploy | `/etc/gradewise/keys`, `GRADEWISE_TRUSTED_KEYS` in the same file | root, 0644; the private key stays on the machine that promotes |
| certificate | where certbot puts it | root |

No secret belongs into the unit (everybody may read it) or on a command line (`ps` shows it).

## Logs

`journalctl -u gradewise -o cat` shows them, JSON a line; the journal keeps itself short (`SystemMaxUse=` in `journald.conf`). With
`GRADEWISE_LOG_FILE=/var/lib/gradewise/gradewise.log` in the environment they go to a file, and `logrotate/gradewise` keeps that short.

## What is kept about pupils

| where | what | how it goes |
|---|---|---|
| score log, corrections, queue | the `essay_id` that the client sent, numbers measured, the text's digest, the grade, who decided and their reason; no text | the oldest, `scores prune --older-than DAYS`; one pupil, `scores forget`; the chain proves that nothing else is missing |
| feature cache | numbers by the text's digest; no name | one pupil, `scores forget`; all of it, delete it while the service stands still |
| judged batches | texts, where they were imported with them, comparisons, grades | events by `batches prune`; rows of `cj_processed_essays`, `cj_comparison_pairs`, `essay_results` by SQL |
| runs, splits, reports, snapshots | ids and figures; reports quote no essay | delete the run directory |
| a model | words and phrases that five essays or more share; digests by which copies are known | train it anew without the essay |
| copies and journal | as above | with their age |

**Send a number that only the school can read as `essay_id` and `unit`, never a name.** Whoever asks to be forgotten is then forgotten when the school
deletes its line of the list of numbers, and taken out of the log by

```sh
as scores forget --student 4711 --essays essays.csv --dry-run            # what is known: look through it
as scores forget --student 4711 --essays essays.csv --reason 'request 17'
```

which also says what it does not reach. Keep the line `keep this elsewhere, for --known-erasure`: after an older copy was put back,
`scores verify --known-erasure` says that the erasure is missing, so that it is done again. Nothing is
pruned by itself: `systemd/gradewise-prune.timer` forgets published events once a week, and answers once you have said in its unit how old.

## Copies

Registry, audit trail, score log and corrections are one database; bundles lie beside it. Copy the database **first**: a bundle that it
does not know of does no harm. The embedded database, while the service runs (a plain `cp` of it may be torn):

```sh
as db backup /var/lib/gradewise/copy
sudo tar -czf /backup/gradewise-$(date +%F).tar.gz --exclude='models/.registry/registry.sqlite*' \\
  -C /var/lib/gradewise copy models state -C / etc/gradewise
sudo rm -r /var/lib/gradewise/copy
```

`db backup` verifies the copy that it made; keep the line `keep this elsewhere` with it. PostgreSQL: `pg_dump --format=custom`, then `models` and `state` as above.

Back, on the same or on another machine, with the service stopped:

```sh
sudo systemctl stop gradewise
sudo tar -xzf /backup/gradewise-2026-03-01.tar.gz -C /var/lib/gradewise models state copy
sudo sh -c 'rm -f /var/lib/gradewise/models/.registry/registry.sqlite-*'
sudo sh -c 'mv /var/lib/gradewise/copy/registry_*.sqlite /var/lib/gradewise/models/.registry/registry.sqlite'
sudo tar -xzf /backup/gradewise-2026-03-01.tar.gz -C / etc/gradewise   # on another machine
sudo chown -R gradewise:gradewise /var/lib/gradewise
as db check
as registry repair
as registry verify
as scores verify --known 'THE LINE THAT WAS KEPT'
sudo systemctl start gradewise
```

`.sqlite-wal` of another time beside a database harms it, hence the `rm`. What was answered since the copy was made is not in it.

## Another version

```sh
as registry fetch essays --to /var/lib/gradewise/before.zip
sudo /opt/gradewise/bin/pip install --upgrade "$(ls ./gradewise-*.whl)[serve]"
as db current
as db upgrade
sudo systemctl restart gradewise
curl -s http://127.0.0.1:8080/readyz
```

Make a copy first. The embedded database brings itself up to date; PostgreSQL waits for `db upgrade`. A model that this version would measure
otherwise than the one that made it is refused, and `/v1/models` says so: train it anew, or install the version before. A restart takes about
ten seconds, in which nginx answers 502; clients ask again.

## A full disk

No answer is given that cannot be written down. Where `GRADEWISE_STATE_DIR` lies on a disk of its own, answers wait there and say `lacks: ["score_log"]`;
on the same full disk, every essay is answered 503, `/readyz` is not ready, `/healthz` says `unwritable`, an alert goes off, and the log says why. Nothing has to be started anew once there is room. What grows are the score log (`scores prune`), the
cache (may be deleted while the service stands still) and bundles (`registry prune --dry-run`).
"""  # noqa: E501 - tables and commands are one line each


def installing_page() -> bytes:
    """The page, in Markdown."""
    return _PAGE.encode()
