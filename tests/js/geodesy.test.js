import assert from "node:assert/strict";
import { test } from "node:test";

import { areaM2, lengthM } from "../../static/js/map/geodesy.js";

test("a degree along a meridian is 111.2 kilometres", () => {
  assert.ok(Math.abs(lengthM([[106, 34], [106, 35]]) - 111_195) < 1);
});

test("a line of one point has no length", () => {
  assert.equal(lengthM([[106, 34]]), 0);
});

test("a square degree at 34.5 degrees north is 10,189 square kilometres, whichever way it is drawn", () => {
  const ring = [[106, 34], [107, 34], [107, 35], [106, 35], [106, 34]];
  assert.ok(Math.abs(areaM2(ring) / 1e6 - 10_189) < 1);
  assert.equal(Math.round(areaM2(ring)), Math.round(areaM2(ring.toReversed())));
});
