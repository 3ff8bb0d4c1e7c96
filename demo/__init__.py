"""The demonstration county: real names of places, everything else invented, and said to be so."""

from demo.county import SEED, County, make_county

__all__ = ["SEED", "County", "make_county"]
