// The rows on a map beside the list: coloured and shaped by what becomes of them, in step with the list.

import { Map as MapView, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";

import { initial } from "../map/state.js";
import { buildStyle, empty, FONT } from "../map/style.js";
import { desk, say } from "./desk.js";

const COLOURS = { new: "#009e73", changed: "#0072b2", same: "#7b868c", rejected: "#d55e00", left_out: "#8e5b9a" };
const RATIO = 2;
const BY_VERDICT = ["match", ["get", "verdict"], ...Object.entries(COLOURS).flat(), "#7b868c"];
const IS_POINT = ["==", ["geometry-type"], "Point"];
const SHAPES = {
  new: (pen) => pen.arc(0, 0, 5.6, 0, 2 * Math.PI),
  changed: (pen) => path(pen, [[0, -7], [7, 0], [0, 7], [-7, 0]]),
  same: (pen) => pen.arc(0, 0, 4.6, 0, 2 * Math.PI),
  rejected: (pen) => path(pen, [[0, -7], [7, 5.6], [-7, 5.6]]),
  left_out: (pen) => path(pen, [[-5, -5], [5, 5], [0, 0], [5, -5], [-5, 5], [0, 0]]),
};

/** The map in `container`; `chosen(number)` is told which row was clicked. Null where none can be drawn. */
export function makeMap(container, chosen) {
  setWorkerUrl(import.meta.resolve("maplibre-gl").replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  let map;
  try {
    map = new MapView({
      container, style: styleOf(container.dataset.query), localIdeographFontFamily: FONT, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0, maxZoom: 18, minZoom: 3, fadeDuration: 0,
      locale: { "Map.Title": say("map"), "NavigationControl.ZoomIn": say("zoom_in"), "NavigationControl.ZoomOut": say("zoom_out") },
      ...opening(container),
    });
  } catch {
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver((id) => {
    const pixels = draw(id);
    if (pixels && !map.hasImage(id)) map.addImage(id, pixels, { pixelRatio: RATIO });
  });
  map.addControl(new ScaleControl({ maxWidth: 90 }), "bottom-left");
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  map.on("dataloading", () => delete container.dataset.complete);
  map.on("idle", () => {
    container.dataset.complete = "true";
  });
  // What is lost with the network is asked for again when the map moves.
  map.on("error", () => {});
  const layers = ["rows-point", "rows-line", "rows-fill", "faulty-point", "faulty-line"];
  map.on("click", (event) => {
    const box = [[event.point.x - 5, event.point.y - 5], [event.point.x + 5, event.point.y + 5]];
    const [hit] = map.queryRenderedFeatures(box, { layers });
    if (hit) chosen(hit.id);
  });
  for (const layer of layers) {
    map.on("mouseenter", layer, () => map.getCanvas().style.setProperty("cursor", "pointer"));
    map.on("mouseleave", layer, () => map.getCanvas().style.removeProperty("cursor"));
  }
  return {
    /** Ask for other rows: another filter, or another check. */
    retile(query, version) {
      map.getSource("rows").setTiles([address(query, version)]);
    },
    /** Ring one row, show the border of the region it claims, and go there. */
    show(place) {
      if (!map.isStyleLoaded()) {
        map.once("load", () => this.show(place));
        return;
      }
      map.getSource("claimed").setData(place?.border ?? empty());
      map.getSource("chosen").setData(place?.position ?? empty());
      const bounds = boundsOf([place?.position, place?.border]);
      if (bounds) map.fitBounds(bounds, { padding: 44, maxZoom: 14.5, duration: 0 });
    },
    resize: () => map.resize(),
  };
}

function opening(container) {
  const bounds = JSON.parse(container.dataset.bounds ?? "null") ?? desk.area.bounds;
  if (!bounds) return { center: [105, 35], zoom: 4 };
  const margin = 0.01;
  const [west, south, east, north] = bounds;
  return { bounds: [west - margin, south - margin, east + margin, north + margin], fitBoundsOptions: { padding: 26 } };
}

function address(query, version = "") {
  const asked = [query, version && `of=${version}`].filter(Boolean).join("&");
  return `${location.origin}${desk.tiles}${asked ? `?${asked}` : ""}`;
}

// Borders and roads as elsewhere, quieter; the rows on top of them.
function styleOf(query) {
  const state = { ...initial(), area: desk.area.code, layers: ["regions", "roads", "basemap"] };
  const style = buildStyle(state, { area: desk.area, basemap: desk.basemap });
  if (["town", "village"].includes(desk.area.level)) {
    style.sources.regions.tiles = style.sources.regions.tiles.map((tiles) => `${tiles}?level=village`);
  }
  const used = style.layers.filter((layer) => ["regions", "basemap", "roads", "focus"].includes(layer.metadata?.of) || !layer.metadata);
  style.layers = used.filter((layer) => layer.source !== "marked");
  style.sources.rows = { type: "vector", tiles: [address(query)], maxzoom: 16 };
  style.sources.claimed = { type: "geojson", data: empty() };
  style.sources.chosen = { type: "geojson", data: empty() };
  style.layers.push(
    line("claimed-line", { source: "claimed" }, { "line-color": "#14566b", "line-width": 2.4, "line-dasharray": [3, 1.5] }),
    {
      id: "rows-fill", type: "fill", source: "rows", "source-layer": "rows", filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": BY_VERDICT, "fill-opacity": 0.18 },
    },
    line("rows-line", { "source-layer": "rows", filter: ["!", IS_POINT] }, { "line-color": BY_VERDICT, "line-width": 2.2 }),
    line("faulty-line", { "source-layer": "faulty", filter: ["!", IS_POINT] }, { "line-color": "#d55e00", "line-width": 2.4, "line-dasharray": [2, 1.4] }),
    symbol("rows-point", "rows", ["concat", ["get", "verdict"], ["case", ["get", "rough"], "/rough", ""]]),
    symbol("faulty-point", "faulty", "faulty"),
    line("chosen-line", { source: "chosen", filter: ["!", IS_POINT] }, { "line-color": "#14566b", "line-width": 4, "line-opacity": 0.75 }),
    {
      id: "chosen-ring", type: "circle", source: "chosen", filter: IS_POINT,
      paint: { "circle-radius": 14, "circle-color": "rgba(20,86,107,0.06)", "circle-stroke-color": "#14566b", "circle-stroke-width": 3 },
    },
  );
  return style;
}

function line(id, more, paint) {
  return { id, type: "line", source: "rows", layout: { "line-join": "round" }, paint, ...more };
}

function symbol(id, layer, icon) {
  return {
    id, type: "symbol", source: "rows", "source-layer": layer, filter: IS_POINT,
    layout: { "icon-image": icon, "icon-allow-overlap": true, "icon-ignore-placement": true, "symbol-sort-key": ["case", ["==", ["get", "verdict"], "rejected"], 1, 0] },
  };
}

// A verdict's sign; hollow where only the village is known, dashed where it cannot be kept.
function draw(id) {
  const [verdict, rough] = id.split("/");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 22 * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.scale(RATIO, RATIO);
  pen.translate(11, 11);
  pen.lineJoin = "round";
  const colour = COLOURS[verdict] ?? "#d55e00";
  pen.beginPath();
  if (verdict === "faulty") pen.arc(0, 0, 7, 0, 2 * Math.PI);
  else if (SHAPES[verdict]) SHAPES[verdict](pen);
  else return null;
  pen.strokeStyle = "#fff";
  pen.lineWidth = 3.4;
  pen.stroke();
  pen.fillStyle = rough || verdict === "same" || verdict === "faulty" ? "#fff" : colour;
  pen.fill();
  pen.strokeStyle = colour;
  pen.lineWidth = verdict === "left_out" ? 2.4 : 1.8;
  if (verdict === "faulty") pen.setLineDash([3, 2]);
  pen.stroke();
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

function path(pen, points) {
  points.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
}

function boundsOf(geometries) {
  let box = null;
  const add = (coordinates) => {
    if (typeof coordinates[0] !== "number") {
      coordinates.forEach(add);
      return;
    }
    const [x, y] = coordinates;
    if (!Number.isFinite(x) || !Number.isFinite(y) || Math.abs(x) > 180 || Math.abs(y) > 85) return;
    box = box ? [Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y)] : [x, y, x, y];
  };
  for (const geometry of geometries) {
    if (geometry?.coordinates) add(geometry.coordinates);
    for (const part of geometry?.geometries ?? []) add(part.coordinates);
  }
  return box;
}
