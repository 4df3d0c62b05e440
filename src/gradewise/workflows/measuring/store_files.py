"""Feature stores on disk: measured essays in a directory that is there whole or not at all."""

import errno
import hashlib
import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.origins import Origin, origin_from_json, origin_to_json
from gradewise.features.schema import FeatureSpec
from gradewise.whole_files import write_whole
from gradewise.workflows.datasets.following import followed
from gradewise.workflows.plans.embedder import EmbedderPlan
from gradewise.workflows.plans.plan import Plan

FORMAT = 1
"""Of the manifest; raised whenever a field changes its meaning or goes away."""
MANIFEST, FEATURES, DIGESTS = "manifest.json", "features.npy", "store.sha256"
"""The files of a store: what is in it, the values, and digests of both."""
IN_RUN = "feature_store"
"""Where a run keeps its store."""
STORED = np.dtype("<f4")
"""Of values: little-endian, whichever machine wrote them."""


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Essays whose features a store holds, row by row."""

    name: str
    """Of the auxiliary set; empty for a plan's own essays."""
    ids: tuple[str, ...]
    """Of the essays."""
    sha256: tuple[str, ...]
    """Of each essay's text and task, exactly as they were measured: `TEXT_DIGITS` hex digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything that shaped a feature store."""

    origin: Origin
    """The files that the essays came from, and how they were chosen."""
    language: str
    """ISO 639-1 code of the essays' language."""
    specs: tuple[FeatureSpec, ...]
    """Columns, in order."""
    tools: Mapping[str, str]
    """Versions of whatever measured: extractor, word lists, checker with its rules, text model."""
    absent: Mapping[str, str]
    """Groups that could not be had, each with the reason."""
    rows: tuple[StoredRows, ...]
    """A plan's own essays, training and test together, then each auxiliary set."""
    texts_sha256: str
    """Digest of the own essays' ids and normalised texts."""
    embedder: Mapping[str, Any] | None = None
    """How the text model was used, as a plan says it; ``None`` when there was none."""
    backend: str = "local"
    """Where the essays were measured."""
    created_at: str = ""
    """When, in ISO 8601."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Versions of gradewise, Python and libraries, and the git revision."""

    @property
    def n_rows(self) -> int:
        """Rows of all sets together."""
        return sum(len(rows.ids) for rows in self.rows)


def find_store(path: Path) -> Path:
    """The store that a path means: itself, or the one in a run directory.

    Raises:
        InputError: there is none.
    """
    for candidate in (path, path / IN_RUN):
        if (candidate / MANIFEST).is_file():
            return candidate
    raise InputError(
        f"{path} holds no feature store ({MANIFEST}); name a store or the run that made one, or make one: "
        "gradewise featurize"
    )


def following_store(plan: Plan) -> Plan:
    """The plan with what its feature store says of data and text model, where it leaves that open.

    Raises:
        InputError: there is no such store, or it is of another kind, window or other prompts.
    """
    if plan.features.store is None:
        return plan
    manifest = read_manifest(find_store(plan.features.store))
    plan = followed(plan, manifest.origin, what=f"feature store {plan.features.store}", error=InputError)
    if plan.features.set == "handcrafted" or plan.features.embedder:
        return plan
    if manifest.embedder is None:
        raise InputError(
            f"features.set: {plan.features.set!r} is asked for, and feature store {plan.features.store} "
            "holds nothing that a text model sees; use another store, or measure anew with --embedding-model"
        )
    embedder = EmbedderPlan.model_validate(manifest.embedder)
    return plan.model_copy(update={"features": plan.features.model_copy(update={"embedder": embedder})})


def write_store(directory: Path, manifest: Manifest, values: NDArray[np.float32]) -> Path:
    """Write a store beside its place and move it there when it is whole.

    Args:
        directory: the store; an existing one is never touched.
        manifest: what is in it.
        values: shape ``(manifest.n_rows, len(manifest.specs))``.

    Raises:
        InputError: there is something at this place already.
        OSError: the disk is full or may not be written.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    growing = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}."))
    try:
        features = _npy(values)
        record = _manifest_to_json(manifest) | {"files": {FEATURES: _sha256(features)}}
        stated = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"
        write_whole(growing / FEATURES, features)
        write_whole(growing / MANIFEST, stated)
        write_whole(growing / DIGESTS, f"{_sha256(features)}  {FEATURES}\n{_sha256(stated)}  {MANIFEST}\n")
        growing.chmod(0o755)
        growing.rename(directory)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise InputError(
                f"{directory} exists, and feature stores are never overwritten; name another place"
            ) from error
        raise
    finally:
        shutil.rmtree(growing, ignore_errors=True)
    return directory


def read_manifest(store: Path) -> Manifest:
    """What a store says of itself.

    Raises:
        InputError: it is damaged, or of a format that is not read.
    """
    stated = _verified(store, MANIFEST)
    try:
        record = json.loads(stated)
        if record["format"] != FORMAT:
            raise InputError(
                f"format: feature store {store} has {record['format']!r}, this gradewise reads {FORMAT}; "
                "featurize anew, or use the gradewise that wrote it"
            )
        return _manifest_from_json(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{store / MANIFEST} is no manifest of a feature store; featurize anew") from error


def read_values(store: Path, manifest: Manifest) -> NDArray[np.float32]:
    """The values of a store: shape ``(manifest.n_rows, len(manifest.specs))``.

    Raises:
        InputError: they are damaged.
    """
    try:
        values: NDArray[np.float32] = np.load(io.BytesIO(_verified(store, FEATURES)), allow_pickle=False)
    except ValueError as error:
        raise InputError(f"{store / FEATURES} holds no array; featurize anew") from error
    expected = (manifest.n_rows, len(manifest.specs))
    if values.shape != expected or values.dtype != STORED:
        raise InputError(
            f"{store / FEATURES} holds {values.dtype} of shape {values.shape}, and the manifest says "
            f"{STORED} of shape {expected}; featurize anew"
        )
    return values


def _verified(store: Path, name: str) -> bytes:
    """The bytes of a file of a store, once they have the digest that the store states."""
    try:
        stated = dict(line.split("  ")[::-1] for line in (store / DIGESTS).read_text("utf-8").splitlines())
        content = (store / name).read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"feature store {store} is not whole: {error}; featurize anew") from error
    if _sha256(content) != stated.get(name):
        raise InputError(
            f"sha256 of {store / name}: the file has {_sha256(content)[:12]}, the store states "
            f"{str(stated.get(name))[:12]}; it was changed or damaged, so featurize anew"
        )
    return content


def _npy(values: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values, dtype=STORED), allow_pickle=False)
    return buffer.getvalue()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest_to_json(manifest: Manifest) -> dict[str, Any]:
    own, *others = manifest.rows
    return {
        "format": FORMAT,
        "created_at": manifest.created_at,
        "gradewise": manifest.environment.get("gradewise", ""),
        "git_sha": manifest.environment.get("git", ""),
        "environment": dict(manifest.environment),
        "backend": manifest.backend,
        "language": manifest.language,
        "tools": dict(manifest.tools),
        "embedder": None if manifest.embedder is None else dict(manifest.embedder),
        "absent": dict(manifest.absent),
        **origin_to_json(manifest.origin),
        "texts_sha256": manifest.texts_sha256,
        "features": [_spec_to_json(spec) for spec in manifest.specs],
        "row_ids": list(own.ids),
        "row_sha256": list(own.sha256),
        "auxiliary": [
            {"name": rows.name, "row_ids": list(rows.ids), "row_sha256": list(rows.sha256)} for rows in others
        ],
    }


def _manifest_from_json(record: Mapping[str, Any]) -> Manifest:
    own = StoredRows("", tuple(record["row_ids"]), tuple(record["row_sha256"]))
    others = (
        StoredRows(each["name"], tuple(each["row_ids"]), tuple(each["row_sha256"]))
        for each in record["auxiliary"]
    )
    return Manifest(
        origin=origin_from_json(record),
        language=str(record["language"]),
        specs=tuple(_spec_from_json(each) for each in record["features"]),
        tools=dict(record["tools"]),
        absent=dict(record["absent"]),
        rows=(own, *others),
        texts_sha256=str(record["texts_sha256"]),
        embedder=record["embedder"],
        backend=str(record["backend"]),
        created_at=str(record["created_at"]),
        environment=dict(record["environment"]),
    )


def _spec_to_json(spec: FeatureSpec) -> dict[str, Any]:
    """A feature; a side without a bound is ``None``."""
    return {
        "name": spec.name,
        "unit": spec.unit,
        "group": spec.group,
        "low": spec.low if np.isfinite(spec.low) else None,
        "high": spec.high if np.isfinite(spec.high) else None,
        "definition": spec.definition,
        "source": spec.source,
        "direction": spec.direction,
    }


def _spec_from_json(record: Mapping[str, Any]) -> FeatureSpec:
    low, high = record["low"], record["high"]
    bounds = {"low": -np.inf if low is None else float(low), "high": np.inf if high is None else float(high)}
    return FeatureSpec(**{**record, **bounds})
