"""The registry's database by SQLAlchemy: SQLite in a file, PostgreSQL on a server."""
