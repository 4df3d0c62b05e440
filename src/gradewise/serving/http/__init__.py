"""The service by HTTP: FastAPI for routes and their description, msgspec for what goes in and out."""
