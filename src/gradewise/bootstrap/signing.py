"""Keys: which one signs here, and which ones are trusted."""

from functools import partial

from gradewise.adapters.ed25519 import (
    KnownKey,
    known_keys,
    new_key,
    read_key_ring,
    read_signing_key,
    revoke_key,
)
from gradewise.registry.manifests import SigningKey
from gradewise.settings import Settings
from gradewise.workflows.scoring.trust import Trust

__all__ = ["KnownKey", "known_keys", "new_key", "revoke_key", "signing_key_from", "trust_from"]


def signing_key_from(settings: Settings) -> SigningKey | None:
    """The key that signs what is deployed; ``None`` where none is named.

    Raises:
        InputError: it cannot be used.
        MissingDependencyError: cryptography is not installed.
    """
    return None if settings.signing_key is None else read_signing_key(settings.signing_key)


def trust_from(settings: Settings) -> Trust | None:
    """Who may say what is served; ``None`` where whoever can deploy may.

    Raises:
        InputError: the keys cannot be used: a server should not start.
        UnavailableError: they cannot be read.
        MissingDependencyError: cryptography is not installed.
    """
    if settings.trusted_keys is None:
        return None
    open_ring = partial(read_key_ring, settings.trusted_keys)
    open_ring()
    return Trust(open_ring, settings.state_directory / "serials")
