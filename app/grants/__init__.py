"""Accounts, what they are granted, who stands in for whom, and keys for programs."""
