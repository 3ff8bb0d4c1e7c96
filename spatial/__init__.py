"""Geometry for a county registry: geometries, arrays and SQL expressions in, the same out.

Nothing here knows a table, a session or a web request.

- ``crs``           storage reference system, Gauss-Kruger zones, web mercator
- ``datums``        the shifted datums of Chinese maps, to and from the stored one
- ``errors``        what can be wrong with something spatial, said so that it can be translated
- ``geometry``      what comes from outside, read into valid shapely geometries
- ``validity``      what a geometry must be to be stored
- ``bbox``          extents
- ``tessellation``  coverages: cells that tile an outline without gaps or overlaps
- ``borders``       a natural course for the common borders of a coverage
- ``pyramid``       addresses of map tiles
- ``tiles``         any SELECT with a ``geom`` column as a vector tile, in one statement
- ``maps``          maps to hand over: one HTML file that opens without a network
"""
