"""The service by events: essays come as messages of a broker, and answers go as messages."""
