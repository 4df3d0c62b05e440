"""Push a model: a copy of its bundle in object storage, for whoever takes models from there."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from gradewise.evaluation.interval_json import interval_to_json
from gradewise.models.bundles.archives import archive_of
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.files import to_json
from gradewise.models.bundles.verified import Bundle
from gradewise.workflows.plans.push import PushPlan

FORMAT = 1
"""Of ``metadata.json``."""

SendVersion = Callable[[str, bytes, bytes], str]
"""Keeps version, archive and metadata somewhere; gives its address. Done twice, nothing changes."""


def push_address(push: PushPlan) -> str:
    """Where versions of a model are put.

    >>> push_address(PushPlan(url="s3://bucket/", prefix="models/intents"))
    's3://bucket/models/intents'
    """
    url = push.url.rstrip("/")
    return f"{url}/{push.prefix}" if push.prefix else url


def push_model(files: Mapping[str, bytes], send: SendVersion) -> str:
    """Send a bundle as ``<version>/{model,metadata}``.

    Args:
        files: of the bundle, by name.
        send: keeps it.

    Returns:
        The address of the version.

    Raises:
        BundleError: the bundle is damaged, or does not grade as it did when it was made.
        InputError: its version is there with another model.
        UnavailableError: the storage does not answer; sent again, it goes on.
    """
    bundle, archive = bundle_from_files(files), archive_of(files)
    metadata = _metadata(bundle, hashlib.sha256(archive).hexdigest())
    return send(bundle.metadata.version, archive, metadata)


def _metadata(bundle: Bundle, archive_sha256: str) -> bytes:
    """What a bundle says of itself, for programs that do not open it: the same bytes each time."""
    known: dict[str, Any] = json.loads(to_json(bundle.metadata))
    figures = {name: interval_to_json(each) for name, each in bundle.metadata.metrics.items()}
    told = {
        **known,
        "format": FORMAT,
        "bundle_format": bundle.metadata.format,
        "content_id": bundle.digest,
        "archive_sha256": archive_sha256,
        "metrics": figures,
    }
    return json.dumps(told, indent=2, ensure_ascii=False, sort_keys=True).encode() + b"\n"
