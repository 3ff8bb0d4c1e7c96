// The map itself: making it, keeping it in step with the state, and reading what lies under the pointer.

import { AttributionControl, Map as MapView, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl";

import { figuresOf } from "./figures.js";
import { onReturn, serverLost, signedOut } from "./notices.js";
import { buildStyle, empty, fillFor, FILTERED, FONT, iconFor, tileAddresses, villageClassFill } from "./style.js";
import { offerSymbols } from "./symbols.js";
import { desk, say } from "./words.js";

/** Make the map in `container`; null where the browser cannot draw it. */
export function makeMap(container, state) {
  setWorkerUrl(import.meta.resolve("maplibre-gl").replace("maplibre-gl.mjs", "maplibre-gl-worker.mjs"));
  const style = buildStyle(state, desk);
  let map;
  try {
    map = new MapView({
      container,
      style,
      localIdeographFontFamily: FONT,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      maxPitch: 0,
      maxZoom: 18,
      minZoom: 3,
      fadeDuration: 0,
      locale: {
        "Map.Title": say("map_of", { area: desk.area.name }),
        "NavigationControl.ZoomIn": say("zoom_in"),
        "NavigationControl.ZoomOut": say("zoom_out"),
      },
      ...opening(state),
    });
  } catch {
    return null;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  offerSymbols(map);
  map.addControl(new ScaleControl({ maxWidth: 110 }), "bottom-left");
  map.addControl(new NavigationControl({ showCompass: false }), "bottom-right");
  if (desk.basemap?.attribution) map.addControl(new AttributionControl({ compact: true }), "bottom-right");
  map.on("error", (event) => {
    if (event.error?.status === 401) signedOut();
    else if (event.error?.status >= 500 || event.error instanceof TypeError) serverLost();
  });
  onReturn(() => {
    for (const source of Object.keys(map.getStyle().sources)) {
      if (map.getSource(source)?.type === "vector") map.refreshTiles(source);
    }
  });
  return map;
}

function opening(state) {
  if (state.view) return { center: [state.view.lng, state.view.lat], zoom: state.view.zoom };
  const bounds = desk.area.bounds ?? desk.home.bounds;
  return bounds ? { bounds, fitBoundsOptions: { padding: 30 } } : { center: [105, 35], zoom: 4 };
}

/** Switch layers on and off. */
export function showLayers(map, state) {
  spread(map, state);
  for (const layer of map.getStyle().layers) {
    const of = layer.metadata?.of;
    if (!of || of === "focus") continue;
    const wanted = state.layers.includes(of) ? "visible" : "none";
    if ((map.getLayoutProperty(layer.id, "visibility") ?? "visible") !== wanted) {
      map.setLayoutProperty(layer.id, "visibility", wanted);
    }
  }
}

const BESIDE = [[0, 0], [26, 16], [-26, 16]];

// Counts of several layers stand side by side at a region's middle; a single layer's stand on it.
function spread(map, state) {
  const counted = ["assets", "projects", "facilities"].filter((layer) => state.layers.includes(layer));
  counted.forEach((layer, i) => {
    map.setLayoutProperty(`${layer}-count`, "icon-offset", BESIDE[i]);
    map.setLayoutProperty(`${layer}-count`, "text-offset", BESIDE[i].map((px) => px / 12));
  });
}

/** Ask for other tiles where area, filters or day changed; the old ones stay until the new arrive. */
export function retile(map, state, names = FILTERED) {
  for (const name of names) {
    const source = map.getSource(name);
    const [address] = tileAddresses(name, state);
    if (source.tiles[0] !== address) source.setTiles([address]);
  }
}

/** Show the area's outline. */
export function outline(map, state, place) {
  map.getSource("focus").setTiles(tileAddresses("focus", { ...state, place }));
}

/** The level of regions that the map shows at a zoom. */
export function levelAt(zoom) {
  const steps = [[11, "village"], [9, "town"], [7, "county"], [5, "city"], [0, "province"]];
  return steps.find(([from]) => Math.floor(zoom) >= from)[1];
}

/** Colour the layers as chosen; returns the figures in use by layer. */
export async function shade(map, state) {
  for (const layer of ["assets", "projects", "sites", "facilities"]) {
    map.setLayoutProperty(`${layer}-point`, "icon-image", iconFor(layer, state.by[layer]));
  }
  const used = {};
  for (const [layer, key, level] of [["regions", ["id"], levelAt(map.getZoom())], ["villages", ["get", "region_id"], "village"]]) {
    const figure = state.by[layer];
    const found = state.layers.includes(layer) ? await figuresOf(figure, level, state, desk.home) : null;
    if (found) {
      used[layer] = found;
      map.setPaintProperty(`${layer}-fill`, "fill-color", fillFor(figure, found.steps, key));
      map.setPaintProperty(`${layer}-fill`, "fill-opacity", 0.82);
    } else {
      map.setPaintProperty(`${layer}-fill`, "fill-color", layer === "regions" ? "#fcfcfa" : villageClassFill());
      map.setPaintProperty(`${layer}-fill`, "fill-opacity", layer === "regions" ? 0.9 : 0.62);
    }
  }
  return used;
}

/** West, south, east, north of what is seen, as a query value. */
export function seen(map) {
  const bounds = map.getBounds();
  const edges = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const limits = [-180, -85, 180, 85];
  return edges.map((edge, i) => (i < 2 ? Math.max(edge, limits[i]) : Math.min(edge, limits[i])).toFixed(5)).join(",");
}

const marked = { hover: null, chosen: null };

/** Ring a place, as `hover` or `chosen`; null takes the ring away. */
export function mark(map, kind, place) {
  marked[kind] = place;
  const features = Object.entries(marked).filter(([, at]) => at).map(([name, at]) => ({
    type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { hover: name === "hover" },
  }));
  map.getSource("marked")?.setData({ ...empty(), features });
}
