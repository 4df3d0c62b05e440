"""Which manifests are obeyed: signed by a trusted key, about what lies there, never an older one again."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from gradewise.errors import UnavailableError
from gradewise.file_locks import locked
from gradewise.models.bundles.places import disk_told
from gradewise.registry.manifests import (
    KeyRing,
    Manifest,
    Obeyed,
    ServedStage,
    require_newer,
    require_subject,
    trusted_manifest,
)
from gradewise.whole_files import write_whole
from gradewise.workflows.scoring.sources import Wanted

_WAIT_S = 5.0


class Trust:
    """Refuses what no trusted key has said is to be served; blocks, as it reads small files."""

    def __init__(self, open_ring: Callable[[], KeyRing], memory: Path) -> None:
        """Trust some keys.

        Args:
            open_ring: reads the keys as they are now, so that a revocation counts at once; `UnavailableError`
                or `InputError` when that cannot be done.
            memory: directory in which the last serial that was obeyed is kept; it should not be writable to
                those who deploy models.
        """
        self._open_ring = open_ring
        self._memory = memory

    def state(self) -> str:
        """Changes when a key is added, removed or revoked.

        Raises:
            InputError, UnavailableError: the keys cannot be used, or read.
        """
        ring = self._open_ring()
        return " ".join((*sorted(ring.keys), "revoked", *sorted(ring.revoked)))

    def check(self, wanted: Wanted, content_id: str, name: str) -> Manifest:
        """The manifest that speaks for a bundle.

        Args:
            wanted: with the manifest, if any.
            content_id: of the bundle, verified.
            name: of its model.

        Raises:
            ManifestError: none does.
            InputError: the keys cannot be used.
            UnavailableError: keys or serials cannot be read.
        """
        manifest = trusted_manifest(wanted.manifest, self._open_ring())
        require_subject(manifest, name=wanted.name or name, stage=wanted.stage, content_id=content_id)
        require_newer(manifest, self._obeyed(manifest.model_name, manifest.stage))
        return manifest

    def obey(self, manifest: Manifest) -> None:
        """Remember that a manifest was obeyed, before it is.

        Raises:
            ManifestError: a newer one was obeyed meanwhile.
            UnavailableError: that cannot be written down.
        """
        path = self._path(manifest.model_name, manifest.stage)
        with disk_told(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            with locked(path.with_suffix(".lock"), wait_s=_WAIT_S):
                last, now = (
                    self._obeyed(manifest.model_name, manifest.stage),
                    Obeyed(manifest.serial, manifest.content_id),
                )
                require_newer(manifest, last)
                if last != now:
                    write_whole(path, json.dumps(asdict(now)) + "\n")

    def _path(self, name: str, stage: ServedStage) -> Path:
        return self._memory / f"{name}.{stage}.json"

    def _obeyed(self, name: str, stage: ServedStage) -> Obeyed | None:
        path = self._path(name, stage)
        try:
            with disk_told(str(path)):
                found = json.loads(path.read_bytes())
            return Obeyed(int(found["serial"]), str(found["content_id"]))
        except UnavailableError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise
        except (ValueError, TypeError, KeyError) as error:
            raise UnavailableError(
                f"{path} is damaged, so that nobody knows which manifests are old; restore it, or remove it "
                "to trust the one that is there now"
            ) from error
