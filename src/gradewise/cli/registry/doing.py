"""Acts on registered models, done with progress on the terminal; each ends with a line on what changed."""

from pathlib import Path
from typing import Literal

from gradewise.cli.choosing import find_bundle
from gradewise.cli.registry.running import with_registry
from gradewise.cli.terminal import progress_shown, show_line
from gradewise.errors import (
    BundleError,
    InputError,
    MissingDependencyError,
    PlanError,
    RegistryError,
    UnavailableError,
)
from gradewise.redaction import bare_addresses
from gradewise.registry.acts import NameState
from gradewise.registry.manifests import Manifest
from gradewise.registry.records import ModelRecord, StageChange
from gradewise.registry.trail import former_productions
from gradewise.workflows.registry.archive import archive
from gradewise.workflows.registry.fetch import fetch
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.references import find_model
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.signing import sign_stages


def register_shown(named: Path | None, *, reason: str, quiet: bool) -> None:
    """Register a bundle, a run's bundle or an archive of one.

    Raises:
        BundleError: there is none.
    """
    from gradewise.workflows.registry.register import register

    bundle = named if named is not None and named.is_file() else find_bundle(named)
    with progress_shown(quiet=quiet) as listener:
        model = with_registry(lambda services: register(services, bundle, reason=reason, listener=listener))
    show_line(registered_line(model))


def register_trained(bundle: Path, run: Path, *, quiet: bool) -> None:
    """Register a model that was trained just now.

    Raises:
        BundleError, MissingDependencyError, RegistryError, UnavailableError: it could not be registered; the
            message says how to do so later.
    """
    try:
        register_shown(bundle, reason="", quiet=quiet)
    except (BundleError, MissingDependencyError, RegistryError, UnavailableError) as error:
        again = f"the model is trained; register it later: gradewise registry register {run}"
        raise type(error)(f"{error}; {again}") from error


def promote_shown(
    text: str,
    *,
    stage: Literal["staging", "production"],
    data: Path | None,
    plan: Path | None,
    override: str | None,
    reason: str,
    quiet: bool,
) -> None:
    """Judge a model and bring it to a stage."""
    # Only who judges needs what measures essays, which takes a second: whoever rolls back is in a hurry.
    from gradewise.cli.registry.judging import judge_of

    async def _asked(services: RegistryServices) -> tuple[StageChange, NameState]:
        model = await find_model(services.registry, text)
        overridden = override is not None
        with judge_of(
            services, model, data=data, plan=plan, overridden=overridden, listener=listener
        ) as judge:
            change = await promote(
                services, model, stage=stage, judge=judge, reason=reason, override=override, listener=listener
            )
        return change, await services.registry.state(model.model_name)

    with progress_shown(quiet=quiet) as listener:
        change, state = with_registry(_asked)
    show_line(promoted_line(change, state))


def rollback_shown(name: str, *, to: str | None, reason: str, quiet: bool) -> None:
    """Put a former model back into use."""

    async def _asked(services: RegistryServices) -> tuple[StageChange, NameState]:
        target = (
            None if to is None else await find_model(services.registry, to if ":" in to else f"{name}:{to}")
        )
        change = await rollback(services, name, to=target, reason=reason, listener=listener)
        return change, await services.registry.state(name)

    with progress_shown(quiet=quiet) as listener:
        change, state = with_registry(_asked)
    show_line(rolled_back_line(change, state))


def archive_shown(text: str, *, reason: str, quiet: bool) -> None:
    """Put a model away."""

    async def _asked(services: RegistryServices) -> StageChange:
        model = await find_model(services.registry, text)
        return await archive(services, model, reason=reason, listener=listener)

    with progress_shown(quiet=quiet) as listener:
        change = with_registry(_asked)
    show_line(archived_line(change))


def fetch_shown(text: str, *, to: Path) -> None:
    """Write a copy of a model's bundle."""

    async def _asked(services: RegistryServices) -> tuple[ModelRecord, Path]:
        model = await find_model(services.registry, text)
        return model, await fetch(services, model, to)

    model, written = with_registry(_asked)
    show_line(f"{model.label}, verified, is in {written}")


def push_shown(text: str, url: str) -> None:
    """Send a copy of a model to object storage.

    Raises:
        PlanError: the address is none, or holds a key.
    """
    from gradewise.bootstrap.watching import pushed_models
    from gradewise.cli.opening import open_named_with_files
    from gradewise.workflows.push import push_model

    require_bare_address(url)
    model, files = open_named_with_files(text)
    place = push_model(files, pushed_models(url).push)
    show_line(f"{model.label} is in {place}")


def push_trained(bundle: Path, run: Path, url: str) -> None:
    """Send a model that was trained just now.

    Raises:
        InputError, MissingDependencyError, UnavailableError: it could not be sent; the message says how to do
            so later.
    """
    try:
        push_shown(str(bundle), url)
    except (InputError, MissingDependencyError, UnavailableError) as error:
        again = f"the model is trained; push it later: gradewise registry push {run} {bare_addresses(url)}"
        raise type(error)(f"{error}; {again}") from error


def require_bare_address(url: str) -> None:
    """Pass when an address names a place and no key.

    Raises:
        PlanError: it does not.
    """
    scheme, separator, place = url.partition("://")
    if not separator or not scheme or not place.strip("/"):
        raise PlanError("that is no address; write one such as s3://bucket/prefix")
    if bare_addresses(url) != url or "@" in place:
        raise PlanError("the address holds a user or a key; leave them to the environment")


def sign_shown(name: str) -> None:
    """Sign what is served of a name."""

    async def _asked(services: RegistryServices) -> tuple[Manifest, ...]:
        if services.signing_key is None:
            raise InputError(
                "no key signs here; set GRADEWISE_SIGNING_KEY to the file of one, see gradewise keys"
            )
        return await sign_stages(services, name, services.signing_key, anew=True)

    for each in with_registry(_asked):
        what = f"{each.model_name} {each.version} is signed for {each.stage}"
        show_line(f"{what}: serial {each.serial}, key {each.key_id}")


def registered_line(model: ModelRecord) -> str:
    """What registering changed, and what comes next."""
    reference = f"{model.model_name}:{model.version}"
    if model.stage != "dev":
        return f"{model.label} is registered, in stage {model.stage}"
    return f"{model.label} is registered; try it: gradewise registry promote {reference} --stage staging"


def promoted_line(change: StageChange, state: NameState) -> str:
    """What a promotion changed, and how it is undone or gone on with."""
    model = f"{change.model_name} {change.version}"
    if change.to_stage == "staging":
        again = f"gradewise registry promote {change.model_name}:{change.version} --stage production"
        return f"{model} is in staging; bring it to production: {again}"
    return f"{model} is in production; {_put_away(change, state)}undo: {_undo(change, state)}"


def rolled_back_line(change: StageChange, state: NameState) -> str:
    """What a rollback changed, and how it is undone."""
    line = f"{change.model_name} {change.version} is in production; {_put_away(change, state)}"
    if change.replaced_id is None:
        return line.removesuffix("; ")
    replaced = _version(change.replaced_id, state)
    return f"{line}undo: gradewise registry rollback {change.model_name} --to {replaced}"


def archived_line(change: StageChange) -> str:
    """What was archived, and how it is brought back."""
    reference = f"{change.model_name}:{change.version}"
    if change.from_stage == "production":
        undo = f"gradewise registry rollback {change.model_name} --to {change.version}"
        return f"{change.model_name} {change.version} was archived, no model is in production; undo: {undo}"
    undo = f"gradewise registry promote {reference} --stage staging"
    return f"{change.model_name} {change.version} was archived; bring it back: {undo}"


def _undo(change: StageChange, state: NameState) -> str:
    if former_productions(state):
        return f"gradewise registry rollback {change.model_name}"
    return f"gradewise registry archive {change.model_name}:{change.version}"


def _put_away(change: StageChange, state: NameState) -> str:
    return "" if change.replaced_id is None else f"{_version(change.replaced_id, state)} was archived; "


def _version(model_id: str, state: NameState) -> str:
    return next((model.version for model in state.models if model.id == model_id), model_id)
