// The workbench: puts map, panel, filters, list and drawer together around one state.

import { areaOf, followState, listenToCrumbs, listenToFinder, showArea } from "./area.js";
import { followCompletion } from "./complete.js";
import { makeDrawer } from "./drawer.js";
import { makeFilters } from "./filters.js";
import { legendOf, makePanel } from "./legend.js";
import { makeList } from "./list.js";
import { makeMap, mark, outline, retile, seen, shade, showLayers } from "./map.js";
import { makeMeasure } from "./measure.js";
import { ask, introduce, notice, onReturn } from "./notices.js";
import { listenToPointer } from "./pointer.js";
import { filterQuery, LAYERS, parse } from "./state.js";
import { makeStore } from "./store.js";
import { speak } from "./symbols.js";
import { makeShare, makeTakeaway } from "./takeaway.js";
import { desk, paused, say } from "./words.js";

const WIDE = 1500;
const known = { filters: desk.filters, sectors: Object.keys(desk.sectors), today: desk.today };
const { state: first, leftOut } = parse(location.search, known);
if (first.list === null) first.list = innerWidth >= WIDE ? (first.layers.includes("projects") ? "projects" : "assets") : "";
if (!desk.figures) for (const layer of ["regions", "villages"]) first.by[layer] = LAYERS[layer].find((by) => ["plain", "class"].includes(by));

introduce(desk);
speak(desk);
if (leftOut.length > 0) notice(say("left_out"));
const store = makeStore(first, known);
let map = null;
const inView = { counts: {}, figures: {}, roads: new Set(), keys: { key: 0, demonstration: 0 }, crowds: new Set() };
let keys = [];
let measuring = () => false;
let during = (work) => work;

const panel = makePanel(store);
const showFilters = makeFilters(store);
const list = makeList(store, {
  seen: () => (map ? seen(map) : ""),
  hover: (place) => map && mark(map, "hover", place),
  open: (layer, id, place) => choose(layer, id, place),
});
const showDrawer = makeDrawer(store, { place: (at) => map && mark(map, "chosen", at), down: goDown });
makeShare();
listenToCrumbs((code) => goDown(code));
listenToFinder((code) => goDown(code));
makeStrip();
makeFolding();

function choose(layer, id, place) {
  store.change({ sel: layer ? { layer, id: String(id) } : null });
  if (place && map && !map.getBounds().contains(place)) map.easeTo({ center: place });
}

async function goDown(code, more = {}) {
  if (code === undefined) return store.change(more);
  const area = await areaOf(code);
  if (!area) return undefined;
  store.change({ sel: null, page: 1, ...more, area: code === desk.home.code ? "" : code });
  if (map && area.bounds) map.fitBounds(area.bounds, { padding: 40, maxZoom: 14, duration: 450 });
  return undefined;
}

let behind = false;
let counted = { question: null, bbox: "" };

// Fitting an area in shifts the view by less than anybody sees.
function nearly(box, other) {
  const [a, b] = [box, other].map((text) => text.split(",").map(Number));
  const slack = Math.abs(a[2] - a[0]) / 1000;
  return a.length === b.length && a.every((edge, i) => Math.abs(edge - b[i]) <= slack);
}

// Tiles are changed only when the server has answered: those of a lost server would leave a bare map.
async function recount() {
  const asked = Object.entries(store.state.by).filter(([layer]) => layer !== "regions" && store.state.layers.includes(layer))
    .map(([layer, by]) => `${layer}:${layer === "villages" ? "class" : by}`);
  const bbox = map ? seen(map) : "";
  const state = store.state;
  const question = filterQuery(state, { by: asked.join(",") });
  if (!behind && question === counted.question && nearly(bbox, counted.bbox)) return;
  const counts = await ask(`/map/counts.json?${filterQuery(state, { by: asked.join(","), bbox })}`, { json: true });
  if (!counts || state !== store.state) return;
  counted = { question, bbox };
  inView.counts = counts;
  if (map && behind) {
    behind = false;
    retile(map, state);
    retile(map, state, ["regions", "towns", "counties"]);
  }
  fillLegend();
}

const count = paused(recount, 200);

function legend() {
  return legendOf(store.state, inView.counts, inView.figures, inView);
}

function fillLegend() {
  if (map?.isStyleLoaded()) {
    const has = (id) => map.getLayer(id) && map.getLayoutProperty(id, "visibility") !== "none";
    inView.roads = new Set(has("roads-line") ? map.queryRenderedFeatures({ layers: ["roads-line"] }).map((road) => road.properties.class) : []);
    inView.crowds = new Set(["assets", "projects", "facilities"].filter((name) => has(`${name}-count`) && map.queryRenderedFeatures({ layers: [`${name}-count`] }).length > 0));
  }
  if (map) {
    const bounds = map.getBounds();
    const marked = keys.filter((feature) => bounds.contains(feature.geometry.coordinates)).map((feature) => feature.properties);
    inView.keys = { key: marked.filter((facts) => facts.key).length, demonstration: marked.filter((facts) => !facts.key).length };
  }
  panel.fill(store.state, inView.counts, inView.figures, inView);
}

async function reshade() {
  if (!map) return;
  inView.figures = await shade(map, store.state);
  desk.figuresUsed = inView.figures;
  fillLegend();
}

function askKeys() {
  return ask(`/map/keys.json?${filterQuery(store.state)}`, { json: true });
}

async function fetchKeys(asked = askKeys()) {
  const found = await asked;
  if (!found) return;
  keys = found.features;
  map?.getSource("keys").setData(found);
  fillLegend();
}

const refreshList = paused(() => list.refresh(store.state), 150);
const NARROWING = ["area", "filters", "q", "on"];

store.subscribe((changed, state) => {
  const any = (...names) => names.some((name) => changed.has(name));
  panel.show(state);
  showFilters(state);
  followState(state);
  list.show(state);
  if (changed.has("area")) areaOf(state.area).then((area) => area && (showArea(area, state), map && outline(map, state, area)));
  if (map) {
    if (changed.has("layers")) showLayers(map, state);
    if (any("layers", "by", "breaks", ...NARROWING)) during(reshade());
    if (changed.has("view") && state.view && !near(state.view)) map.jumpTo({ center: state.view, zoom: state.view.zoom });
  }
  if (any(...NARROWING)) {
    behind = true;
    during(Promise.all([recount(), fetchKeys()]));
  } else if (any("layers", "by", "view")) count();
  if (any("list", "sort", "page", "view", ...NARROWING)) refreshList();
  if (changed.has("area") && state.preset === "planner") fetchStrip();
  if (changed.has("sel")) {
    showDrawer(state);
    list.markRow(state);
  }
  if (any("list", "sel")) requestAnimationFrame(() => map?.resize());
});

function near({ lng, lat, zoom }) {
  const at = map.getCenter();
  return Math.abs(at.lng - lng) < 1e-5 && Math.abs(at.lat - lat) < 1e-5 && Math.abs(map.getZoom() - zoom) < 0.006;
}

async function fetchStrip() {
  const strip = document.getElementById("strip");
  const text = await ask(`/map/strip?${filterQuery({ ...store.state, filters: {}, q: "" })}`);
  if (text !== null) strip.innerHTML = text;
}

function makeStrip() {
  const strip = document.getElementById("strip");
  strip.addEventListener("click", (event) => {
    const pill = event.target.closest("[data-set]");
    if (!pill) return;
    const { list: layer, ...filters } = JSON.parse(pill.dataset.set);
    const layers = Object.keys(LAYERS).filter((name) => name === layer || store.state.layers.includes(name));
    store.change({ filters, list: layer, layers, page: 1, sel: null });
  });
  if (first.preset !== "planner") return;
  strip.hidden = false;
  fetchStrip();
}

function makeFolding() {
  const [close, open] = ["panel-close", "panel-open"].map((id) => document.getElementById(id));
  const fold = (isFolded) => {
    document.getElementById("panel").hidden = isFolded;
    open.hidden = !isFolded;
    (isFolded ? open : close).focus();
    map?.resize();
  };
  close.addEventListener("click", () => fold(true));
  open.addEventListener("click", () => fold(false));
  if (innerWidth < 900) {
    document.getElementById("panel").hidden = true;
    open.hidden = false;
  }
  document.getElementById("fullscreen").addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.getElementById("content").requestFullscreen?.();
  });
}

panel.show(first);
showFilters(first);
followState(first);
list.show(first);
const firstKeys = askKeys();
// Made last, so that what stands around it has its size when the area is fitted in.
map = makeMap(document.getElementById("map"), first);
onReturn(() => {
  count();
  refreshList();
});

if (map) {
  during = followCompletion(map);
  measuring = makeMeasure(map);
  makeTakeaway(map, store, legend);
  let level = null;
  map.on("moveend", () => {
    const { lng, lat } = map.getCenter();
    store.change({ view: { lng, lat, zoom: map.getZoom() }, page: 1 }, "replace");
    if (Math.floor(map.getZoom()) !== level) {
      level = Math.floor(map.getZoom());
      during(reshade());
    }
  });
  map.on("idle", fillLegend);
  map.once("load", () => {
    showLayers(map, store.state);
    during(Promise.all([reshade(), fetchKeys(firstKeys), showDrawer(store.state)]));
    const { lng, lat } = map.getCenter();
    store.change({ view: { lng, lat, zoom: map.getZoom() } }, "replace");
    document.documentElement.dataset.map = "loaded";
  });
  listenToPointer(map, store, {
    busy: () => measuring(),
    open: (layer, id, place) => choose(layer, id, place),
    down: (region, centre) => (region.level && region.level !== "village" && region.code !== desk.area.code
      ? goDown(region.code)
      : centre && map.easeTo({ center: centre, zoom: Math.max(map.getZoom() + 1.5, 11.2) })),
  });
} else {
  document.getElementById("map").append(Object.assign(document.createElement("p"), { className: "map-less", textContent: say("no_webgl") }));
  if (!store.state.list) store.change({ list: "assets" }, "replace");
  showDrawer(store.state);
}
count();
refreshList();
