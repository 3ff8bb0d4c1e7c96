// What the pointer does on the map: tips while moving, drawers and ways down on a click.

import { codeName, desk, figure, say } from "./words.js";

const POINTS = ["assets", "projects", "sites", "facilities"];
const tip = document.getElementById("tip");

/** Let the pointer work on `map`; `act` has open(layer, id), down(code) and near(place). */
export function listenToPointer(map, store, act) {
  map.on("mousemove", (event) => {
    const found = act.busy() ? null : under(map, event.point);
    map.getCanvas().style.cursor = found ? "pointer" : "";
    showTip(found && describe(found, store.state), event.point);
    const over = found?.kind === "region" ? found.feature.id : -1;
    map.setFilter("regions-over", ["==", ["id"], over]);
  });
  map.on("mouseout", () => {
    showTip(null);
    map.setFilter("regions-over", ["==", ["id"], -1]);
  });
  map.on("movestart", () => showTip(null));
  map.on("click", (event) => {
    if (act.busy()) return;
    const found = under(map, event.point);
    if (!found) return act.open(null);
    const { kind, feature, layer } = found;
    if (kind === "point") act.open(layer, feature.id, feature.geometry.type === "Point" ? feature.geometry.coordinates : null);
    else if (kind === "count") act.down(feature.properties, feature.geometry.coordinates);
    else if (kind === "village") act.open("villages", feature.id);
    else if (kind === "region") act.down(feature.properties);
  });
}

function under(map, point) {
  const around = [[point.x - 4, point.y - 4], [point.x + 4, point.y + 4]];
  const has = (id) => map.getLayer(id) && (map.getLayoutProperty(id, "visibility") ?? "visible") === "visible";
  const points = ["keys-point", ...POINTS.flatMap((name) => [`${name}-count`, `${name}-point`])].filter(has);
  const top = points.length > 0 ? map.queryRenderedFeatures(around, { layers: points })[0] : null;
  if (top) {
    if (top.layer.id === "keys-point") return { kind: "village", feature: top, layer: "villages" };
    return { kind: top.layer.id.endsWith("-count") ? "count" : "point", feature: top, layer: top.source };
  }
  const areas = ["regions-name", "towns-name", "villages-fill", "regions-fill"].filter(has);
  const hits = areas.length > 0 ? map.queryRenderedFeatures(point, { layers: areas }) : [];
  const region = hits.find((hit) => hit.source !== "villages");
  const village = hits.find((hit) => hit.source === "villages");
  // Where towns are drawn a click goes down into one; where villages are, it tells of the village.
  if (region && region.properties.level !== "village") return { kind: "region", feature: region };
  if (village) return { kind: "village", feature: village, layer: "villages" };
  return region ? { kind: "region", feature: region } : null;
}

function describe({ kind, feature, layer }, state) {
  const facts = feature.properties;
  if (kind === "count") {
    const lines = [say(`count_${layer}`, { n: figure(facts.count) })];
    if (facts.overdue) lines.push(`${codeName("assets", "status", "overdue")} ${figure(facts.overdue)}`);
    if (facts.unarranged) lines.push(`${codeName("assets", "status", "unarranged")} ${figure(facts.unarranged)}`);
    return [facts.name, ...lines];
  }
  if (kind === "point") {
    const choice = state.by[layer];
    const lines = [codeName(layer, choice, String(facts[choice] ?? facts.type))];
    if (facts.behind) lines.push(`▲ ${say("behind")}`);
    return [facts.name ?? lines.shift(), ...lines];
  }
  if (kind === "village") {
    const lines = facts.class ? [codeName("villages", "class", facts.class)] : [];
    if (facts.key) lines.push(`★ ${say("key")}`);
    if (facts.demonstration) lines.push(`☆ ${say("demonstration_village")}`);
    const shown = desk.figuresUsed?.villages?.shown.get(facts.region_id);
    if (shown) lines.push(`${say(`by_${state.by.villages}`)} ${shown}`);
    return [facts.name, ...lines];
  }
  const shown = desk.figuresUsed?.regions?.shown.get(feature.id);
  return [facts.name, ...(shown ? [`${say(`by_${state.by.regions}`)} ${shown}`] : []), say("drill", { name: facts.name })];
}

function showTip(lines, point) {
  tip.hidden = !lines;
  if (!lines) return;
  tip.replaceChildren(...lines.map((line, i) => Object.assign(document.createElement(i === 0 ? "strong" : "span"), { textContent: line })));
  const room = tip.parentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.translate = `${Math.min(point.x + 14, room)}px ${point.y + 14}px`;
}
