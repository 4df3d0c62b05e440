"""`gradewise scores`: the answers that a service gave."""
