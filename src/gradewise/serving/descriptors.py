"""Descriptors: each connection takes one, and a system gives a process few of them unless it asks."""

import resource

from gradewise.serving.limits import Limits

SPARE = 256
"""For files, databases, processes, and connections that are only told that there are too many."""


def room_for_connections(limits: Limits, *, protocols: int) -> str:
    """See that all connections may be open that clients are allowed.

    Args:
        limits: what clients may take.
        protocols: that are answered; each has so many connections.

    Returns:
        What whoever runs the service should know; empty where there is enough room.
    """
    needed = protocols * limits.connections + limits.connections // 4 + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        return (
            f"{protocols * limits.connections:,} connections need {needed:,} descriptors, and this process "
            f"may have {hard:,}; raise them (ulimit -n, LimitNOFILE), or lower --max-connections"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    return ""
