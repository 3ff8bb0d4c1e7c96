"""Pages of ledgers: brought, looked at, mended, committed, taken back."""
