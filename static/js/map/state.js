// The address and the state of the workbench: one reads as the other, nonsense is left out.

export const LAYERS = {
  assets: ["status", "class", "operating"],
  projects: ["stage", "category"],
  sites: ["type"],
  keys: [],
  facilities: ["type", "status"],
  villages: ["class", "overdue_share", "unarranged_share", "assets", "value"],
  regions: ["plain", "overdue_share", "unarranged_share", "assets", "value"],
  roads: [],
  basemap: [],
};
export const FIGURES = ["overdue_share", "unarranged_share", "assets", "value"];
export const BREAKS = ["natural", "quantiles"];
export const LISTED = ["assets", "projects", "villages", "sites", "facilities"];
const USUAL = ["assets", "sites", "keys", "villages", "regions", "roads", "basemap"];
const CODE = /^\d{2,12}(-[a-z]{4,8})?$/;
const DAY = /^(19[9]\d|20\d\d)-\d\d-\d\d$/;
const WORDS_AT_MOST = 100;

/** What each role looks at first; an address may change any of it. */
export const PRESETS = {
  planner: (today) => ({
    layers: ["projects", "sites", "keys", "villages", "regions", "roads", "basemap"],
    by: { projects: "stage", villages: "class" },
    filters: { year: [today.slice(0, 4)] },
  }),
  clerk: () => ({
    layers: ["assets", "villages", "regions", "roads", "basemap"],
    by: { assets: "status", villages: "class" },
    filters: { missing: ["body", "person", "money", "position", "owner", "papers"] },
    list: "assets",
  }),
  leader: () => ({
    layers: ["assets", "regions", "roads", "basemap"],
    by: { regions: "overdue_share", assets: "status" },
  }),
  department: () => ({ layers: ["assets", "projects", "regions", "roads", "basemap"], by: { assets: "status" } }),
  auditor: () => ({
    layers: ["assets", "regions", "roads", "basemap"],
    by: { assets: "class" },
    filters: { missing: ["papers", "owner"] },
    list: "assets",
  }),
};

/** The state before anything is chosen. */
export function initial() {
  const by = {};
  for (const [layer, choices] of Object.entries(LAYERS)) if (choices.length > 0) by[layer] = choices[0];
  return {
    area: "", view: null, layers: [...USUAL], by, filters: {}, q: "", on: "",
    sel: null, list: null, sort: "", page: 1, preset: "", breaks: BREAKS[0],
  };
}

/**
 * Read an address.
 * `known` is { filters: {name: [codes]}, sectors: [codes], today: "2026-11-22" }.
 * Returns { state, leftOut }, where leftOut names the parts that could not be used.
 */
export function parse(search, known) {
  const params = new URLSearchParams(search);
  const state = initial();
  const leftOut = [];
  const take = (key, use) => {
    const text = params.get(key);
    if (text !== null && text !== "" && use(text) === false) leftOut.push(key);
  };
  take("preset", (text) => {
    if (!Object.hasOwn(PRESETS, text)) return false;
    const { by, ...chosen } = PRESETS[text](known.today);
    Object.assign(state, chosen, { preset: text });
    Object.assign(state.by, by);
  });
  take("area", (text) => (CODE.test(text) ? void (state.area = text) : false));
  take("view", (text) => (state.view = parseView(text)) !== null);
  take("layers", (text) => {
    const asked = text === "none" ? [] : text.split(",");
    state.layers = asked.filter((layer) => Object.hasOwn(LAYERS, layer));
    return state.layers.length === asked.length;
  });
  take("by", (text) => text.split(",").map((pair) => takeShade(state, pair)).every(Boolean));
  take("breaks", (text) => (BREAKS.includes(text) ? void (state.breaks = text) : false));
  for (const [name, codes] of Object.entries(known.filters)) {
    take(name, (text) => takeCodes(state, name, text, (code) => codes.includes(code)));
  }
  take("year", (text) => takeCodes(state, "year", text, (code) => /^(19[5-9]\d|20\d\d)$/.test(code)));
  take("sector", (text) => takeCodes(state, "sector", text, (code) => known.sectors.includes(code)));
  if (params.has("year") && params.get("year") === "") delete state.filters.year;
  if (params.has("missing") && params.get("missing") === "") delete state.filters.missing;
  take("q", (text) => {
    state.q = text.replaceAll("\0", " ").trim().slice(0, WORDS_AT_MOST);
    return text.length <= WORDS_AT_MOST;
  });
  take("on", (text) => (isDay(text) ? void (state.on = text) : false));
  take("sel", (text) => (state.sel = parseSelection(text)) !== null);
  take("list", (text) => {
    state.list = text === "none" ? "" : LISTED.includes(text) ? text : null;
    return state.list !== null;
  });
  take("sort", (text) => (/^[a-z]{1,20}$/.test(text) ? void (state.sort = text) : false));
  take("page", (text) => (/^[1-9]\d{0,3}$/.test(text) ? void (state.page = Number(text)) : false));
  return { state, leftOut };
}

/** Write the state as a query string that opens the same view elsewhere. */
export function format(state) {
  const parts = [];
  const put = (key, value) => parts.push(`${key}=${encodeURIComponent(value).replace(/%(2C|3A)/g, decodeURIComponent)}`);
  if (state.preset) put("preset", state.preset);
  if (state.area) put("area", state.area);
  if (state.view) put("view", formatView(state.view));
  put("layers", state.layers.length > 0 ? state.layers.join(",") : "none");
  put("by", Object.entries(state.by).map(([layer, shade]) => `${layer}:${shade}`).join(","));
  if (state.breaks !== BREAKS[0]) put("breaks", state.breaks);
  for (const [name, codes] of Object.entries(state.filters)) if (codes.length > 0) put(name, codes.join(","));
  if (state.preset) {
    const usual = PRESETS[state.preset]("0000").filters ?? {};
    for (const name of Object.keys(usual)) if (!state.filters[name]?.length) put(name, "");
  }
  if (state.q) put("q", state.q);
  if (state.on) put("on", state.on);
  if (state.sel) put("sel", `${state.sel.layer}:${state.sel.id}`);
  if (state.list !== null) put("list", state.list || "none");
  if (state.sort) put("sort", state.sort);
  if (state.page > 1) put("page", state.page);
  return parts.join("&");
}

/** The part of the query string that narrows records: area, filters, words, day. */
export function filterQuery(state, changes = {}) {
  const query = new URLSearchParams();
  if (state.area) query.set("area", state.area);
  for (const [name, codes] of Object.entries(state.filters)) if (codes.length > 0) query.set(name, codes.join(","));
  if (state.q) query.set("q", state.q);
  if (state.on) query.set("on", state.on);
  for (const [key, value] of Object.entries(changes)) query.set(key, value);
  return query.toString().replaceAll("%2C", ",");
}

const ASSET_FILTERS = ["class", "status", "operating", "sector", "year", "fund", "category", "missing", "flag"];
const NARROWED_BY = {
  assets: ASSET_FILTERS,
  projects: ["year", "stage", "category", "sector", "fund", "flag"],
  villages: ["village_class", "key"],
  sites: ["site_type"],
  facilities: [],
};

/** The query string of one layer's tiles: only what narrows that layer, so that others stay as they are. */
export function layerQuery(layer, state) {
  const filters = Object.fromEntries(Object.entries(state.filters).filter(([name]) => NARROWED_BY[layer].includes(name)));
  return filterQuery({ ...state, filters });
}

function parseView(text) {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  const [lng, lat, zoom] = numbers;
  const usable = numbers.length === 3 && numbers.every(Number.isFinite)
    && Math.abs(lng) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22;
  return usable ? { lng, lat, zoom } : null;
}

function formatView({ lng, lat, zoom }) {
  return `${lng.toFixed(5)},${lat.toFixed(5)},${zoom.toFixed(2)}`;
}

function takeShade(state, pair) {
  const [layer, shade] = pair.split(":");
  if (!Object.hasOwn(LAYERS, layer) || !LAYERS[layer].includes(shade)) return false;
  state.by[layer] = shade;
  return true;
}

function takeCodes(state, name, text, isKnown) {
  const codes = [...new Set(text.split(",").filter(Boolean))];
  const usable = codes.filter(isKnown);
  if (usable.length > 0) state.filters[name] = usable;
  return usable.length === codes.length;
}

function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return DAY.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function parseSelection(text) {
  const [layer, id] = text.split(":");
  return LISTED.includes(layer) && /^\d{1,18}$/.test(id ?? "") ? { layer, id } : null;
}
