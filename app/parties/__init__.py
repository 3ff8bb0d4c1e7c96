"""Holders of rights and bodies with duties."""
