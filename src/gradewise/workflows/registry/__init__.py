"""Use cases of the registry: models are registered, judged, promoted, rolled back, checked and put away."""
