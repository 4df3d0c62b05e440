"""The composition root: settings become services; the only room that names adapters."""

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
