import assert from "node:assert/strict";
import { test } from "node:test";

import { boundsOf, editable, gathered, partsOf, written } from "../../static/js/records/shapes.js";

const ring = [[106, 34], [107, 34], [107, 35], [106, 34]];
const drawn = (type, coordinates, mode = type.toLowerCase()) => ({ geometry: { type, coordinates }, properties: { mode } });

test("a geometry of several parts is drawn as several shapes and gathered again", () => {
  const several = { type: "MultiPolygon", coordinates: [[ring], [ring]] };
  const parts = partsOf(several);
  assert.deepEqual(parts.map(({ properties }) => properties.mode), ["polygon", "polygon"]);
  assert.deepEqual(gathered(parts, ["Polygon", "MultiPolygon"]), several);
});

test("where one shape is allowed the last one drawn counts", () => {
  const features = [drawn("Point", [106, 34]), drawn("Point", [107, 35])];
  assert.deepEqual(gathered(features, ["Point"]), { type: "Point", coordinates: [107, 35] });
});

test("the handles of a shape are no shapes", () => {
  const features = [drawn("Polygon", [ring]), drawn("Point", [106, 34], "select")];
  assert.equal(gathered(features, ["Polygon", "Point"]).type, "Polygon");
  assert.equal(gathered([features[1]], ["Point"]), null);
});

test("an area with a hole, or with thousands of corners, is shown and not moved", () => {
  assert.ok(editable({ type: "Polygon", coordinates: [ring] }));
  assert.ok(!editable({ type: "Polygon", coordinates: [ring, ring] }));
  assert.ok(!editable({ type: "LineString", coordinates: Array.from({ length: 2001 }, (_one, i) => [106 + i / 1e4, 34]) }));
});

test("corners are no finer than can be drawn", () => {
  assert.deepEqual(partsOf({ type: "Point", coordinates: [106.1234567891234, 34] })[0].geometry.coordinates, [106.123456789, 34]);
});

test("the bounds of a geometry are its corners", () => {
  assert.deepEqual(boundsOf({ type: "Polygon", coordinates: [ring] }), [[106, 34], [107, 35]]);
  assert.deepEqual(boundsOf({ type: "Point", coordinates: [106, 34] }), [[106, 34], [106, 34]]);
});

test("what is drawn is written as it could have been typed", () => {
  assert.equal(written({ type: "Point", coordinates: [106.12345678, 34] }), "106.1234568, 34");
  assert.equal(written({ type: "LineString", coordinates: ring }), "106, 34\n107, 34\n107, 35\n106, 34");
  assert.equal(written({ type: "MultiPoint", coordinates: [[106, 34]] }), '{"type":"MultiPoint","coordinates":[[106,34]]}');
});
