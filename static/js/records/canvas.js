// The map of a position: borders, villages and roads as they are elsewhere, and what is drawn on them.

import { Map as MapView, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";
import {
  TerraDraw, TerraDrawLineStringMode, TerraDrawPointMode, TerraDrawPolygonMode, TerraDrawSelectMode,
} from "terra-draw";
import { TerraDrawMapLibreGLAdapter } from "terra-draw-maplibre-gl-adapter";

import { initial } from "../map/state.js";
import { buildStyle, empty, FONT } from "../map/style.js";
import { say } from "./say.js";
import { boundsOf, editable, gathered, partsOf } from "./shapes.js";

const DRAWN = "#b3400b";
const LINE = { lineStringColor: DRAWN, lineStringWidth: 3 };
const AREA = { fillColor: DRAWN, fillOpacity: 0.14, outlineColor: DRAWN, outlineWidth: 2.5 };
const POINT = { pointColor: DRAWN, pointWidth: 7, pointOutlineColor: "#ffffff", pointOutlineWidth: 2.5 };
const MOVED = {
  selectedPointColor: DRAWN, selectedPointWidth: 9, selectedPointOutlineColor: "#ffffff", selectedPointOutlineWidth: 3,
  selectedLineStringColor: DRAWN, selectedLineStringWidth: 3, selectedPolygonColor: DRAWN, selectedPolygonFillOpacity: 0.14,
  selectedPolygonOutlineColor: DRAWN, selectedPolygonOutlineWidth: 2.5, selectionPointColor: "#ffffff",
  selectionPointOutlineColor: DRAWN, selectionPointOutlineWidth: 2, selectionPointWidth: 6, midPointColor: DRAWN,
  midPointOpacity: 0.7, midPointWidth: 4, midPointOutlineColor: "#ffffff", midPointOutlineWidth: 1,
};
const CORNERS = { feature: { draggable: true, coordinates: { midpoints: true, draggable: true, deletable: true } } };
const FLAGS = { point: { feature: { draggable: true } }, linestring: CORNERS, polygon: CORNERS };

/** The map in `box`; `drawn(geometry)` is told of every change by hand. Null where none can be drawn. */
export async function makeCanvas(box, settings, drawn) {
  const container = box.querySelector("[data-canvas]");
  const frame = container.parentElement;
  frame.hidden = false;
  const map = makeMap(container, settings);
  if (!map) {
    frame.hidden = true;
    return null;
  }
  await new Promise((resolve) => map.once("load", resolve));
  addNotes(map);
  const draw = new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
    modes: [
      new TerraDrawPointMode({ styles: POINT }), new TerraDrawLineStringMode({ styles: LINE }),
      new TerraDrawPolygonMode({ styles: AREA }), new TerraDrawSelectMode({ styles: MOVED, flags: FLAGS }),
    ],
  });
  draw.start();
  const tools = makeTools(box, draw, settings, drawn);
  map.on("idle", () => {
    container.dataset.complete = "true";
  });
  return {
    show(geometry) {
      tools.rest();
      draw.clear();
      map.getSource("shown").setData(geometry && !editable(geometry) ? geometry : empty());
      if (!geometry) return;
      if (editable(geometry)) draw.addFeatures(partsOf(geometry));
      bring(map, geometry);
    },
    showProblem(problem) {
      map.getSource("repaired").setData(problem?.repaired ?? empty());
      map.getSource("fault").setData(problem?.at ? { type: "Point", coordinates: problem.at } : empty());
      if (problem?.repaired) bring(map, problem.repaired);
    },
  };
}

// Move the map only where the shape would not be seen well.
function bring(map, geometry) {
  const bounds = boundsOf(geometry);
  const view = map.getBounds();
  if (view.contains(bounds[0]) && view.contains(bounds[1]) && map.getZoom() >= 10) return;
  map.fitBounds(bounds, { padding: 60, maxZoom: geometry.type === "Point" ? 12.5 : 15, duration: 0 });
}

function makeMap(container, settings) {
  setWorkerUrl(import.meta.resolve("maplibre-gl").replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  const state = { ...initial(), area: settings.map.area, layers: ["villages", "regions", "roads", "basemap"] };
  const desk = { area: { code: settings.map.area, level: settings.map.level }, basemap: settings.map.basemap };
  const bounds = settings.map.bounds;
  try {
    const map = new MapView({
      container, style: quiet(buildStyle(state, desk), settings.map.level), localIdeographFontFamily: FONT, attributionControl: false, maxPitch: 0,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, maxZoom: 18, minZoom: 3, fadeDuration: 0,
      cooperativeGestures: false,
      locale: { "Map.Title": say("map"), "NavigationControl.ZoomIn": say("zoom_in"), "NavigationControl.ZoomOut": say("zoom_out") },
      ...(bounds ? { bounds, fitBoundsOptions: { padding: 24 } } : { center: [105, 35], zoom: 4 }),
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    // The wheel scrolls the page until the map is being used.
    map.scrollZoom.disable();
    map.once("mousedown", () => map.scrollZoom.enable());
    map.getCanvas().addEventListener("focus", () => map.scrollZoom.enable());
    map.addControl(new ScaleControl({ maxWidth: 100 }), "bottom-left");
    map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
    survive(map);
    return map;
  } catch {
    return null;
  }
}

// A lost network is told by the form itself; what the map lacks then is asked for when it is back.
function survive(map) {
  let lacking = false;
  map.on("error", () => {
    lacking = true;
  });
  window.addEventListener("online", () => {
    if (!lacking) return;
    lacking = false;
    for (const [name, { type }] of Object.entries(map.getStyle().sources)) if (type === "vector") map.refreshTiles(name);
  });
}

// Here the borders matter, not what the villages are; inside a town those of its villages.
function quiet(style, level) {
  if (["town", "village"].includes(level)) style.sources.regions.tiles = style.sources.regions.tiles.map((address) => `${address}?level=village`);
  const paints = { "villages-fill": { "fill-color": "#fdfdfb", "fill-opacity": 0.9 }, "villages-line": { "line-color": "#aab6b4", "line-width": 1 } };
  return { ...style, layers: style.layers.map((layer) => ({ ...layer, paint: { ...layer.paint, ...paints[layer.id] } })) };
}

function addNotes(map) {
  for (const name of ["shown", "repaired", "fault"]) map.addSource(name, { type: "geojson", data: empty() });
  const line = { "line-color": DRAWN, "line-width": 2.5 };
  map.addLayer({ id: "shown-fill", type: "fill", source: "shown", paint: { "fill-color": DRAWN, "fill-opacity": 0.14 }, filter: ["==", ["geometry-type"], "Polygon"] });
  map.addLayer({ id: "shown-line", type: "line", source: "shown", paint: line, filter: ["!=", ["geometry-type"], "Point"] });
  map.addLayer({ id: "shown-point", type: "circle", source: "shown", paint: { "circle-color": DRAWN, "circle-radius": 6 }, filter: ["==", ["geometry-type"], "Point"] });
  map.addLayer({ id: "repaired-line", type: "line", source: "repaired", paint: { "line-color": "#14566b", "line-width": 3, "line-dasharray": [2, 1.5] } });
  map.addLayer({ id: "repaired-point", type: "circle", source: "repaired", paint: { "circle-color": "#14566b", "circle-radius": 6 }, filter: ["==", ["geometry-type"], "Point"] });
  map.addLayer({ id: "fault", type: "circle", source: "fault", paint: { "circle-color": "rgba(179,38,30,0.15)", "circle-radius": 14, "circle-stroke-color": "#b3261e", "circle-stroke-width": 2.5 } });
}

function makeTools(box, draw, settings, drawn) {
  const advice = box.querySelector("[data-advice]");
  const buttons = [...box.querySelectorAll("[data-tool]")];
  const choose = (tool) => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    draw.setMode(tool ?? "static");
    advice.textContent = tool ? say(`draw_${tool}`) : "";
  };
  const told = () => drawn(gathered(draw.getSnapshot(), settings.allowed));
  for (const button of buttons) {
    button.addEventListener("click", () => choose(button.getAttribute("aria-pressed") === "true" ? null : button.dataset.tool));
  }
  box.querySelector("[data-clear]").addEventListener("click", () => {
    draw.clear();
    choose(null);
    drawn(null);
  });
  draw.on("finish", (id, { action }) => {
    if (action === "draw") keepOnly(draw, id, settings.allowed);
    told();
    // After a shape is drawn it can be moved; another is begun with its button.
    if (action === "draw") setTimeout(() => {
      choose("select");
      draw.selectFeature(id);
    });
  });
  draw.on("change", (_ids, type) => {
    if (type === "delete" && draw.getMode() === "select") setTimeout(told);
  });
  return { rest: () => choose(null) };
}

// One position has one shape, unless several of a kind are allowed.
function keepOnly(draw, id, allowed) {
  const drawnNow = draw.getSnapshotFeature(id);
  const several = allowed.includes(`Multi${drawnNow.geometry.type}`);
  const others = draw.getSnapshot().filter((feature) => feature.id !== id && isShape(feature))
    .filter((feature) => !several || feature.geometry.type !== drawnNow.geometry.type);
  draw.removeFeatures(others.map((feature) => feature.id));
}

function isShape(feature) {
  return ["point", "linestring", "polygon"].includes(feature.properties.mode);
}
