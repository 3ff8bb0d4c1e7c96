"""Background jobs: queued in the database, together with the change that asks for them."""
