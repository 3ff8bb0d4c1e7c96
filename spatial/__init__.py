"""Geometry for a county registry: geometries, arrays and SQL expressions in, the same out.

Nothing here knows a table, a session or a web request.

- ``crs``           storage reference system, Gauss-Kruger zones, web mercator
- ``datums``        the shifted datums of Chinese maps, to and from the stored one
- ``errors``        what can be wrong with something spatial, said so that it can be translated
- ``systems``       pairs of numbers of many rows: their system and order told by size
- ``fitting``       which reading of coordinates fits the areas that rows claim
- ``datum_names``   names of datums and systems as people write them
- ``coordinate_text``, ``angle_columns``, ``coordinate_columns``, ``written``
                    coordinates as people write them: one text, or whole columns at once
- ``geometry``      what comes from outside, read into valid shapely geometries
- ``validity``      what a geometry must be to be stored
- ``drawable``      what can be drawn of a geometry that cannot be kept
- ``bbox``          extents
- ``tessellation``  coverages: cells that tile an outline without gaps or overlaps
- ``borders``       a natural course for the common borders of a coverage
- ``pyramid``       addresses of map tiles
- ``tiles``         any SELECT with a ``geom`` column as a vector tile, in one statement
- ``maps``          maps to hand over: one HTML file that opens without a network
"""
