"""What `bin/run` and the tests stand on: a database cluster of one's own, and the processes beside it.

This package knows PostgreSQL and Linux processes, and nothing about the registry.
"""
