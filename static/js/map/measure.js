// Measuring a distance or an area by drawing; the drawing part is loaded when first wanted.

import { figure, say } from "./words.js";

const EARTH_M = 6_371_008.8;
const MU_M2 = 10_000 / 15;
const result = document.getElementById("measure-result");
let drawing = null;

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

/** Let the measuring menu work on `map`; returns whether measuring goes on. */
export function makeMeasure(map) {
  for (const button of document.querySelectorAll("[data-measure]")) {
    button.addEventListener("click", () => {
      button.closest("details").open = false;
      start(map, button.dataset.measure);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drawing) {
      event.preventDefault();
      stop();
    }
  }, true);
  return () => drawing !== null && drawing.getMode() !== "static";
}

async function start(map, mode) {
  stop();
  if (mode === "stop") return;
  const [{ TerraDraw, TerraDrawLineStringMode, TerraDrawPolygonMode }, { TerraDrawMapLibreGLAdapter }] = await Promise.all([
    import("terra-draw"), import("terra-draw-maplibre-gl-adapter"),
  ]);
  drawing = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
    modes: [new TerraDrawLineStringMode(), new TerraDrawPolygonMode()],
  });
  drawing.start();
  drawing.setMode(mode);
  tell(say(mode === "polygon" ? "measure_area" : "measure_line"));
  drawing.on("change", () => show());
  drawing.on("finish", () => {
    show();
    // A drawing mode would start the next shape; what is measured should stay to be read.
    setTimeout(() => drawing?.setMode("static"));
  });
}

function stop() {
  drawing?.stop();
  drawing = null;
  result.hidden = true;
}

function show() {
  const shape = drawing?.getSnapshot().find((feature) => feature.geometry.type !== "Point")?.geometry;
  if (!shape) return;
  if (shape.type === "LineString") {
    const metres = lengthM(shape.coordinates);
    if (metres > 0) tell(say("measured_line", { value: metres < 1000 ? `${figure(metres)} ${say("m")}` : `${figure(metres / 1000, 2)} ${say("km")}` }));
  } else {
    const m2 = areaM2(shape.coordinates[0]);
    if (m2 > 0) tell(say("measured_area", { value: `${figure(m2 / 1e6, m2 < 1e6 ? 3 : 2)} ${say("km2")} · ${figure(m2 / MU_M2, 1)} ${say("mu")}` }));
  }
}

function tell(text) {
  result.textContent = text;
  result.hidden = false;
}

function radians(degrees) {
  return (degrees * Math.PI) / 180;
}
