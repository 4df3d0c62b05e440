"""`gradewise demo`, `init`, `train` and what goes with them: a model of your own."""
