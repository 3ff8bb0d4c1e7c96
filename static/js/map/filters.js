// The filters above the map: menus of choices, words, a day; what is chosen stands beside as chips.

import { desk, element, filterName, filterWord, icon, paused, say } from "./words.js";

const place = document.getElementById("filters");
const thisYear = Number(desk.today.slice(0, 4));
const YEARS = Array.from({ length: Math.max(1, thisYear - 2012) }, (_none, i) => String(thisYear - i));
const MENUS = [
  ["layer_assets", ["class", "status", "operating", "missing"]],
  ["layer_projects", ["stage", "category"]],
  ["layer_villages", ["village_class", "key", "site_type"]],
  ["year", ["year"]],
  ["more", ["fund", "sector", "flag"]],
];

/** Build the filters; returns what shows the state in them. */
export function makeFilters(store) {
  const boxes = new Map();
  const counts = new Map();
  for (const [title, names] of MENUS) {
    const count = element("span", { class: "filter-count", hidden: true });
    const text = desk.words[title] ?? filterName(title);
    const summary = element("summary", { class: "filter-button" }, text, count, icon("chevron-down"));
    const menu = element("div", { class: "menu menu-filter" }, ...names.map((name) => group(name)));
    const holder = element("details", { class: "filter-menu", "data-closes": "" }, summary, menu);
    holder.addEventListener("toggle", () => keepInside(holder, menu));
    counts.set(names, count);
    place.append(holder);
  }
  const words = element("input", { type: "search", class: "filter-words", maxlength: "100", placeholder: say("words"), "aria-label": say("words") });
  words.addEventListener("input", paused(() => store.change({ q: words.value.trim(), page: 1 }), 350));
  const day = element("input", { type: "date", class: "filter-day", "aria-label": say("on"), max: "2100-01-01", min: "1990-01-01" });
  const isSet = element("span", { class: "filter-count", hidden: true }, "1");
  const dayMenu = element("details", { class: "filter-menu", "data-closes": "" },
    element("summary", { class: "filter-button" }, say("on"), isSet, icon("chevron-down")),
    element("div", { class: "menu menu-day" }, element("p", {}, say("on_hint")), day));
  dayMenu.addEventListener("toggle", () => keepInside(dayMenu, dayMenu.lastElementChild));
  day.addEventListener("change", () => store.change({ on: day.value === desk.today ? "" : day.value, page: 1 }));
  const chosen = element("div", { class: "chosen" });
  place.append(dayMenu, words, chosen);

  function group(name) {
    const codes = { year: YEARS, sector: desk.orders.sector }[name] ?? desk.filters[name] ?? [];
    const chips = codes.map((code) => {
      const box = element("input", { type: "checkbox", value: code });
      box.addEventListener("change", () => {
        const now = store.state.filters[name] ?? [];
        store.filter(name, box.checked ? [...now, code] : now.filter((other) => other !== code));
      });
      boxes.set(`${name}:${code}`, box);
      return element("label", { class: "chip" }, box, element("span", {}, filterWord(name, code)));
    });
    return element("fieldset", { class: "chips" }, element("legend", {}, filterName(name)), ...chips);
  }

  return function show(state) {
    for (const [key, box] of boxes) {
      const [name, code] = key.split(":");
      box.checked = state.filters[name]?.includes(code) ?? false;
    }
    for (const [names, count] of counts) {
      const n = names.reduce((sum, name) => sum + (state.filters[name]?.length ?? 0), 0);
      count.hidden = n === 0;
      count.textContent = n;
    }
    if (document.activeElement !== words) words.value = state.q;
    day.value = state.on || desk.today;
    isSet.hidden = state.on === "";
    const chips = chosenOf(state).map(({ text, without, isDay }) => {
      // Another day than today changes the meaning of everything in view, so its way back has words.
      const button = isDay
        ? element("button", { type: "button", class: "chosen-chip chosen-day" }, `${text} · ${say("back_to_today")}`, icon("x"))
        : element("button", { type: "button", class: "chosen-chip", "aria-label": say("remove", { what: text }) }, text, icon("x"));
      button.addEventListener("click", () => store.change(without));
      return button;
    });
    if (chips.length > 1) {
      const all = element("button", { type: "button", class: "chosen-clear" }, say("clear_all"));
      all.addEventListener("click", () => store.change({ filters: {}, q: "", on: "", page: 1 }));
      chips.push(all);
    }
    chosen.replaceChildren(...chips);
  };
}

/** What narrows the records, in words, and the state without each. */
export function chosenOf(state) {
  const found = Object.entries(state.filters).filter(([, codes]) => codes.length > 0).map(([name, codes]) => {
    const rest = Object.fromEntries(Object.entries(state.filters).filter(([other]) => other !== name));
    const words = codes.length > 3 ? `${filterWord(name, codes[0])} +${codes.length - 1}` : codes.map((code) => filterWord(name, code)).join("/");
    return { text: `${filterName(name)}: ${words}`, without: { filters: rest, page: 1 } };
  });
  if (state.q) found.push({ text: `“${state.q}”`, without: { q: "", page: 1 } });
  if (state.on) found.push({ text: say("as_of", { day: state.on }), without: { on: "" }, isDay: true });
  return found;
}

function keepInside(holder, menu) {
  if (!holder.open) return;
  menu.style.left = "0";
  const over = menu.getBoundingClientRect().right - innerWidth + 12;
  if (over > 0) menu.style.left = `${-over}px`;
}
