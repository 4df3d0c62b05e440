"""Where a service finds the models that somebody asked for."""

from contextlib import AsyncExitStack
from pathlib import Path

from gradewise.bootstrap.databases import registry_from
from gradewise.bootstrap.serving_options import STAGES, ServingOptions
from gradewise.errors import PlanError, UnavailableError
from gradewise.settings import Settings
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.scoring.sources import BundleSource, DeployedBundle, RegisteredBundle, source_at


class ServingSources:
    """Finds the champion and the challenger of one service; what is opened for it is closed by the stack."""

    def __init__(self, settings: Settings, options: ServingOptions, stack: AsyncExitStack) -> None:
        """Open nothing yet.

        Args:
            settings: of the machine.
            options: of the service.
            stack: closes the registry, where one is opened.
        """
        self._settings, self._options, self._stack = settings, options, stack
        self._registry: RegistryServices | None = None

    async def champion(self, *, away: UnavailableError | None = None) -> BundleSource:
        """What is in production.

        Args:
            away: what the database said a moment ago, where it does not answer.

        Raises:
            PlanError: which model is meant cannot be told.
            UnavailableError: only the registry knows, and its database does not answer.
        """
        if (named := self._options.model) is None:
            return DeployedBundle(self._settings.models_directory, self._options.name or self._only_name())
        return await self._found(named, away=away, may_wait=False)

    async def challenger(self, named: str, *, away: UnavailableError | None = None) -> BundleSource:
        """What is on trial; a registry that does not answer yet is asked again at each look.

        Raises:
            PlanError: which model is meant cannot be told.
        """
        return await self._found(named, away=away, may_wait=True)

    def _only_name(self) -> str:
        directory = self._settings.models_directory
        names = sorted(path.parent.name for path in directory.glob("*/production"))
        if len(names) != 1:
            found = f"there are {', '.join(names)}" if names else "there is none"
            raise PlanError(
                f"which model? {found} in production under {directory}/; give --model BUNDLE, or --name NAME"
            )
        return names[0]

    async def _found(self, text: str, *, away: UnavailableError | None, may_wait: bool) -> BundleSource:
        """What is meant: a path, or what the registry has in a stage of a name."""
        if (path := Path(text)).exists():
            return source_at(path)
        name, _, stage = text.partition("@")
        if stage not in ("", *STAGES) or "/" in name or ":" in name:
            raise PlanError(
                f"nothing is at {text!r}; name a bundle, its archive, or a model: NAME, NAME@staging"
            )
        try:
            registry = await self._opened(away=away, may_wait=may_wait)
        except UnavailableError as error:
            raise UnavailableError(
                f"which model {text!r} is stands in the registry, and {error}; what was deployed is served "
                f"without it by: --name {name}"
            ) from error
        return RegisteredBundle(registry, name, "staging" if stage == "staging" else "production")

    async def _opened(self, *, away: UnavailableError | None, may_wait: bool) -> RegistryServices:
        """The registry, which alone knows the model that is meant."""
        if away is not None and not may_wait:
            raise away
        if self._registry is None:
            opened = registry_from(self._settings, when_away=_waits if may_wait else None, away=away)
            self._registry = await self._stack.enter_async_context(opened)
        return self._registry


def _waits(_error: UnavailableError) -> None:
    """Whoever looks for a model hears it again."""
