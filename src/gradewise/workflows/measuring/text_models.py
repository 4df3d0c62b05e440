"""Which text model a plan or a bundle needs, opened and found to be the right one."""

from collections.abc import Callable
from pathlib import Path

from gradewise.errors import BundleError
from gradewise.models.bundles.embedding_files import EmbedderRecord
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.measuring import Embedder
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.services import Services

OpenEmbedder = Callable[[EmbedderPlan], Embedder]
"""Opens a text model."""


def bundle_embedder(bundle: Bundle, services: Services) -> Embedder | None:
    """The text model that a bundle's features need; ``None`` where they need none.

    Raises:
        BundleError: none is named, or the one that is named is another.
        InputError: it cannot be read.
    """
    return open_bundle_embedder(bundle, services.open_embedder, services.embedding_model)


def open_bundle_embedder(
    bundle: Bundle, open_embedder: OpenEmbedder, directory: Path | None
) -> Embedder | None:
    """As `bundle_embedder`, from a directory.

    Raises:
        BundleError: none is named, or the one that is named is another.
        InputError: it cannot be read.
    """
    if bundle.embedding is None:
        return None
    record = bundle.embedding.record
    if directory is None:
        raise BundleError(f"{_needs(bundle, record)}; {_HOW}")
    embedder = open_embedder(
        EmbedderPlan(model=directory, max_tokens=record.max_tokens, overlap=record.overlap)
    )
    require_same_embedder(bundle, embedder)
    return embedder


def require_same_embedder(bundle: Bundle, embedder: Embedder | None) -> None:
    """Refuse to measure with another text model than the one of the training.

    Raises:
        BundleError: the message says which one is needed.
    """
    if bundle.embedding is None:
        return
    record = bundle.embedding.record
    if embedder is None:
        raise BundleError(f"{_needs(bundle, record)}; {_HOW}")
    if embedder.fingerprint != record.fingerprint:
        raise BundleError(
            f"{_needs(bundle, record)}, this one is {embedder.fingerprint!r}; use the model of the training"
        )


_HOW = "name its directory with --embedding-model, or in GRADEWISE_EMBEDDING_MODEL"


def _needs(bundle: Bundle, record: EmbedderRecord) -> str:
    return (
        f"model {bundle.metadata.name} {bundle.metadata.version} needs text model {record.name!r} "
        f"({record.fingerprint})"
    )
