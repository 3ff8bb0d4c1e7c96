"""Whose an asset is: rights, shares and certification, below the asset's own address."""
