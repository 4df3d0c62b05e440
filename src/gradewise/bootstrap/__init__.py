"""The composition root: settings become services; the only room that names adapters."""

from gradewise.bootstrap.caches import serving_cache, shared_cache
from gradewise.bootstrap.databases import (
    find_store,
    registry_from,
    schema_from,
    score_log_from,
    source_services,
    stores_from,
)
from gradewise.bootstrap.installation import installed_versions
from gradewise.bootstrap.observing import observed_by
from gradewise.bootstrap.reading import load_scorer, reading_tools
from gradewise.bootstrap.reviewing import review_secret
from gradewise.bootstrap.services import (
    embedder_opener,
    find_checker,
    find_trackers,
    services_from,
)

__all__ = [
    "embedder_opener",
    "find_checker",
    "find_store",
    "find_trackers",
    "installed_versions",
    "load_scorer",
    "observed_by",
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
