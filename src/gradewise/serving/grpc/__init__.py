"""The service by gRPC: the same use case, tokens and limits as by HTTP."""
