"""Keys are made, listed and revoked by commands, and sign what is brought to production."""

import json
from pathlib import Path

import pytest

from gradewise.bootstrap.signing import signing_key_from, trust_from
from gradewise.cli.main import REFUSED, run
from gradewise.errors import InputError
from gradewise.models.bundles.contents import write_bundle
from gradewise.registry.manifests import read_manifest
from gradewise.settings import read_settings
from gradewise.testing.graders import made_up_bundle
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.references import find_model
from gradewise.workflows.registry.services import RegistryServices
from lifecycle_trials import Place, judge_of


def test_keys_are_made_listed_and_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command says what it did, and what comes next."""
    directory = str(tmp_path / "keys")
    assert 0 == run(["keys", "list", "--directory", directory])
    assert "no public keys" in capsys.readouterr().err
    assert 0 == run(["keys", "new", "deployer", "--directory", directory])
    said = capsys.readouterr().out
    assert f"export GRADEWISE_SIGNING_KEY={directory}/deployer.key" in said
    assert f"copy {directory}/deployer.pub" in said
    assert 0 == run(["keys", "revoke", "deployer", "--directory", directory, "--reason", "lost"])
    assert "gradewise registry sign" in capsys.readouterr().out
    assert 0 == run(["keys", "list", "--directory", directory])
    assert "revoked: lost" in capsys.readouterr().out
    assert 0 == run(["keys", "list", "--directory", directory, "--json"])
    (key,) = json.loads(capsys.readouterr().out)["keys"]
    assert ("deployer", True, "lost") == (key["name"], key["revoked"], key["why"])
    assert REFUSED == run(["keys", "new", "deployer", "--directory", directory])


def test_what_is_in_production_is_signed_by_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was brought to staging without a key is signed afterwards; what is missing for that is told."""
    monkeypatch.setenv("GRADEWISE_MODELS_DIR", str(tmp_path / "models"))
    bundle = write_bundle(made_up_bundle(), tmp_path / "bundle")
    assert 0 == run(["keys", "new", "deployer", "--directory", str(tmp_path)])
    assert 0 == run(["registry", "register", str(bundle), "--quiet"])
    assert REFUSED == run(["registry", "sign", "made-up"])
    assert "set GRADEWISE_SIGNING_KEY" in capsys.readouterr().err
    monkeypatch.setenv("GRADEWISE_SIGNING_KEY", str(tmp_path / "deployer.key"))
    assert REFUSED == run(["registry", "sign", "made-up"])
    assert "promote a model first" in capsys.readouterr().err
    Place(tmp_path).within(_staged)
    assert 0 == run(["registry", "sign", "made-up"])
    said = capsys.readouterr().out
    manifest = read_manifest((tmp_path / "models" / "made-up" / "staging.manifest.json").read_bytes())
    assert f"made-up 20260131_120000 is signed for staging: serial 2, key {manifest.key_id}\n" == said


async def _staged(services: RegistryServices) -> None:
    """The model in staging."""
    model = await find_model(services.registry, "made-up")
    await promote(services, model, stage="staging", judge=judge_of(model))


def test_settings_name_keys(tmp_path: Path) -> None:
    """Without variables nothing is signed or asked for; keys that cannot be used are told at once."""
    plain = read_settings({"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)})
    assert (None, None) == (signing_key_from(plain), trust_from(plain))
    assert tmp_path / "gradewise" == plain.state_directory
    named = read_settings(
        {"GRADEWISE_SIGNING_KEY": str(tmp_path / "x.key"), "GRADEWISE_TRUSTED_KEYS": str(tmp_path)}
    )
    with pytest.raises(InputError, match="cannot read signing key"):
        signing_key_from(named)
    with pytest.raises(InputError, match="holds no public key"):
        trust_from(named)
    assert 0 == run(["keys", "new", "deployer", "--directory", str(tmp_path)])
    assert trust_from(named) is not None
