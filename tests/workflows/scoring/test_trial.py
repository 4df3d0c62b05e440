"""Bundles are tried in a process of their own, and whatever becomes of it, this one goes on."""

import asyncio
import json
import sys
from collections.abc import Mapping
from functools import partial

import pytest

from gradewise.models.bundles.storage import SIGNATURE, sign
from gradewise.models.bundles.tryout import NICENESS, TrialLimits
from gradewise.workflows.scoring.refusals import RefusedError
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.trial import COMMAND, try_in_child
from served_models import ServedModel, Told, Turning, clock

Pair = tuple[dict[str, bytes], dict[str, bytes]]
FAST = TrialLimits(seconds=1, megabytes=512)


def refusal(files: Mapping[str, bytes], *command: str, limits: TrialLimits = FAST) -> RefusedError:
    """Why a trial by such a command refuses files."""
    with pytest.raises(RefusedError) as refused:
        asyncio.run(try_in_child(files, limits=limits, command=command))
    return refused.value


def python(code: str) -> tuple[str, ...]:
    """A process that runs some lines in the place of a trial."""
    return (sys.executable, "-S", "-c", code)


def test_a_good_bundle_passes_and_a_bad_one_does_not(bundle_pair: Pair) -> None:
    """A slot with the real trial serves a bundle, and refuses one whose test rows come out otherwise."""
    files = {name: content for name, content in bundle_pair[1].items() if name != SIGNATURE}
    rows = json.loads(files["parity.json"])
    rows["codes"] = [0] * len(rows["codes"])

    async def serve() -> None:
        source, told = Turning(bundle_pair[0]), Told()
        slot = ModelSlot(
            source, ServedModel, trial=partial(try_in_child, limits=TrialLimits()), clock=clock, listener=told
        )
        await slot.reload(asked_by="start")
        source.files = sign({**files, "parity.json": json.dumps(rows).encode()})
        result = await slot.reload(asked_by="request")
        assert "no longer grades its test rows" in result.detail
        assert [("swapped", ""), ("refused", "parity")] == told.said

    asyncio.run(serve())


def test_a_trial_has_no_more_memory_than_it_may(bundle_pair: Pair) -> None:
    """Where libraries alone take more than the limit, the bundle is refused and this process is not hurt."""
    why = refusal(bundle_pair[0], *COMMAND, limits=TrialLimits(seconds=20, megabytes=60))
    assert why.reason in {"memory", "crashed"}


CRASH = "import os, signal; os.kill(os.getpid(), signal.{})"
ENDS = {
    "segmentation fault": (CRASH.format("SIGSEGV"), "crashed", "SIGSEGV"),
    "abort": (CRASH.format("SIGABRT"), "crashed", "SIGABRT"),
    "killed": (CRASH.format("SIGKILL"), "memory", "killed"),
    "out of time": (CRASH.format("SIGALRM"), "timeout", "within 1 s"),
    "out of processor time": (CRASH.format("SIGXCPU"), "timeout", "within 1 s"),
    "exit code": ("raise SystemExit(3)", "crashed", "exit code 3"),
    "says nothing": ("pass", "crashed", "exit code 0"),
    "says nonsense": ("print('[1]')", "crashed", "exit code 0"),
    "unknown reason": ('print(\'{"reason": "x", "detail": "y"}\')', "format", "y"),
}


@pytest.mark.parametrize("case", ENDS)
def test_however_a_trial_ends_it_is_told(case: str) -> None:
    """Crashes, limits and nonsense are refusals with their reason; the bytes that nobody read are dropped."""
    code, reason, words = ENDS[case]
    why = refusal({"model.onnx": bytes(2**20)}, *python(code))
    assert reason == why.reason
    assert words in str(why)


def test_a_trial_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that neither answers nor minds its limits is killed, and nothing of it is left."""
    monkeypatch.setattr("gradewise.workflows.scoring.trial.GRACE_S", -0.7)
    why = refusal({"model.onnx": b""}, *python("import time; time.sleep(600)"))
    assert ("timeout", True) == (why.reason, "within 1 s" in str(why))


def test_limits_end_a_hanging_trial_by_themselves() -> None:
    """Though who started it were gone, a trial ends by its own alarm."""
    hanging = (
        "import time; from gradewise.models.bundles.tryout import *; "
        "limit(TrialLimits(seconds=1)); time.sleep(9)"
    )
    why = refusal({"a": b""}, sys.executable, "-c", hanging, limits=TrialLimits(seconds=5))
    assert "timeout" == why.reason


def test_a_trial_that_cannot_be_started_is_no_fault_of_the_model() -> None:
    """Without a program to start, nothing is said of the bundle."""
    assert "unavailable" == refusal({}, "/nonexistent/python").reason


def test_a_trial_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a trial holds paths and numbers of threads, nothing of the service."""
    monkeypatch.setenv("GRADEWISE_DATABASE_URL", "postgresql://user:secret@host/db")
    telling = (
        "import json, os; print(json.dumps({'reason': 'format', 'detail': ' '.join(sorted(os.environ))}))"
    )
    names = str(refusal({}, *python(telling))).split()
    assert not [name for name in names if name.startswith("GRADEWISE")]
    assert {"PATH", "PYTHONPATH", "OPENBLAS_NUM_THREADS"} <= set(names)


STANDING = """
import json, os, pathlib, time, gradewise.models.bundles.tryout as tryout
group = pathlib.Path("/proc/self/autogroup")
for _ in range(20):  # Linux takes one such wish in a tenth of a second, be it whose it may
    tryout.stand_back()
    if not group.exists() or not group.read_text().endswith(" 0\\n"):
        break
    time.sleep(0.06)
said = group.read_text().split()[-1] if group.exists() else str(os.nice(0))
print(json.dumps({"reason": "format", "detail": f"{os.nice(0)} {said} {os.getsid(0) == os.getpid()}"}))
"""


def test_a_trial_stands_back_as_a_process_and_as_a_session() -> None:
    """Niceness alone counts within a session only, and a trial has one of its own."""
    own, group, alone = str(refusal({}, sys.executable, "-c", STANDING, limits=TrialLimits())).split()
    assert "True" == alone
    assert int(own) >= NICENESS
    assert int(group) >= NICENESS
