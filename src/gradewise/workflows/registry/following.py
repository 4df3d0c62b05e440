"""The links of deployed models follow the database: under a lock, from the state as it is at that moment."""

from dataclasses import dataclass

from gradewise.errors import BundleError, GradewiseError, UnavailableError
from gradewise.registry.acts import NameState
from gradewise.registry.records import ModelRecord
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.registry.copies import (
    deploy_directory,
    fetch_files,
    holds,
    holds_whole,
)
from gradewise.workflows.registry.deployment import Linked
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.signing import sign_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """Something that was not as the database says."""

    model_name: str
    """Under which name; empty for what belongs to none."""
    what: str
    """What was done about it, or why nothing could be done."""
    mended: bool = True
    """Whether it is as it should be now."""


async def hold_copy(services: RegistryServices, model: ModelRecord) -> bool:
    """See that the copy that links may point to is there and unharmed; whether it had to be written.

    Raises:
        BundleError: no copy is whole, or it cannot be written.
        UnavailableError: none of those that answer is whole, or the disk is full.
    """
    async with deploy_directory(services, model.model_name).lock():
        if await aside(holds_whole, services, model):
            return False
        await _write_copy(services, model)
        return True


async def follow(services: RegistryServices, name: str) -> tuple[Repaired, ...]:
    """Make the links of a name what the database says, and say what was changed.

    Copies that are missing are fetched. A model of which there is none keeps its link away, and is told of.

    Raises:
        RegistryError: something lies where a link belongs that gradewise has not put there.
    """
    if not await _concerns(services, name):
        return ()
    async with deploy_directory(services, name).lock():
        state = await services.registry.state(name)
        production = await _follow_link(services, name, "production", state.production)
        staging = await _follow_link(services, name, "staging", state.staged)
        return (*production, *staging, *await _follow_signed(services, state))


async def settle(services: RegistryServices, name: str, listener: Listener) -> None:
    """Follow before an act, which ends what another was killed in; a listener hears what was amiss."""
    for each in await follow(services, name):
        listener(Notice(f"{each.model_name}: {each.what}"))


async def link(services: RegistryServices, name: str, listener: Listener) -> None:
    """Follow after an act; a listener hears what cannot be done.

    Raises:
        UnavailableError: the act is written down, but links could not follow.
    """
    try:
        done = await follow(services, name)
    except GradewiseError as error:
        raise UnavailableError(
            f"the database has it, but links do not follow yet: {error}; then run: gradewise registry repair"
        ) from error
    for each in done:
        if not each.mended:
            listener(Notice(f"{each.model_name}: {each.what}"))


async def _concerns(services: RegistryServices, name: str) -> bool:
    """Whether anything of a name is deployed here, or is to be."""
    if await aside(deploy_directory(services, name).path.is_dir):
        return True
    state = await services.registry.state(name)
    return state.production is not None or state.staged is not None


async def _follow_link(
    services: RegistryServices, name: str, stage: Linked, model: ModelRecord | None
) -> tuple[Repaired, ...]:
    if model is not None and not model.has_bundle:
        # A row from before gradewise: whoever put it into production deploys it too.
        return ()
    done: tuple[Repaired, ...] = ()
    if model is not None and not await aside(holds, services, model):
        try:
            await _write_copy(services, model)
        except (BundleError, UnavailableError) as error:
            return (Repaired(model_name=name, what=str(error), mended=False),)
        done = (Repaired(model_name=name, what=f"the copy of {model.version} was fetched"),)
    version = model.version if model is not None else None
    deploy = deploy_directory(services, name)
    if await aside(deploy.pointed, stage) == version:
        return done
    await aside(deploy.point, stage, version)
    led = f"leads to {version}" if version else "was taken away"
    return (*done, Repaired(model_name=name, what=f"the link {stage} {led}"))


async def _follow_signed(services: RegistryServices, state: NameState) -> tuple[Repaired, ...]:
    if services.signing_key is None:
        return ()
    written = await sign_state(services, state, services.signing_key)
    told = [f"the manifest of {each.stage} names {each.version}, serial {each.serial}" for each in written]
    return tuple(Repaired(model_name=state.name, what=what) for what in told)


async def _write_copy(services: RegistryServices, model: ModelRecord) -> None:
    files = await fetch_files(services, model)
    await aside(deploy_directory(services, model.model_name).hold, model.version, files)
