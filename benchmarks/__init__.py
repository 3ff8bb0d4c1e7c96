"""Figures side by side with peers, one command: ``python -m benchmarks``."""
