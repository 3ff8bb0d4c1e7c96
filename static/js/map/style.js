// The map's style: sources from the tile addresses, layers from what is switched on.

import { ACCENT, BUBBLES, NO_DATA, ROADS, STEPS, VILLAGE_CLASS, ZERO } from "./palette.js";
import { FIGURES, layerQuery } from "./state.js";

export const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif';
const TILES = ["regions", "villages", "sites", "projects", "assets", "facilities", "roads"];
const BORDER_SOURCES = { towns: "town", counties: "county" };
const INK = "#26363d";
const HALO = { "text-halo-color": "rgba(255,255,255,0.92)", "text-halo-width": 1.6, "text-halo-blur": 0.3 };
const CENTRE_ICON = { "icon-allow-overlap": true, "icon-ignore-placement": true };
const IS_COUNT = ["has", "count"];
const SIZE = ["interpolate", ["linear"], ["zoom"], 8, 0.72, 11, 0.85, 14, 1.1];

/** Addresses of a source's tiles for a state. */
export function tileAddresses(source, state) {
  const name = source in BORDER_SOURCES || source === "focus" ? "regions" : source;
  const query = new URLSearchParams();
  if (state.on) query.set("on", state.on);
  if (source in BORDER_SOURCES) query.set("level", BORDER_SOURCES[source]);
  if (source === "focus") {
    query.set("area", state.place.code);
    query.set("level", state.place.level);
  }
  const isBorder = name === "regions" || name === "roads";
  const text = isBorder ? query.toString() : layerQuery(name, state);
  return [`${location.origin}/tiles/${name}/{z}/{x}/{y}.mvt${text ? `?${text}` : ""}`];
}

/** The sources whose tiles depend on area and filters. */
export const FILTERED = ["villages", "sites", "projects", "assets", "facilities"];

/** The whole style of a state; `desk.basemap` lies under everything. */
export function buildStyle(state, desk) {
  const sources = {};
  for (const name of [...TILES, ...Object.keys(BORDER_SOURCES), "focus"]) {
    sources[name] = { type: "vector", tiles: tileAddresses(name, { ...state, place: desk.area }), maxzoom: 15 };
  }
  for (const name of ["keys", "marked"]) sources[name] = { type: "geojson", data: empty() };
  (desk.basemap?.tiles ?? []).forEach((tiles, i) => {
    sources[`basemap-${i}`] = { type: "raster", tiles, tileSize: 256, attribution: desk.basemap.attribution };
  });
  const below = [...ground(desk), ...areas(), ...records(), ...names(), ...marks()];
  // No name may cover a key village's star.
  const isStar = (layer) => layer.source === "keys";
  const layers = [...below.filter((layer) => !isStar(layer)), ...below.filter(isStar)];
  // Nothing fades: weak graphics draw every frame of a fade at full cost.
  const transition = { duration: 0, delay: 0 };
  return { version: 8, transition, sources, layers: layers.map((layer) => switched(layer, state)) };
}

// A layer that is off from the start asks for no tiles.
function switched(layer, state) {
  const of = layer.metadata?.of;
  const isOff = of && of !== "focus" && !state.layers.includes(of);
  return isOff ? { ...layer, layout: { ...layer.layout, visibility: "none" } } : layer;
}

/** No features. */
export function empty() {
  return { type: "FeatureCollection", features: [] };
}

function ground(desk) {
  const pictures = (desk.basemap?.tiles ?? []).map((_tiles, i) => ({
    id: `basemap-${i}`, type: "raster", source: `basemap-${i}`, metadata: { of: "basemap" },
    paint: { "raster-opacity": 0.75, "raster-saturation": -0.35 },
  }));
  return [{ id: "ground", type: "background", paint: { "background-color": "#eceeea" } }, ...pictures];
}

function areas() {
  const line = (id, source, of, paint, more = {}) => ({
    id, type: "line", source, "source-layer": "regions", metadata: { of }, paint, layout: { "line-join": "round" }, ...more,
  });
  return [
    {
      id: "regions-fill", type: "fill", source: "regions", "source-layer": "regions", metadata: { of: "regions" },
      paint: { "fill-color": "#fcfcfa", "fill-opacity": 0.9 },
    },
    {
      id: "villages-fill", type: "fill", source: "villages", "source-layer": "villages", metadata: { of: "villages" },
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "fill-color": byCode("class", VILLAGE_CLASS, "#dddccf"), "fill-opacity": 0.62 },
    },
    {
      id: "villages-line", type: "line", source: "villages", "source-layer": "villages", metadata: { of: "villages" },
      filter: ["==", ["geometry-type"], "Polygon"],
      paint: { "line-color": "#ffffff", "line-width": ["interpolate", ["linear"], ["zoom"], 8, 0.5, 12, 1.6] },
    },
    ...["case", "line"].map((part) => ({
      id: `roads-${part}`, type: "line", source: "roads", "source-layer": "roads", metadata: { of: "roads" },
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": part === "case" ? "#ffffff" : byCode("class", pick(ROADS, 0), "#cac7c0"),
        "line-width": roadWidth(part === "case" ? 1.6 : 0),
        "line-opacity": part === "case" ? 0.7 : 0.95,
      },
    })),
    line("regions-line", "regions", "regions", { "line-color": "#8d9a9c", "line-width": 0.9 }),
    line("towns-line", "towns", "regions", { "line-color": "#5b6b72", "line-width": 1.7 }, { minzoom: 10.5 }),
    line("counties-line", "counties", "regions", { "line-color": "#3f4f57", "line-width": 1.8 }, { minzoom: 8 }),
    line("focus-line", "focus", "focus", { "line-color": ACCENT, "line-width": 2.4 }),
    line("regions-over", "regions", "regions", { "line-color": ACCENT, "line-width": 2.6, "line-opacity": 0.85 }, {
      filter: ["==", ["id"], -1],
    }),
  ];
}

function records() {
  const symbol = (name, icon, more = {}) => ({
    id: `${name}-point`, type: "symbol", source: name, "source-layer": name, metadata: { of: name },
    filter: ["!", IS_COUNT],
    layout: {
      ...CENTRE_ICON, "icon-image": icon, "icon-size": SIZE,
      "text-field": ["step", ["zoom"], "", 14, ["coalesce", ["get", "name"], ""]],
      "text-size": 12, "text-anchor": "left", "text-offset": [0.9, 0], "text-optional": true, "text-max-width": 14,
    },
    paint: { "text-color": INK, ...HALO },
    ...more,
  });
  const bubble = (name, offset) => ({
    id: `${name}-count`, type: "symbol", source: name, "source-layer": name, metadata: { of: name }, filter: IS_COUNT,
    layout: {
      ...CENTRE_ICON, "icon-image": donut(name), "icon-offset": offset, "text-offset": offset.map((px) => px / 12),
      "text-field": ["to-string", ["get", "count"]], "text-size": 12, "text-font": ["Bold"],
      "text-allow-overlap": true, "text-ignore-placement": true,
    },
    paint: { "text-color": name === "assets" ? INK : BUBBLES[name] },
  });
  const shape = (name, type) => ({
    id: `${name}-${type}`, type, source: name, "source-layer": name, metadata: { of: name }, minzoom: 11,
    filter: ["all", ["!", IS_COUNT], ["in", ["geometry-type"], ["literal", type === "fill" ? ["Polygon"] : ["LineString", "Polygon"]]]],
    paint: type === "fill"
      ? { "fill-color": BUBBLES[name], "fill-opacity": 0.22 }
      : { "line-color": BUBBLES[name], "line-width": 2.2, "line-opacity": 0.75 },
  });
  return [
    shape("projects", "fill"), shape("projects", "line"), shape("assets", "fill"), shape("assets", "line"),
    symbol("facilities", ["concat", "facility_type/", ["get", "type"]], { minzoom: 7 }),
    symbol("assets", ["concat", "status/", ["get", "status"]]),
    symbol("projects", iconFor("projects", "stage")),
    symbol("sites", ["concat", "site_type/", ["get", "type"]]),
    {
      id: "keys-point", type: "symbol", source: "keys", metadata: { of: "keys" },
      layout: {
        ...CENTRE_ICON, "icon-image": ["case", ["get", "key"], "key/assistance", "key/demonstration"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.85, 12, 1.15],
      },
    },
    bubble("facilities", [-26, 16]), bubble("projects", [26, 16]), bubble("assets", [0, 0]),
  ];
}

function names() {
  const label = (id, source, size, more = {}) => ({
    id, type: "symbol", source, "source-layer": "region_labels", metadata: { of: "regions" },
    layout: {
      "text-field": ["get", "name"], "text-size": size, "text-font": ["Medium"], "text-anchor": "bottom",
      "text-offset": [0, -1.35], "text-padding": 3, ...more.layout,
    },
    paint: { "text-color": INK, ...HALO, ...more.paint },
    ...(more.zooms ?? {}),
  });
  return [
    label("towns-name", "towns", 17, {
      zooms: { minzoom: 11, maxzoom: 13.5 }, layout: {
        "text-letter-spacing": 0.12, "text-variable-anchor": ["bottom", "top", "left", "right"], "text-radial-offset": 2,
      },
      paint: { "text-color": "#5b6b72" },
    }),
    label("regions-name", "regions", ["interpolate", ["linear"], ["zoom"], 8, 13, 11, 13, 14, 15]),
  ];
}

function marks() {
  return [
    {
      id: "marked-ring", type: "circle", source: "marked",
      paint: {
        "circle-radius": ["case", ["get", "hover"], 13, 15], "circle-color": "rgba(20,86,107,0.05)",
        "circle-stroke-color": ACCENT, "circle-stroke-width": ["case", ["get", "hover"], 2, 3],
      },
    },
  ];
}

/** What a layer's icon shows for a colour choice. */
export function iconFor(layer, shade) {
  if (layer === "assets") return ["concat", `${shade}/`, ["coalesce", ["get", shade], "other"]];
  if (layer === "projects" && shade === "category") return ["concat", "category/", ["get", "category"]];
  if (layer === "projects") {
    return ["concat", "stage/", ["get", "stage"], ["case", ["to-boolean", ["get", "behind"]], "/behind", ""]];
  }
  if (layer === "facilities") return ["concat", `facility_${shade}/`, ["get", shade]];
  return ["concat", "site_type/", ["get", "type"]];
}

/** The fill of areas for a figure: `figures` is { region id: step 0–5 }, 0 for zero. */
export function fillFor(figure, figures, key) {
  if (!FIGURES.includes(figure)) return null;
  const branches = [...figures].flatMap(([id, step]) => [id, step === 0 ? ZERO : STEPS[figure][step - 1]]);
  return branches.length > 0 ? ["match", key, ...branches, NO_DATA] : NO_DATA;
}

/** The fill of villages by their class. */
export function villageClassFill() {
  return byCode("class", VILLAGE_CLASS, "#dddccf");
}

function donut(name) {
  const twentieths = (field) => ["to-string", ["round", ["/", ["*", 20, ["coalesce", ["get", field], 0]], ["get", "count"]]]];
  const size = ["to-string", ["step", ["get", "count"], 0, 20, 1, 100, 2, 1000, 3]];
  if (name !== "assets") return ["concat", `plain/${name}/`, size];
  return ["concat", "donut/", size, "/", twentieths("overdue"), "/", twentieths("unarranged")];
}

function roadWidth(more) {
  const at = (scale) => byCode("class", Object.fromEntries(Object.entries(ROADS).map(([c, r]) => [c, r[1] * scale + more])), 0.8);
  return ["interpolate", ["linear"], ["zoom"], 8, at(0.7), 12, at(1.2), 16, at(3)];
}

function byCode(field, table, other) {
  return ["match", ["get", field], ...Object.entries(table).flat(), other];
}

function pick(table, index) {
  return Object.fromEntries(Object.entries(table).map(([code, row]) => [code, row[index]]));
}
