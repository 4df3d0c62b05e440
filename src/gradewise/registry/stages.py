"""Stages of a model, and which step from one to another is legal."""

from collections.abc import Mapping
from typing import Literal, get_args

from gradewise.errors import RegistryError

Stage = Literal["dev", "staging", "production", "archived"]
"""Where a model stands: registered, waiting to be tried, in use, put away."""
STAGES: tuple[Stage, ...] = get_args(Stage)
"""Every stage, in the order in which a model passes them."""
ActKind = Literal["register", "promote", "rollback", "archive", "prune"]
"""What can be done about a model; every act is one line of the audit trail."""

LEGAL: Mapping[ActKind, frozenset[tuple[Stage | None, Stage]]] = {
    "register": frozenset({(None, "dev")}),
    "promote": frozenset({("dev", "staging"), ("archived", "staging"), ("staging", "production")}),
    "rollback": frozenset({("archived", "production"), ("staging", "production")}),
    "archive": frozenset({("dev", "archived"), ("staging", "archived"), ("production", "archived")}),
    "prune": frozenset({("archived", "archived"), ("dev", "archived")}),
}
"""Steps by act; nobody is put into production but from staging, or back to where it was."""


def is_legal(act: ActKind, before: Stage | None, after: Stage) -> bool:
    """Whether an act may take a model from one stage to another; ``None`` before it is registered."""
    return (before, after) in LEGAL[act]


def require_legal(act: ActKind, before: Stage | None, after: Stage, *, model: str) -> None:
    """Refuse a step that is not legal.

    Args:
        act: what is done.
        before: the stage of the model.
        after: where it is to go.
        model: how to call it.

    Raises:
        RegistryError: the message says from where the step is legal.
    """
    if is_legal(act, before, after):
        return
    if before == after:
        raise RegistryError(f"{model} is in stage {after} already; nothing was changed")
    sources = sorted(source for source, target in LEGAL[act] if target == after and source is not None)
    advice = f"first bring it to {' or '.join(sources)}" if sources else f"{act} never leads to {after}"
    if act == "promote" and is_legal("rollback", before, after):
        advice += ", or, if it has been there before: gradewise registry rollback NAME --to VERSION"
    raise RegistryError(f"{model} is in stage {before or 'none'} and cannot go to {after} by {act}; {advice}")
