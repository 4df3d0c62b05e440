"""`kill -9` in the middle of acts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import killed_acts
from lifecycle_trials import Place, version_of


def test_whatever_is_killed_is_repaired(server_place: Place) -> None:
    """No bundle is half there, repair ends in the old state or in the new, and the act can be done again.

    On SQLite acts are killed before some of the steps that change files, on PostgreSQL when they tell of one.
    """
    program = Path(killed_acts.__file__)
    paths = os.pathsep.join([str(program.parent), *sys.path])
    done = subprocess.run(
        [sys.executable, program, server_place.bundles[0].parent, server_place.path, str(server_place.url)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert 0 == done.returncode, done.stderr
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    *killed, read, in_a_row = lines
    assert [*killed_acts.NAMED, "read meanwhile", "in a row"] == [each["act"] for each in lines]
    assert [2, 2, 2, 2, 6] == [each["killed"] for each in (*killed, in_a_row)]
    # Nothing else was read than the one model or the other, each whole.
    assert [version_of(1), version_of(2)] == read["models"]
    assert {"old": 3, "between": 1, "new": 2}.items() <= in_a_row.items()
