"""What a trial says, asked in this process: the limits are left out, as they could not be undone."""

import io
import json
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from gradewise.errors import BundleError
from gradewise.models.bundles import tryout
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.storage import SIGNATURE, sign
from gradewise.models.bundles.tryout import TrialLimits, Verdict, packed
from gradewise.testing.graders import made_up_bundle


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    """A bundle; not to be changed."""
    return bundle_files(made_up_bundle())


def said_of(
    files: Mapping[str, bytes], patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Verdict:
    """What a trial prints of files."""
    limits: list[TrialLimits] = []
    told = io.BytesIO(b"".join(packed(files, TrialLimits(seconds=7))))
    patch.setattr(tryout, "limit", limits.append)
    patch.setattr("sys.stdin", SimpleNamespace(buffer=told))
    tryout.main()
    assert [TrialLimits(seconds=7)] == limits
    return Verdict(**json.loads(capsys.readouterr().out))


def test_a_good_bundle_passes(
    files: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its files arrive whole, and grade as they did."""
    assert Verdict() == said_of(files, monkeypatch, capsys)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model.onnx": b""}, "digest"),
        ({"model.pkl": b""}, "unsafe"),
    ],
    ids=["damaged", "pickle"],
)
def test_a_bad_bundle_is_refused_by_name(
    files: Mapping[str, bytes],
    change: Mapping[str, bytes],
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The reason is one that the one who asked knows."""
    assert reason == said_of({**files, **change}, monkeypatch, capsys).reason


def test_what_is_signed_and_no_model_is_of_no_format(
    files: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that ONNX Runtime does not take is told as such."""
    others = {name: content for name, content in files.items() if name != SIGNATURE}
    verdict = said_of(sign({**others, "model.onnx": b"\x3a\x00"}), monkeypatch, capsys)
    assert "format" == verdict.reason


@pytest.mark.parametrize(
    "error",
    [MemoryError(), BundleError("ONNX Runtime refuses the model: std::bad_alloc")],
    ids=["python", "onnx"],
)
def test_too_little_memory_is_told_as_such(
    error: Exception,
    files: Mapping[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Python and ONNX Runtime say it in their own ways."""

    def fail(_: object) -> None:
        raise error

    monkeypatch.setattr("gradewise.models.bundles.bundle.bundle_from_files", fail)
    assert "memory" == said_of(files, monkeypatch, capsys).reason
