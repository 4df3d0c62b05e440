"""SQL databases by SQLAlchemy, SQLite in a file and PostgreSQL on a server, and the registry in them."""
