"""What a service lets a client take of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds that hold while a request comes in, so that nobody has to be trusted to end."""

    body_bytes: int = 3_000_000
    """Largest body of a request for one thing: the longest essay and task, every letter escaped."""
    batch_bytes: int = 16_000_000
    """Largest body of a batch."""
    bodies_bytes: int = 128_000_000
    """All bodies together of requests that are under way."""
    body_within_s: float = 20.0
    """How long a body may take to arrive."""
    headers_within_s: float = 10.0
    """How long a request's headers may take to arrive, from the first byte or the connection on."""
    header_bytes: int = 32_768
    """Request line and headers together."""
    connections: int = 512
    """Open at a time."""
    idle_s: float = 30.0
    """How long a connection is kept open for a further request."""
    longest_deadline_s: float = 120.0
    """Nobody may ask for more time."""
    drain_s: float = 20.0
    """How long requests under way may take once the service is asked to end."""
    model_silent_s: float | None = None
    """For how long nobody need have looked for another model before the service is not ready; ``None`` where
    nobody looks."""
    refusals_a_minute: int = 10
    """Failed authorisations of one address before it is told to wait."""
