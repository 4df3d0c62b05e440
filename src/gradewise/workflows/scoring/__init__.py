"""Scoring that never stops: the one use case behind the library, HTTP, gRPC and events."""
