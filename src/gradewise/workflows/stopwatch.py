"""How long each stage of a use case takes."""

from dataclasses import dataclass, field

from gradewise.telemetry import Event, Listener, StageFinished


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage, passing events on."""

    listener: Listener
    """Hears everything too."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Of each stage that has ended, to the millisecond."""

    def hear(self, event: Event) -> None:
        """Take the time of a stage that ends."""
        if isinstance(event, StageFinished):
            self.seconds[event.stage] = round(event.seconds, 3)
        self.listener(event)
