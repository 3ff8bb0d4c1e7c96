// The small map beside a table: the areas below, coloured by one figure, in step with the rows.

import { Map as MapView, setWorkerUrl } from "maplibre-gl";

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
const RAMPS = {
  low: ["#fdebd3", "#f8cd9b", "#ee9f5f", "#d66b2b", "#9a3f0c"],
  unarranged_share: ["#efe6f2", "#d9c2df", "#bb96c6", "#956aa4", "#663c76"],
  high: ["#ddf0e6", "#abdbc4", "#6bbf9d", "#2f9973", "#0b6a4b"],
  size: ["#e1eef0", "#b5d3d9", "#7fb0ba", "#458696", "#14566b"],
};
const RAMP_OF = {
  overdue_share: RAMPS.low, unarranged_share: RAMPS.unarranged_share, in_order_share: RAMPS.high,
  certified_share: RAMPS.high, arranged_share: RAMPS.high, paid_share: RAMPS.high, idle_share: RAMPS.low,
  assets: RAMPS.size, value_yuan: RAMPS.size,
};
const ZERO = "#ffffff";
const NO_DATA = "#d5d9d7";
const LAYER = "regions";

const settings = JSON.parse(document.getElementById("picture-settings").textContent);
const place = document.getElementById("picture");
const said = document.getElementById("picture-said");
const legend = document.getElementById("picture-legend");
const formula = document.getElementById("picture-formula");
const figureChoice = document.getElementById("picture-figure");
const breaksChoice = document.getElementById("picture-breaks");
let answer = null;
let pointed = null;

const map = makeMap();
if (map) {
  map.once("load", start);
} else {
  place.hidden = true;
  said.textContent = settings.words.broken;
}
figureChoice?.addEventListener("change", show);
breaksChoice?.addEventListener("change", show);
show();

for (const row of document.querySelectorAll("tr[data-region]")) {
  row.addEventListener("pointerenter", () => point(Number(row.dataset.region)));
  row.addEventListener("pointerleave", () => point(null));
}

function makeMap() {
  setWorkerUrl(import.meta.resolve("maplibre-gl").replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  try {
    return new MapView({
      container: place, style: style(), localIdeographFontFamily: FONT, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, maxPitch: 0, scrollZoom: false,
      locale: { "Map.Title": place.closest("section").getAttribute("aria-label") },
      ...(settings.bounds ? { bounds: settings.bounds, fitBoundsOptions: { padding: 14 } } : {}),
    });
  } catch {
    return null;
  }
}

function style() {
  const tiles = (level, area) => [`${location.origin}/tiles/regions/{z}/{x}/{y}.mvt?level=${level}&area=${area}`];
  const label = { "text-halo-color": "rgba(255,255,255,0.94)", "text-halo-width": 1.6, "text-color": "#26363d" };
  return {
    version: 8,
    sources: {
      below: { type: "vector", tiles: tiles(settings.level, settings.focus), maxzoom: 14 },
      focus: { type: "vector", tiles: tiles(settings.focusLevel, settings.focus), maxzoom: 14 },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": "#eceeea" } },
      { id: "fill", type: "fill", source: "below", "source-layer": LAYER, paint: { "fill-color": NO_DATA } },
      { id: "line", type: "line", source: "below", "source-layer": LAYER, paint: { "line-color": "#ffffff", "line-width": 1 } },
      { id: "outline", type: "line", source: "focus", "source-layer": LAYER, paint: { "line-color": "#3f4f57", "line-width": 1.4 } },
      {
        id: "pointed", type: "line", source: "below", "source-layer": LAYER, filter: ["==", ["id"], -1],
        paint: { "line-color": "#14566b", "line-width": 3 },
      },
      {
        id: "names", type: "symbol", source: "below", "source-layer": "region_labels", paint: label,
        layout: {
          "text-field": ["get", "name"], "text-size": place.clientWidth < 400 ? 11 : 12, "text-padding": 0,
          "text-variable-anchor": ["center", "bottom", "top", "left", "right"], "text-radial-offset": 0.4,
        },
      },
    ],
  };
}

function start() {
  map.on("mousemove", "fill", (event) => point(event.features[0]?.id ?? null));
  map.on("mouseleave", "fill", () => point(null));
  map.on("click", "fill", (event) => {
    const next = settings.below[event.features[0]?.id];
    if (next) location.assign(next);
  });
  paint();
}

async function show() {
  const address = new URL(settings.figures, location.href);
  address.searchParams.set("figure", figureChoice?.value ?? settings.figure);
  address.searchParams.set("breaks", breaksChoice?.value ?? "natural");
  let fresh = null;
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    if (response.ok) fresh = await response.json();
  } catch {
    fresh = null;
  }
  if (!fresh) {
    said.textContent = settings.words.failed;
    return;
  }
  answer = fresh;
  said.textContent = "";
  formula.textContent = settings.words.says.replace("{name}", fresh.name).replace("{text}", fresh.formula);
  drawLegend();
  paint();
}

/** 0 for zero, 1 to 5 by the upper limits, null for no data. */
function stepOf(value) {
  if (value === null) return null;
  if (value === 0) return 0;
  return 1 + answer.classes.slice(0, -1).filter((limit) => value > limit).length;
}

function colourOf(value) {
  const step = stepOf(value);
  if (step === null) return NO_DATA;
  return step === 0 ? ZERO : ramp()[step - 1];
}

/** The colours of as many classes as there are, spread over the whole ramp. */
function ramp() {
  const whole = RAMP_OF[answer.figure] ?? RAMPS.size;
  const count = answer.classes.length;
  return answer.classes.map((_limit, i) => whole[count === 1 ? 3 : Math.round((i * 4) / (count - 1))]);
}

function paint() {
  if (!map || !answer || !map.getLayer("fill")) return;
  const branches = answer.figures.flatMap((row) => [row.region_id, colourOf(row.value)]);
  map.setPaintProperty("fill", "fill-color", branches.length ? ["match", ["id"], ...branches, NO_DATA] : NO_DATA);
}

function drawLegend() {
  const percent = answer.unit === "%" ? " %" : "";
  const entry = (colour, text) => {
    const item = document.createElement("li");
    const swatch = document.createElement("i");
    swatch.style.background = colour;
    item.append(swatch, text);
    return item;
  };
  const values = answer.figures.map((row) => row.value);
  const entries = [];
  if (values.includes(0)) entries.push(entry(ZERO, `0${percent}`));
  answer.classes_shown.forEach((limit, i) => {
    const from = i === 0 ? "0" : answer.classes_shown[i - 1];
    entries.push(entry(ramp()[i], `${from}–${limit}${percent}`));
  });
  if (values.includes(null)) entries.push(entry(NO_DATA, settings.words.none));
  legend.replaceChildren(...entries);
}

function point(id) {
  if (id === pointed) return;
  pointed = id;
  map?.getLayer("pointed") && map.setFilter("pointed", ["==", ["id"], id ?? -1]);
  for (const row of document.querySelectorAll("tr[data-region]")) {
    row.classList.toggle("pointed", Number(row.dataset.region) === id);
  }
  const found = answer?.figures.find((row) => row.region_id === id);
  said.textContent = found ? `${found.name} ${found.shown}${found.denominator > 1 ? ` (${found.numerator} / ${found.denominator})` : ""}` : "";
}
