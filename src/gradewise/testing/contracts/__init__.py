"""Contract suites: subclass one for each implementation of a port."""
