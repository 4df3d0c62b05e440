"""The edges of the scoring service: HTTP, gRPC, events."""
