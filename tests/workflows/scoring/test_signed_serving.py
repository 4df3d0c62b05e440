"""Only what a trusted key has signed is served, and what was served before is not served again by replay."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gradewise.adapters.ed25519 import new_key, read_key_ring, read_signing_key, revoke_key
from gradewise.errors import RegistryError
from gradewise.models.bundles.storage import content_id, write_files
from gradewise.registry.manifests import Manifest, SigningKey, read_manifest, signed
from gradewise.registry.records import ModelRecord
from gradewise.workflows.registry.deployment import DeployDirectory
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.signing import manifest_path, sign_stages
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.sources import BundlePath, DeployedBundle, RegisteredBundle
from gradewise.workflows.scoring.trust import Trust
from lifecycle_trials import Place, judge_of
from served_models import NAME, ServedModel, Turning, clock, tried_here

Pair = tuple[dict[str, bytes], dict[str, bytes]]


@pytest.fixture
def trusted(tmp_path: Path) -> Path:
    """A directory of keys, with those of a deployer."""
    new_key(tmp_path / "keys", "deployer")
    return tmp_path / "keys"


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes while a test looks."""
    monkeypatch.setattr("gradewise.workflows.scoring.slot.SETTLE_S", 0.0)


def trust_in(keys: Path) -> Trust:
    """Trust in the keys of a directory; serials are remembered beside it."""
    return Trust(lambda: read_key_ring(keys), keys.parent / "serials")


def key_of(keys: Path, name: str = "deployer") -> SigningKey:
    """A private key."""
    return read_signing_key(keys / f"{name}.key")


async def in_production(services: RegistryServices, bundle: Path) -> ModelRecord:
    """A model registered and brought to production."""
    model = await register(services, bundle)
    await promote(services, model, stage="staging", judge=judge_of(model))
    await promote(services, model, stage="production", judge=judge_of(model))
    return model


def test_acts_sign_and_rolling_back_is_signed_anew(tmp_path: Path, bundle_pair: Pair, trusted: Path) -> None:
    """Promotion and rollback write manifests whose serial grows; the older ones are refused for good."""
    paths = [write_files(files, tmp_path / f"{n}") for n, files in enumerate(bundle_pair)]
    place, first, second = Place(tmp_path), content_id(bundle_pair[0]), content_id(bundle_pair[1])
    manifest = place.models / NAME / "manifest.json"

    async def serve(unsigned: RegistryServices) -> None:
        services = replace(unsigned, signing_key=key_of(trusted))
        sources = DeployedBundle(place.models, NAME), RegisteredBundle(services, NAME)
        slots = [
            ModelSlot(source, ServedModel, trial=tried_here, trust=trust_in(trusted), clock=clock)
            for source in sources
        ]
        await in_production(services, paths[0])
        old = manifest.read_bytes()
        assert [first] * 2 == [(await slot.reload(asked_by="start")).model_digest for slot in slots]
        await in_production(services, paths[1])
        newer = manifest.read_bytes()
        assert [second] * 2 == [(await slot.reload(asked_by="watch")).model_digest for slot in slots]
        await rollback(services, NAME)
        assert [first] * 2 == [(await slot.reload(asked_by="watch")).model_digest for slot in slots]
        serials = [read_manifest(each).serial for each in (old, newer, manifest.read_bytes())]
        assert sorted(set(serials)) == serials
        assert [serials[-1]] * 2 == [slot.status.serial for slot in slots]
        manifest.write_bytes(old)
        assert ["replayed"] * 2 == [(await slot.reload(asked_by="watch")).reason for slot in slots]
        assert {first} == {(await slot.reload(asked_by="request")).model_digest for slot in slots}
        assert ["the manifest of production"] == [
            each.what.partition(" names")[0] for each in await repair(services)
        ]
        assert ["same"] * 2 == [(await slot.reload(asked_by="watch")).outcome for slot in slots]
        assert "staging" == read_manifest((place.models / NAME / "staging.manifest.json").read_bytes()).stage

    place.within(serve)


def test_a_server_that_starts_again_remembers_serials(
    tmp_path: Path, bundle_pair: Pair, trusted: Path
) -> None:
    """An older manifest and its link, put back while the server was down, are refused at its start."""
    paths = [write_files(files, tmp_path / f"{n}") for n, files in enumerate(bundle_pair)]
    place = Place(tmp_path)
    manifest = place.models / NAME / "manifest.json"

    def slot() -> ModelSlot:
        source = DeployedBundle(place.models, NAME)
        return ModelSlot(source, ServedModel, trial=tried_here, trust=trust_in(trusted), clock=clock)

    async def serve(unsigned: RegistryServices) -> None:
        services = replace(unsigned, signing_key=key_of(trusted))
        model = await in_production(services, paths[0])
        old = manifest.read_bytes()
        await in_production(services, paths[1])
        assert "swapped" == (await slot().reload(asked_by="start")).outcome
        manifest.write_bytes(old)
        link = place.models / NAME / "production"
        link.unlink()
        link.symlink_to(f"archive/{model.version}")
        result = await slot().reload(asked_by="start")
        assert ("refused", "replayed", "") == (result.outcome, result.reason, result.model_digest)

    place.within(serve)


def manifest_of(files: dict[str, bytes], key: SigningKey) -> Manifest:
    """What is said of a bundle by the third act under its name."""
    return Manifest(
        model_name=NAME,
        stage="production",
        version="20260131_000001",
        content_id=content_id(files),
        serial=3,
        made_at="2026-02-01T00:00:00+00:00",
        key_id=key.key_id,
    )


@pytest.fixture
def manifest(tmp_path: Path, bundle_pair: Pair, trusted: Path) -> Path:
    """A name with a signed model in production: where its manifest lies."""
    directory, key = DeployDirectory(tmp_path / "models", NAME), key_of(trusted)
    directory.hold("20260131_000001", bundle_pair[0])
    directory.point("production", "20260131_000001")
    path = manifest_path(directory, "production")
    path.write_bytes(signed(manifest_of(bundle_pair[0], key), key))
    return path


def _by_another(manifest: Path, trusted: Path) -> None:
    """Signed by a key that nobody trusts."""
    new_key(trusted.parent / "others", "mallory")
    other = key_of(trusted.parent / "others", "mallory")
    _sign_again(manifest, other)


def _by_pretender(manifest: Path, trusted: Path) -> None:
    """Signed by a key that nobody trusts, in the name of one that is."""
    new_key(trusted.parent / "others", "mallory")
    other = key_of(trusted.parent / "others", "mallory")
    _sign_again(manifest, SigningKey(key_of(trusted).key_id, other.sign))


def _sign_again(manifest: Path, key: SigningKey, **changes: object) -> None:
    changed = replace(read_manifest(manifest.read_bytes()), key_id=key.key_id, **changes)  # type: ignore[arg-type]
    manifest.write_bytes(signed(changed, key))


def _of_others(manifest: Path, trusted: Path) -> None:
    """Rightly signed, for another name."""
    _sign_again(manifest, key_of(trusted), model_name="others")


def _of_another_bundle(manifest: Path, trusted: Path) -> None:
    """Rightly signed, about a bundle that does not lie there."""
    _sign_again(manifest, key_of(trusted), content_id="0" * 64)


def _damaged(damage: Callable[[bytes], bytes]) -> Callable[[Path, Path], None]:
    def meddle(manifest: Path, _: Path) -> None:
        manifest.write_bytes(damage(manifest.read_bytes()))

    return meddle


def _directory(manifest: Path, _: Path) -> None:
    manifest.unlink()
    manifest.mkdir()


def _claims_more(manifest: Path, _: Path) -> None:
    """A serial that was raised without a key."""
    found = json.loads(manifest.read_bytes())
    found["signed"]["serial"] += 1
    manifest.write_bytes(json.dumps(found, sort_keys=True, separators=(",", ":")).encode() + b"\n")


SIGNING: dict[str, tuple[Callable[[Path, Path], object], str]] = {
    "missing": (lambda manifest, _: manifest.unlink(), "unsigned"),
    "other key": (_by_another, "signature"),
    "pretender": (_by_pretender, "signature"),
    "other name": (_of_others, "signature"),
    "other bundle": (_of_another_bundle, "changed"),
    "raised serial": (_claims_more, "signature"),
    "revoked": (lambda _, keys: revoke_key(keys, "deployer", why="lost"), "revoked"),
    "no keys": (lambda _, keys: (keys / "deployer.pub").unlink(), "unavailable"),
    "truncated signature": (_damaged(lambda content: content[:-40]), "signature"),
    "empty": (_damaged(lambda _: b""), "signature"),
    "flipped": (_damaged(lambda content: content.replace(b'"serial":', b'"serial":1')), "signature"),
    "something behind": (_damaged(lambda content: content + b"{}"), "signature"),
    "a directory": (_directory, "unavailable"),
    "a web page": (_damaged(lambda _: b"<html>404</html>"), "signature"),
}


@pytest.mark.parametrize("case", SIGNING)
def test_what_is_not_rightly_signed_is_refused(
    manifest: Path, bundle_pair: Pair, trusted: Path, case: str
) -> None:
    """At its start a server takes no model; one that runs keeps the model that it has, and says why."""
    meddle, reason = SIGNING[case]

    def slot() -> ModelSlot:
        source = DeployedBundle(manifest.parent.parent, NAME)
        return ModelSlot(source, ServedModel, trial=tried_here, trust=trust_in(trusted), clock=clock)

    async def serve() -> None:
        running = slot()
        await running.reload(asked_by="start")
        meddle(manifest, trusted)
        results = [await running.reload(asked_by="watch"), await slot().reload(asked_by="start")]
        assert [("refused", reason)] * 2 == [(each.outcome, each.reason) for each in results]
        assert [content_id(bundle_pair[0]), ""] == [each.model_digest for each in results]
        assert running.status.stale

    asyncio.run(serve())


def test_a_bare_path_is_nobodys_word(tmp_path: Path, bundle_pair: Pair, trusted: Path) -> None:
    """A bundle that was named by its path alone is unsigned, however whole."""
    bundle = write_files(bundle_pair[0], tmp_path / "bundle")

    async def serve() -> None:
        slot = ModelSlot(
            BundlePath(bundle), ServedModel, trial=tried_here, trust=trust_in(trusted), clock=clock
        )
        assert "unsigned" == (await slot.reload(asked_by="start")).reason

    asyncio.run(serve())


def test_signing_afterwards(tmp_path: Path, bundle_pair: Pair, trusted: Path) -> None:
    """What is deployed can be signed later, and again by another key; without a model there is nothing to."""
    bundle, place = write_files(bundle_pair[0], tmp_path / "bundle"), Place(tmp_path)

    async def acts(services: RegistryServices) -> None:
        with pytest.raises(RegistryError, match="nothing of essays is in production"):
            await sign_stages(services, NAME, key_of(trusted))
        await in_production(services, bundle)
        (manifest,) = await sign_stages(services, NAME, key_of(trusted))
        assert ("production", content_id(bundle_pair[0]), 3) == (
            manifest.stage, manifest.content_id, manifest.serial,
        )  # fmt: skip
        assert () == await sign_stages(services, NAME, key_of(trusted))
        assert 1 == len(await sign_stages(services, NAME, key_of(trusted), anew=True))
        new_key(trusted, "second")
        (other,) = await sign_stages(services, NAME, key_of(trusted, "second"))
        assert other.key_id != manifest.key_id

    place.within(acts)


def test_serials_that_cannot_be_read_or_kept_are_not_guessed(
    tmp_path: Path, manifest: Path, trusted: Path
) -> None:
    """With a damaged memory, or none that can be read, nothing new is served; the next look tries again."""
    memory = tmp_path / "serials"

    async def serve() -> None:
        source = DeployedBundle(manifest.parent.parent, NAME)
        slot = ModelSlot(source, ServedModel, trial=tried_here, trust=trust_in(trusted), clock=clock)
        memory.write_bytes(b"")
        result = await slot.reload(asked_by="start")
        assert ("refused", "unavailable") == (result.outcome, result.reason)
        memory.unlink()
        memory.mkdir()
        (memory / f"{NAME}.production.json").write_bytes(b"{")
        assert "unavailable" == (await slot.reload(asked_by="request")).reason
        (memory / f"{NAME}.production.json").unlink()
        assert "swapped" == (await slot.reload(asked_by="request")).outcome

    asyncio.run(serve())


def test_a_manifest_that_was_overtaken_while_its_bundle_was_tried_is_not_obeyed(
    bundle_pair: Pair, trusted: Path
) -> None:
    """Another worker may have obeyed a newer one meanwhile: the model that was built is closed."""
    key, trust = key_of(trusted), trust_in(trusted)
    manifest = manifest_of(bundle_pair[0], key)
    built: list[ServedModel] = []

    def build(files: object) -> ServedModel:
        trust.obey(replace(manifest, serial=4, content_id="b" * 64))
        built.append(ServedModel(files))  # type: ignore[arg-type]
        return built[-1]

    async def serve() -> None:
        source = Turning(bundle_pair[0], manifest=signed(manifest, key))
        slot = ModelSlot(source, build, trial=tried_here, trust=trust, clock=clock)
        assert "replayed" == (await slot.reload(asked_by="start")).reason
        assert [1] == [model.closed for model in built]

    asyncio.run(serve())
