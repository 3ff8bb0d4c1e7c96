"""The demonstration county: real names of places, everything else invented, and said to be so."""
