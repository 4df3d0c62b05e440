"""`gradewise registry` and what else is done with models: held against rules, tried, joined, signed."""
