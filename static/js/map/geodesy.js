// Lengths and areas on the sphere.

const EARTH_M = 6_371_008.8;

/** Length of a line of longitudes and latitudes in metres, on the sphere. */
export function lengthM(line) {
  let sum = 0;
  for (let i = 1; i < line.length; i++) {
    const [[x1, y1], [x2, y2]] = [line[i - 1], line[i]].map((point) => point.map(radians));
    const half = Math.sin((y2 - y1) / 2) ** 2 + Math.cos(y1) * Math.cos(y2) * Math.sin((x2 - x1) / 2) ** 2;
    sum += 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
  }
  return sum;
}

/** Area of a ring in square metres, on the sphere. */
export function areaM2(ring) {
  let sum = 0;
  for (let i = 0; i < ring.length; i++) {
    const [x1, y1] = ring[i].map(radians);
    const [x2, y2] = ring[(i + 1) % ring.length].map(radians);
    sum += (x2 - x1) * (2 + Math.sin(y1) + Math.sin(y2));
  }
  return Math.abs(sum) * EARTH_M ** 2 / 2;
}

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}
