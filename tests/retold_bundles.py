"""Bundles that say other things of their training than is true, soundly signed: quicker than to train."""

import json
from pathlib import Path
from typing import Any

from gradewise.models.bundles.contents import METADATA
from gradewise.models.bundles.storage import SIGNATURE, read_bundle_files, sign, write_files


def retold(bundle: Path, target: Path, **data: Any) -> Path:
    """A copy of a bundle whose metadata says this of the data that it learnt from; where it lies."""
    files = {name: content for name, content in read_bundle_files(bundle).items() if name != SIGNATURE}
    metadata = json.loads(files[METADATA])
    metadata["data"] |= data
    files[METADATA] = json.dumps(metadata).encode()
    return write_files(sign(files), target)
