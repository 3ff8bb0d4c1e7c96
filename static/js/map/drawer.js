// The facts of the chosen record, beside the map.

import { ask } from "./notices.js";
import { filterQuery } from "./state.js";

const drawer = document.getElementById("drawer");
const content = document.getElementById("drawer-content");
let shown = "";
let opener = null;

/** Build the drawer; `act` has place(lngLat) for the ring on the map. */
export function makeDrawer(store, act) {
  document.getElementById("drawer-close").addEventListener("click", () => close(store));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && store.state.sel && !event.defaultPrevented) close(store);
  });
  content.addEventListener("click", (event) => {
    const set = event.target.closest("[data-set]");
    const area = event.target.closest("[data-area]");
    if (!set && !area) return;
    event.preventDefault();
    const { list, ...filters } = set ? JSON.parse(set.dataset.set) : {};
    act.down(area?.dataset.area, set ? { filters: { ...store.state.filters, ...filters }, list, page: 1 } : {});
  });
  /** Show the chosen record of `state`, or nothing. */
  return async function show(state) {
    const wanted = state.sel ? `${state.sel.layer}/${state.sel.id}` : "";
    drawer.hidden = wanted === "";
    if (wanted === "") {
      shown = "";
      act.place(null);
      return;
    }
    if (wanted === shown) return;
    shown = wanted;
    opener = document.activeElement;
    drawer.classList.add("waiting");
    const text = await ask(`/map/feature/${wanted}?${filterQuery(state)}`);
    if (shown !== wanted || text === null) return;
    drawer.classList.remove("waiting");
    content.innerHTML = text;
    content.scrollTop = 0;
    const head = content.querySelector("[data-lng]");
    act.place(head ? [Number(head.dataset.lng), Number(head.dataset.lat)] : null);
    if (opener?.classList.contains("row-item")) drawer.focus({ preventScroll: true });
  };
}

function close(store) {
  const { layer, id } = store.state.sel ?? {};
  store.change({ sel: null });
  // The list may have been drawn anew since, with another button for the same record.
  const row = document.querySelector(`.row-item[data-layer="${layer}"][data-id="${id}"]`);
  (opener?.isConnected ? opener : row)?.focus({ preventScroll: true });
}
