"""People's own values: seen for a reason, corrected unseen, found, handed over and erased."""
