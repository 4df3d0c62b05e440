"""What learns: boosters, tree ensembles, ordinal decoding, calibration, explanation, bundles."""
