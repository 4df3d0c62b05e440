"""A reader goes on while models come and go: whoever opens what is deployed gets one whole bundle."""

import os
import subprocess
import sys
from pathlib import Path

from gradewise.models.bundle import load_bundle
from lifecycle_trials import NAME, Place, version_of

ROLLBACKS = 20
"""Made by another process while this one reads."""
BACK_AND_FORTH = f"""
import sys
from pathlib import Path
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.rollback import rollback
from lifecycle_trials import NAME, Place, judge_of

place = Place(Path(sys.argv[1]))

async def deploy(services):
    for number in (1, 2):
        model = await register(services, Path(sys.argv[2]) / str(number))
        for stage in ("staging", "production"):
            await promote(services, model, stage=stage, judge=judge_of(model))
        if number == 1:
            print("deployed", flush=True)
            sys.stdin.readline()
    models = await services.registry.models(name=NAME)
    for number in range({ROLLBACKS}):
        await rollback(services, NAME, to=models[1 - number % 2])

place.within(deploy)
"""


def test_readers_get_one_whole_bundle(place: Place) -> None:
    """Through twenty rollbacks by another process each reading is of one model, and both are seen."""
    other = subprocess.Popen(
        [sys.executable, "-c", BACK_AND_FORTH, place.path, place.bundles[0].parent],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert "deployed\n" == other.stdout.readline()
    deployed = place.models / NAME / "production"
    assert other.stdin is not None
    other.stdin.write("go\n")
    other.stdin.flush()
    seen: list[str] = []
    while other.poll() is None:
        seen.append(load_bundle(deployed).metadata.version)
    other.communicate(timeout=60)
    assert 0 == other.returncode
    assert {version_of(1), version_of(2)} == set(seen)
