// Measuring a distance or an area by drawing; the drawing part is loaded when first wanted.

import { areaM2, lengthM } from "./geodesy.js";
import { figure, say } from "./words.js";

const MU_M2 = 10_000 / 15;
const result = document.getElementById("measure-result");
let drawing = null;

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
