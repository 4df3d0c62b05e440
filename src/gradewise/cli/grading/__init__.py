"""`gradewise score`, `explain` and `evaluate`: a model and texts."""
