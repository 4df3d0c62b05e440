"""Signed manifests: "serve this bundle", said by somebody who holds a key.

A bundle's signature says that its files belong together; it says nothing of who wants it served, nor
whether that is still so. A manifest names one bundle for one stage of one name, and carries the serial of the
act that brought it there. Serials only grow, so that an older manifest, however well signed, is not obeyed
again; going back to an older bundle takes a new manifest.

Signature and manifest lie in one file, as in The Update Framework (https://theupdateframework.github.io,
section 4.2), so that both are replaced in one step. There is one way to write a manifest, byte for byte.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gradewise.errors import RegistryError

Fault = Literal["unsigned", "signature", "revoked", "replayed", "changed"]
"""What is wrong with a manifest: none, not by a key that is trusted, by one that no longer is, older than one
that was obeyed, about another bundle than lies there."""
ServedStage = Literal["production", "staging"]
"""Stages that something is served from."""
FORMAT = 1
"""Of manifests."""
LONGEST = 4096
"""Bytes of a manifest with its signature; ours have about 500."""

Verify = Callable[[bytes, bytes], bool]
"""Whether a message was signed so: message, signature."""

_HEX_64 = re.compile(r"[0-9a-f]{64}")
_HEX_128 = re.compile(r"[0-9a-f]{128}")
_KINDS: Mapping[str, type] = {
    "content_id": str, "format": int, "key_id": str, "made_at": str, "model_name": str, "serial": int,
    "stage": str, "version": str,
}  # fmt: skip


class ManifestError(RegistryError):
    """A manifest that is not obeyed."""

    def __init__(self, fault: Fault, message: str) -> None:
        """Say what is wrong, as a code and in words."""
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is to be served."""

    model_name: str
    """Under which name."""
    stage: ServedStage
    """For which stage of it."""
    version: str
    """Which version."""
    content_id: str
    """Of its bundle: 64 hex digits."""
    serial: int
    """Of the act that brought it there; grows with each act under the name."""
    made_at: str
    """When it was signed: ISO 8601, UTC."""
    key_id: str
    """Names the key."""
    format: int = FORMAT
    """Version of this format."""

    @property
    def message(self) -> bytes:
        """What is signed: JSON with sorted keys, without spaces, in ASCII."""
        return _canonical(asdict(self))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Signs manifests."""

    key_id: str
    """Names it."""
    sign: Callable[[bytes], bytes]
    """The signature of a message: 64 bytes."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys that are trusted."""

    keys: Mapping[str, Verify]
    """By id."""
    revoked: frozenset[str] = frozenset()
    """Ids of keys that no longer are, whether they are there or not."""


@dataclass(frozen=True, slots=True)
class Obeyed:
    """The last manifest that was obeyed for a stage of a name."""

    serial: int
    """Its serial."""
    content_id: str
    """The bundle that it named."""


def signed(manifest: Manifest, key: SigningKey) -> bytes:
    """A manifest as a file, with its signature."""
    return _file(manifest, key.sign(manifest.message))


def trusted_manifest(content: bytes | None, ring: KeyRing) -> Manifest:
    """The manifest in a file, once it is known that a trusted key has signed it.

    Args:
        content: of the file; ``None`` where there is none.
        ring: keys that are trusted.

    Raises:
        ManifestError: there is none, or no key that is trusted has signed just this.
    """
    if content is None:
        raise ManifestError(
            "unsigned", "there is no manifest, and only signed models are served; gradewise registry sign"
        )
    manifest, signature = _read(content)
    if manifest.key_id in ring.revoked:
        raise ManifestError(
            "revoked", f"key {manifest.key_id} was revoked; sign the manifest with another key"
        )
    verify = ring.keys.get(manifest.key_id)
    if verify is None:
        raise ManifestError(
            "signature",
            f"key {manifest.key_id[:16]!r} is none of the {len(ring.keys)} that are trusted; add "
            "its .pub file to them, or promote with a trusted key",
        )
    if not verify(manifest.message, signature):
        raise ManifestError(
            "signature", f"the manifest was not signed so by key {manifest.key_id}; promote the model again"
        )
    return manifest


def require_subject(manifest: Manifest, *, name: str, stage: ServedStage, content_id: str) -> None:
    """Refuse a manifest that is about something else than is there.

    Raises:
        ManifestError: the message says what; ``changed`` where it is another bundle of the same name.
    """
    if (manifest.model_name, manifest.stage) != (name, stage):
        raise ManifestError(
            "signature",
            f"the manifest is about {manifest.model_name} in {manifest.stage}, not about {name} in {stage}; "
            "promote the model again",
        )
    if manifest.content_id != content_id:
        raise ManifestError(
            "changed",
            f"the manifest names bundle {manifest.content_id[:12]} ({manifest.version}), what lies there is "
            f"{content_id[:12]}; gradewise registry sign {name}",
        )


def require_newer(manifest: Manifest, obeyed: Obeyed | None) -> None:
    """Refuse a manifest that is older than one that was obeyed, or as old and about another bundle.

    Raises:
        ManifestError: it is.
    """
    if obeyed is None or manifest.serial > obeyed.serial:
        return
    if manifest.serial < obeyed.serial or manifest.content_id != obeyed.content_id:
        raise ManifestError(
            "replayed",
            f"the manifest has serial {manifest.serial}, and serial {obeyed.serial} was obeyed already; to "
            "go back, roll back, which signs a new one",
        )


def read_manifest(content: bytes) -> Manifest:
    """The manifest in a file, whoever signed it.

    Raises:
        ManifestError: it is none.
    """
    return _read(content)[0]


def _read(content: bytes) -> tuple[Manifest, bytes]:
    """A manifest, and the signature that lies with it."""
    try:
        found: Any = json.loads(content) if len(content) <= LONGEST else None
        values, signature = found["signed"], found["signature"]
        fit = {name: type(value) for name, value in values.items()} == _KINDS
        if not fit or values["format"] != FORMAT or not _well_formed(values, signature):
            raise _unreadable()
        manifest = Manifest(**values)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _unreadable() from error
    if content != _file(manifest, bytes.fromhex(signature)):
        raise _unreadable()
    return manifest, bytes.fromhex(signature)


def _well_formed(values: Mapping[str, Any], signature: object) -> bool:
    return (
        isinstance(signature, str)
        and _HEX_128.fullmatch(signature) is not None
        and _HEX_64.fullmatch(values["content_id"]) is not None
        and values["stage"] in ("production", "staging")
        and values["serial"] > 0
    )


def _unreadable() -> ManifestError:
    return ManifestError(
        "signature", f"the manifest cannot be read, or is not of format {FORMAT}; sign it again"
    )


def _file(manifest: Manifest, signature: bytes) -> bytes:
    return _canonical({"signature": signature.hex(), "signed": asdict(manifest)}) + b"\n"


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
