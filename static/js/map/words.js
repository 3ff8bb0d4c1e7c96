// Words of the page in the reader's language, from the island the server wrote.

export const desk = JSON.parse(document.getElementById("desk").textContent);

/** A sentence, with `{name}` filled from `data`. */
export function say(key, data = {}) {
  return (desk.words[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => data[name] ?? "");
}

const KINDS = {
  "assets/status": "status", "assets/class": "class", "assets/operating": "operating", "projects/stage": "stage",
  "projects/category": "category", "villages/class": "village_class", "sites/type": "site_type",
  "facilities/status": "facility_status", "facilities/type": "facility_type",
};

/** The kind of words that a layer's colour choice uses. */
export function kindOf(layer, shade) {
  return KINDS[`${layer}/${shade}`];
}

/** The word for a code of a layer's colour choice. */
export function codeName(layer, shade, code) {
  if (layer === "facilities" && shade === "type") return desk.facilityTypes[code] ?? code;
  return desk.labels[kindOf(layer, shade)]?.[code] ?? (code === "None" ? say("unnamed") : code);
}

/** The filter that a colour choice corresponds to, if there is one. */
export function filterOf(layer, shade) {
  return { "assets/status": "status", "assets/class": "class", "assets/operating": "operating",
    "projects/stage": "stage", "projects/category": "category", "villages/class": "village_class",
    "sites/type": "site_type" }[`${layer}/${shade}`];
}

/** The word for a code of a filter. */
export function filterWord(name, code) {
  if (name === "sector") return desk.sectors[code] ?? code;
  return desk.labels[name]?.[code] ?? code;
}

/** The name of a filter. */
export function filterName(name) {
  return desk.kinds[name] ?? say(name);
}

/** A number with thousands marks. */
export function figure(number, digits = 0) {
  return number.toLocaleString("en-US", { maximumFractionDigits: digits });
}

export { element, icon, paused } from "../lib/dom.js";
