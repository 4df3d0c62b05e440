"""Manifests are obeyed when a trusted key has signed just them, and never an older one again."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.registry.manifests import (
    LONGEST,
    KeyRing,
    Manifest,
    ManifestError,
    Obeyed,
    SigningKey,
    read_manifest,
    require_newer,
    require_subject,
    signed,
    trusted_manifest,
)

MANIFEST = Manifest(
    model_name="essays",
    stage="production",
    version="20260131_120000",
    content_id="a" * 64,
    serial=7,
    made_at="2026-02-01T00:00:00+00:00",
    key_id="0123456789abcdef",
)
MARK = 64


def _sign(message: bytes) -> bytes:
    """A signature that only tests take for one."""
    return (sum(message) % 251).to_bytes(1, "big") * MARK


KEY = SigningKey(MANIFEST.key_id, _sign)
RING = KeyRing({MANIFEST.key_id: lambda message, signature: signature == _sign(message)})
FILE = signed(MANIFEST, KEY)


def fault_of(content: bytes | None, ring: KeyRing = RING) -> str:
    """What is wrong with a file."""
    with pytest.raises(ManifestError) as refused:
        trusted_manifest(content, ring)
    return refused.value.fault


def test_what_a_trusted_key_has_signed_is_obeyed() -> None:
    """A manifest comes back as it was signed, in one line of ASCII."""
    assert MANIFEST == trusted_manifest(FILE, RING)
    assert MANIFEST == read_manifest(FILE)
    assert 1 == FILE.count(b"\n")
    assert FILE.isascii()


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_no_changed_byte_goes_through(place: int, change: int) -> None:
    """Whatever byte is changed, manifest or signature, nobody obeys it."""
    assert "signature" == fault_of(FILE[:place] + bytes([FILE[place] ^ change]) + FILE[place + 1 :])


def _with(**values: object) -> bytes:
    """A file that says something else, written as ours are."""
    found = json.loads(FILE)
    found["signed"] |= values
    return json.dumps(found, sort_keys=True, separators=(",", ":")).encode() + b"\n"


BAD: dict[str, bytes] = {
    "empty": b"",
    "no object": b"[]\n",
    "truncated signature": FILE.replace(b'"signature":"', b'"signature":"0')[:-1],
    "short signature": json.dumps({**json.loads(FILE), "signature": "00"}).encode(),
    "no signature": json.dumps({"signed": json.loads(FILE)["signed"]}).encode(),
    "a number for a signature": json.dumps({**json.loads(FILE), "signature": 0}).encode(),
    "other format": _with(format=2),
    "other kind": _with(serial="7"),
    "truth for a number": _with(serial=True),
    "no serial": _with(serial=0),
    "other stage": _with(stage="dev"),
    "no content": _with(content_id="a"),
    "more": _with(more=1),
    "spaces": json.dumps(json.loads(FILE), sort_keys=True).encode() + b"\n",
    "deep": b"[" * LONGEST,
    "long": b" " * LONGEST + FILE,
    "not UTF-8": b"\xff",
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_manifest_is_no_signature(case: str) -> None:
    """Every other way to write one, or something else, is refused alike."""
    assert "signature" == fault_of(BAD[case])


def test_keys_decide() -> None:
    """None, another key, one that was revoked: each is refused by its own name."""
    assert "unsigned" == fault_of(None)
    assert "signature" == fault_of(FILE, KeyRing({"f" * 16: lambda *_: True}))
    assert "signature" == fault_of(FILE, KeyRing({MANIFEST.key_id: lambda *_: False}))
    assert "revoked" == fault_of(FILE, replace(RING, revoked=frozenset({MANIFEST.key_id})))


def test_a_manifest_speaks_for_one_bundle_of_one_stage() -> None:
    """What was signed for another name, stage or bundle does not count here."""
    require_subject(MANIFEST, name="essays", stage="production", content_id="a" * 64)
    for about, fault in (
        ({"name": "other"}, "signature"),
        ({"stage": "staging"}, "signature"),
        ({"content_id": "b" * 64}, "changed"),
    ):
        here = {"name": "essays", "stage": "production", "content_id": "a" * 64, **about}
        with pytest.raises(ManifestError) as refused:
            require_subject(MANIFEST, **here)  # type: ignore[arg-type]
        assert fault == refused.value.fault


@given(st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_serials_only_grow(last: int, serial: int, same: bool) -> None:  # noqa: FBT001 - by hypothesis
    """A manifest counts when it is newer than the last, or is the last."""
    obeyed = Obeyed(last, MANIFEST.content_id if same else "b" * 64)
    manifest = replace(MANIFEST, serial=serial)
    require_newer(manifest, None)
    if serial > last or (serial == last and same):
        require_newer(manifest, obeyed)
    else:
        with pytest.raises(ManifestError) as refused:
            require_newer(manifest, obeyed)
        assert "replayed" == refused.value.fault
