"""The composition root: settings become services; the only room that names adapters."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradewise.adapters.essay_files import open_essay_file as open_table
    from gradewise.bootstrap.caches import serving_cache, shared_cache
    from gradewise.bootstrap.databases import (
        batches_from,
        event_file,
        find_store,
        registry_from,
        schema_from,
        score_log_from,
        source_services,
        stores_from,
    )
    from gradewise.bootstrap.installation import installed_versions
    from gradewise.bootstrap.observing import observed_by
    from gradewise.bootstrap.reading import build_apart, load_scorer, reading_tools
    from gradewise.bootstrap.reviewing import review_secret
    from gradewise.bootstrap.services import (
        embedder_opener,
        find_checker,
        find_trackers,
        services_from,
    )

_PLACES = {
    "batches_from": "gradewise.bootstrap.databases",
    "build_apart": "gradewise.bootstrap.reading",
    "embedder_opener": "gradewise.bootstrap.services",
    "event_file": "gradewise.bootstrap.databases",
    "find_checker": "gradewise.bootstrap.services",
    "find_store": "gradewise.bootstrap.databases",
    "find_trackers": "gradewise.bootstrap.services",
    "installed_versions": "gradewise.bootstrap.installation",
    "load_scorer": "gradewise.bootstrap.reading",
    "observed_by": "gradewise.bootstrap.observing",
    "open_table": "gradewise.adapters.essay_files",
    "reading_tools": "gradewise.bootstrap.reading",
    "registry_from": "gradewise.bootstrap.databases",
    "review_secret": "gradewise.bootstrap.reviewing",
    "schema_from": "gradewise.bootstrap.databases",
    "score_log_from": "gradewise.bootstrap.databases",
    "services_from": "gradewise.bootstrap.services",
    "serving_cache": "gradewise.bootstrap.caches",
    "shared_cache": "gradewise.bootstrap.caches",
    "source_services": "gradewise.bootstrap.databases",
    "stores_from": "gradewise.bootstrap.databases",
}
"""Which module each comes from; imported when it is asked for, since a command that opens the registry has no
use for what measures essays, which takes a second."""

__all__ = [
    "batches_from",
    "build_apart",
    "embedder_opener",
    "event_file",
    "find_checker",
    "find_store",
    "find_trackers",
    "installed_versions",
    "load_scorer",
    "observed_by",
    "open_table",
    "reading_tools",
    "registry_from",
    "review_secret",
    "schema_from",
    "score_log_from",
    "services_from",
    "serving_cache",
    "shared_cache",
    "source_services",
    "stores_from",
]


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(_PLACES[name])
    return getattr(module, "open_essay_file" if name == "open_table" else name)
