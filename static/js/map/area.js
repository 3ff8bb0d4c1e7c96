// Going down into an area and up again without leaving the page.

import { ask, notice } from "./notices.js";
import { filterQuery } from "./state.js";
import { desk, element, say } from "./words.js";

const known = new Map([[desk.area.code, desk.area], [desk.home.code, desk.home]]);

/** The facts of an area: { code, name, level, bounds, above }; null when it cannot be had. */
export async function areaOf(code) {
  const wanted = code || desk.home.code;
  const kept = known.get(wanted);
  if (kept?.above) return kept;
  const found = await ask(`/map/area.json?area=${encodeURIComponent(wanted)}`, { json: true });
  if (found) known.set(wanted, { ...kept, ...found });
  else notice(say("not_found"));
  return found;
}

/** Show an area in the breadcrumb, the title and the addresses of the rail. */
export function showArea(area, state) {
  desk.area = area;
  const crumbs = document.querySelector(".crumbs ol");
  if (crumbs && area.above) {
    crumbs.replaceChildren(...area.above.map(({ code, name }, i) => element("li", {}, element("a", {
      href: `/map/?${filterQuery({ ...state, area: code })}`, "data-area": code,
      "aria-current": i === area.above.length - 1 ? "location" : null,
    }, name))));
  }
  document.title = document.title.replace(/^[^·]*/, `${area.name} `);
  const old = document.querySelector(".crumbs-down");
  if (!old) return;
  // A copy, since the old one has already asked for its areas.
  const below = old.cloneNode(true);
  below.hidden = area.level === "village";
  below.open = false;
  below.setAttribute("hx-get", `/map/areas?${filterQuery({ ...state, area: area.code })}&page=map.index`);
  below.querySelector(".menu").replaceChildren(element("p", { class: "menu-wait" }, "…"));
  for (const name of below.getAttributeNames()) if (name.startsWith("data-htmx")) below.removeAttribute(name);
  old.replaceWith(below);
  globalThis.htmx?.process(below);
}

/** Keep area and filters in the addresses of the other rooms and of the hand-over. */
export function followState(state) {
  const query = filterQuery(state);
  for (const link of document.querySelectorAll(".rail-room")) link.search = query;
  const handover = document.getElementById("handover");
  const by = Object.entries(state.by).map(([layer, shade]) => `${layer}:${shade}`).join(",");
  handover.search = filterQuery(state, { layers: state.layers.join(","), by });
}

/** Let the breadcrumb and its menu work without a new page. */
export function listenToCrumbs(down) {
  document.querySelector(".crumbs")?.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-area]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    down(link.dataset.area === desk.home.code ? "" : link.dataset.area);
    const menu = link.closest("details");
    if (menu) menu.open = false;
  });
}

/** Let a place found by the search box be gone to on this map, with its layers as they are. */
export function listenToFinder(down) {
  const answers = document.getElementById("finder-answers");
  answers?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = new URL(link.href);
    const code = target.searchParams.get("area");
    if (target.pathname !== location.pathname || !code) return;
    event.preventDefault();
    answers.hidden = true;
    document.getElementById("finder").value = "";
    down(code);
  });
}
