"""What administrators keep: labels, limits, standards, templates and checklists, version by version."""
