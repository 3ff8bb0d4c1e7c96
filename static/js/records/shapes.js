// Between one geometry of a record and the shapes that are drawn for it.

const MODES = { Point: "point", LineString: "linestring", Polygon: "polygon" };
const MOST_CORNERS = 2_000;
const STEP = 1e9;

/** Whether a geometry can be changed by hand: no holes, not too many corners. */
export function editable(geometry) {
  const parts = partsOf(geometry);
  const corners = parts.reduce((sum, { geometry: part }) => sum + part.coordinates.flat(2).length / 2, 0);
  const isWhole = parts.every(({ geometry: part }) => part.type !== "Polygon" || part.coordinates.length === 1);
  return isWhole && corners <= MOST_CORNERS;
}

/** The parts of a geometry as features to draw. */
export function partsOf(geometry) {
  const type = geometry.type.replace("Multi", "");
  const parts = geometry.type.startsWith("Multi") ? geometry.coordinates : [geometry.coordinates];
  return parts.map((coordinates) => ({
    type: "Feature", geometry: { type, coordinates: rounded(coordinates) }, properties: { mode: MODES[type] },
  }));
}

/** One geometry of drawn features, of an allowed type; null for none. */
export function gathered(features, allowed) {
  const shapes = features.filter(({ geometry, properties }) => MODES[geometry.type] === properties.mode).map(({ geometry }) => geometry);
  const last = shapes.at(-1);
  if (!last) return null;
  const same = shapes.filter(({ type }) => type === last.type);
  if (same.length === 1 || !allowed.includes(`Multi${last.type}`)) return last;
  return { type: `Multi${last.type}`, coordinates: same.map(({ coordinates }) => coordinates) };
}

/** A drawn geometry as it could have been typed: pairs a line, or GeoJSON where there are several parts. */
export function written({ type, coordinates }) {
  const pair = ([lon, lat]) => `${short(lon)}, ${short(lat)}`;
  if (type === "Point") return pair(coordinates);
  if (type === "LineString") return coordinates.map(pair).join("\n");
  if (type === "Polygon" && coordinates.length === 1) return coordinates[0].map(pair).join("\n");
  return JSON.stringify({ type, coordinates: rounded(coordinates, 1e7) });
}

function short(degrees) {
  return String(Number(degrees.toFixed(7)));
}

/** South-west and north-east corner of a geometry. */
export function boundsOf(geometry) {
  const numbers = geometry.coordinates.flat(3);
  const [lons, lats] = [0, 1].map((which) => numbers.filter((_number, i) => i % 2 === which));
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

function rounded(part, step = STEP) {
  return Array.isArray(part) ? part.map((one) => rounded(one, step)) : Math.round(part * step) / step;
}
