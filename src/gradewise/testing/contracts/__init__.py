"""Contract suites: each port's promises as tests that every implementation passes."""
