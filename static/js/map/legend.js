// Layers with their switches and legends; a legend holds only what is in view, with its count.

import { BUBBLES, NO_DATA, ROADS, STEPS, VILLAGE_CLASS, ZERO } from "./palette.js";
import { BREAKS, FIGURES, LAYERS } from "./state.js";
import { drawSymbol } from "./symbols.js";
import { codeName, desk, element, figure, filterOf, kindOf, say } from "./words.js";

const place = document.getElementById("layers");

/** Draw the panel once; later calls of `update` fill the legends. */
export function makePanel(store) {
  const blocks = {};
  for (const [layer, shades] of Object.entries(LAYERS)) {
    if (layer === "basemap" && !desk.basemap) continue;
    const choices = desk.figures ? shades : shades.filter((shade) => !FIGURES.includes(shade));
    const box = element("input", { type: "checkbox", id: `layer-${layer}` });
    const count = element("span", { class: "layer-count" });
    const select = element("select", { class: "layer-by", "aria-label": `${say(`layer_${layer}`)}: ${say("colour_by")}` });
    select.append(...choices.map((shade) => element("option", { value: shade }, say(`by_${shade}`))));
    const breaks = element("select", { class: "layer-by", "aria-label": say("breaks"), hidden: true });
    breaks.append(...BREAKS.map((way) => element("option", { value: way }, say(`breaks_${way}`))));
    breaks.addEventListener("change", () => store.change({ breaks: breaks.value }));
    const legend = element("ul", { class: "key-rows" });
    const head = element("div", { class: "layer-head" }, element("label", { for: box.id }, box, element("span", {}, say(`layer_${layer}`))), count);
    const block = element("section", { class: "layer" }, head, ...(choices.length > 1 ? [select, breaks] : []), legend);
    box.addEventListener("change", () => {
      const order = Object.keys(LAYERS);
      const layers = box.checked ? [...store.state.layers, layer] : store.state.layers.filter((name) => name !== layer);
      store.change({ layers: layers.sort((a, b) => order.indexOf(a) - order.indexOf(b)) });
    });
    select.addEventListener("change", () => store.change({ by: { ...store.state.by, [layer]: select.value } }));
    legend.addEventListener("click", (event) => {
      const entry = event.target.closest("[data-code]");
      if (!entry) return;
      const name = filterOf(layer, store.state.by[layer]);
      const chosen = store.state.filters[name] ?? [];
      const { code } = entry.dataset;
      store.filter(name, chosen.includes(code) ? chosen.filter((other) => other !== code) : [...chosen, code]);
    });
    blocks[layer] = { box, count, select, breaks, legend, block };
    place.append(block);
  }
  return {
    /** Show the switches as they stand. */
    show(state) {
      for (const [layer, { box, select, breaks, block, legend, count }] of Object.entries(blocks)) {
        box.checked = state.layers.includes(layer);
        block.classList.toggle("off", !box.checked);
        select.hidden = !box.checked;
        breaks.hidden = !box.checked || !FIGURES.includes(state.by[layer]);
        breaks.value = state.breaks;
        if (state.by[layer]) select.value = state.by[layer];
        if (!box.checked) {
          legend.replaceChildren();
          count.textContent = "";
        }
      }
    },
    /** Fill legends from counts in view, figures in use and what else is seen. */
    fill(state, counts, figures, inView) {
      for (const entry of legendOf(state, counts, figures, inView)) {
        const { legend, count } = blocks[entry.layer];
        count.textContent = entry.total === null ? "" : figure(entry.total);
        legend.replaceChildren(...entry.rows.map((row) => drawRow(row, state.filters[filterOf(entry.layer, state.by[entry.layer])])));
      }
    },
  };
}

/** The legend as data, for panel, print and picture. */
export function legendOf(state, counts, figures, inView) {
  return Object.keys(LAYERS).filter((layer) => state.layers.includes(layer) && (layer !== "basemap" || desk.basemap))
    .map((layer) => ({ layer, name: say(`layer_${layer}`), ...entries(layer, state.by[layer], counts[layer], figures[layer], inView) }));
}

function entries(layer, shade, counted, found, inView) {
  if (found) return { total: null, rows: steps(shade, found) };
  if (layer === "regions" || layer === "basemap") return { total: null, rows: [] };
  if (layer === "roads") {
    return { total: null, rows: Object.entries(ROADS).filter(([code]) => inView.roads.has(code)).map(([code, [colour, width]]) => ({
      name: desk.labels.road_class[code], line: [colour, width], count: null })) };
  }
  if (layer === "keys") {
    const rows = [["assistance", "key", inView.keys.key], ["demonstration", "demonstration_village", inView.keys.demonstration]];
    return { total: null, rows: rows.filter(([, , n]) => n > 0).map(([code, name, count]) => ({ name: say(name), symbol: `key/${code}`, count })) };
  }
  if (!counted) return { total: null, rows: [] };
  const { unplaced = 0, ...placed } = counted;
  const total = Object.values(placed).reduce((sum, n) => sum + n, 0);
  const order = desk.orders[kindOf(layer, shade)] ?? [];
  const codes = Object.keys(placed).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const rows = codes.map((code) => ({
    code: filterOf(layer, shade) && code !== "None" ? code : null,
    name: codeName(layer, shade, code),
    count: counted[code],
    ...(layer === "villages" ? { fill: VILLAGE_CLASS[code] } : { symbol: symbolOf(layer, shade, code) }),
  }));
  if (unplaced) rows.push({ code: null, name: say("unplaced"), count: unplaced });
  return { total, rows, crowd: inView.crowds.has(layer) ? BUBBLES[layer] : null };
}

function symbolOf(layer, shade, code) {
  if (layer === "facilities") return `facility_${shade}/${code}`;
  return `${layer === "sites" ? "site_type" : shade}/${code}`;
}

function steps(shade, { steps: found, shown, limits, unit, formula }) {
  const sizes = (step) => [...found.values()].filter((other) => other === step).length;
  const rows = limits.map((limit, i) => ({
    fill: STEPS[shade][i], count: sizes(i + 1), name: `${i === 0 ? say("up_to", { limit }) : `${limits[i - 1]}–${limit}`} ${unit}`,
  }));
  return [
    ...(sizes(0) > 0 ? [{ fill: ZERO, name: say("zero"), count: sizes(0) }] : []),
    ...rows,
    ...(shown.size > found.size ? [{ fill: NO_DATA, name: say("no_data"), count: shown.size - found.size }] : []),
    ...(formula ? [{ note: formula, name: `ⓘ ${formula}`, count: null }] : []),
  ];
}

function drawRow(row, chosen) {
  const swatch = element("span", { class: "swatch" });
  if (row.symbol) swatch.append(drawSymbol(row.symbol) ?? "");
  else if (row.fill) swatch.append(element("i", { class: "swatch-fill", style: `background:${row.fill}` }));
  else if (row.line) swatch.append(element("i", { class: "swatch-line", style: `border-top:${row.line[1] + 1}px solid ${row.line[0]}` }));
  if (row.note) return element("li", { class: "legend-note" }, row.name);
  const inside = [swatch, element("span", { class: "legend-name" }, row.name)];
  if (row.count !== null) inside.push(element("span", { class: "legend-count" }, figure(row.count)));
  if (!row.code) return element("li", {}, ...inside);
  const isOn = chosen?.includes(row.code) ?? false;
  const button = element("button", { type: "button", "data-code": row.code, "aria-pressed": String(isOn), title: say("filter_by", { what: row.name }) }, ...inside);
  return element("li", {}, button);
}
