"""Essays from the SQL databases of schools: what is asked, as each database has it, and its answers."""
