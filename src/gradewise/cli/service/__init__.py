"""`gradewise serve`, `worker`, `tokens` and `ops`: a service that grades."""
