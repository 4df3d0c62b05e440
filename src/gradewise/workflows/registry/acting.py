"""Who acts, when and why, as the audit trail writes it down."""

import uuid

from gradewise.registry.acts import Actor
from gradewise.telemetry import correlation_id
from gradewise.workflows.registry.services import RegistryServices


def new_actor(services: RegistryServices, reason: str) -> Actor:
    """Whoever runs this process, now; each act has an id of its own."""
    return Actor(
        id=str(uuid.uuid4()),
        by=services.user,
        at=services.clock(),
        reason=reason,
        correlation_id=correlation_id(),
    )
