"""What the pages of single records share: where it lies, what was done to it."""
