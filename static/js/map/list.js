// The list beside the map: the records in view, in step with area, filters and view.

import { ask } from "./notices.js";
import { filterQuery, LISTED } from "./state.js";
import { element, say } from "./words.js";

const dock = document.getElementById("dock");
const tabs = document.getElementById("tabs");
const body = document.getElementById("list");
const toggle = document.getElementById("list-toggle");
let pending = null;

/** Build the list; `act` has seen() → bbox or "", hover(place), open(layer, id, place). */
export function makeList(store, act) {
  toggle.addEventListener("click", () => store.change({ list: store.state.list ? "" : usualTab(store.state) }));
  document.getElementById("dock-close").addEventListener("click", () => store.change({ list: "", sel: null }));
  tabs.addEventListener("click", (event) => {
    const layer = event.target.closest("[data-tab]")?.dataset.tab;
    if (layer) store.change({ list: layer, page: 1, sort: "", sel: null });
  });
  body.addEventListener("click", (event) => {
    const row = event.target.closest(".row-item");
    if (row) act.open(row.dataset.layer, row.dataset.id, placeOf(row));
    const turn = event.target.closest("[data-page]");
    if (turn) store.change({ page: Number(turn.dataset.page) });
  });
  body.addEventListener("change", (event) => {
    if (event.target.matches("[data-sort]")) store.change({ sort: event.target.value, page: 1 });
  });
  for (const [type, isIn] of [["mouseover", true], ["focusin", true], ["mouseleave", false], ["focusout", false]]) {
    body.addEventListener(type, (event) => act.hover(isIn ? placeOf(event.target.closest(".row-item")) : null));
  }

  return {
    /** Show or hide the dock and its tabs. */
    show(state) {
      const isOpen = Boolean(state.list);
      dock.hidden = !isOpen && !state.sel;
      dock.classList.toggle("only-drawer", !isOpen && Boolean(state.sel));
      toggle.setAttribute("aria-expanded", String(isOpen));
      const shown = LISTED.filter((layer) => state.layers.includes(layer) || layer === state.list);
      tabs.replaceChildren(...shown.map((layer) => element("button", {
        type: "button", role: "tab", "data-tab": layer, "aria-selected": String(layer === state.list), "aria-controls": "list",
      }, say(`layer_${layer}`))));
    },
    /** Fetch the rows in view; the old ones stay until the new arrive. */
    async refresh(state) {
      if (!state.list) return;
      pending?.abort();
      pending = new AbortController();
      body.classList.add("waiting");
      const query = filterQuery(state, { layer: state.list, bbox: act.seen(), sort: state.sort, page: state.page });
      const text = await ask(`/map/list?${query}`, { signal: pending.signal });
      if (text === null) return;
      body.classList.remove("waiting");
      const held = document.activeElement?.closest("#list .row-item")?.dataset.id;
      body.innerHTML = text;
      if (held) body.querySelector(`.row-item[data-id="${held}"]`)?.focus({ preventScroll: true });
      markRow(state);
    },
    markRow,
  };
}

function markRow(state) {
  for (const row of body.querySelectorAll(".row-item")) {
    const isChosen = row.dataset.layer === state.sel?.layer && row.dataset.id === state.sel?.id;
    row.classList.toggle("chosen", isChosen);
  }
}

function usualTab(state) {
  return LISTED.find((layer) => state.layers.includes(layer)) ?? "assets";
}

function placeOf(row) {
  return row?.dataset.lng ? [Number(row.dataset.lng), Number(row.dataset.lat)] : null;
}
