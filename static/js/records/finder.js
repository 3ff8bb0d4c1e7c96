// Finding a place, a holder or a project while its name is typed; the arrow keys choose.

import { element, icon, paused } from "../lib/dom.js";
import { say } from "./say.js";

/** Let every field of `form` that names another record be searched. */
export function offerFinders(form) {
  for (const box of form.querySelectorAll("[data-finds]")) makeFinder(form, box);
  for (const select of form.querySelectorAll("select[data-searched]")) makeSearched(select);
}

/** A combobox over `input` and `list`; `find(words)` gives choices, `take(choice)` uses one. */
function makeCombobox(input, list, find, take) {
  let choices = [], at = -1, asked = 0;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  const show = (shown) => {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) input.removeAttribute("aria-activedescendant");
  };
  const mark = (index) => {
    at = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const use = (choice) => {
    show(false);
    take(choice);
  };
  const look = async () => {
    const mine = ++asked;
    const words = input.value.trim();
    const found = words === "" ? [] : await find(words);
    if (mine !== asked || document.activeElement !== input) return;
    choices = found ?? [];
    list.replaceChildren(...choices.map((choice, i) => {
      const item = element("li", { role: "option", id: `${list.id}-${i}` }, element("span", {}, choice.label), element("small", {}, choice.note ?? ""));
      item.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        use(choice);
      });
      return item;
    }));
    if (choices.length === 0) list.append(element("li", { class: "finds-none" }, say("none_found")));
    show(words !== "" && found !== null);
    mark(choices.length > 0 ? 0 : -1);
  };
  const later = paused(look, 150);
  input.addEventListener("input", later);
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) look();
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && choices.length > 0) {
      event.preventDefault();
      mark((at + (event.key === "ArrowDown" ? 1 : -1) + choices.length) % choices.length);
    } else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && at >= 0 && !event.ctrlKey) {
      if (event.key === "Enter") event.preventDefault();
      use(choices[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      show(false);
    }
  });
}

function makeFinder(form, box) {
  const [input, list, id] = ["[data-words]", "[role=listbox]", "[data-id]"].map((name) => box.querySelector(name));
  const find = async (words) => {
    const address = new URL(box.dataset.finds, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const found = answer.ok ? await answer.json() : null;
      const isThere = found?.some((choice) => choice.label === words);
      if (found && box.dataset.new && !isThere) found.push({ label: box.dataset.new.replace("{name}", words), isNew: words });
      return found;
    } catch {
      return null;
    }
  };
  const changed = () => input.dispatchEvent(new Event("change", { bubbles: true }));
  if ("several" in box.dataset) {
    const chosen = box.querySelector("[data-chosen]");
    makeCombobox(input, list, find, (choice) => {
      addChosen(chosen, choice.id, choice.label);
      input.value = "";
      changed();
    });
    listenToChosen(form, box, chosen);
    return;
  }
  makeCombobox(input, list, find, (choice) => {
    const part = box.parentElement.querySelector("[data-new-party]");
    input.value = choice.isNew ?? choice.label;
    id.value = choice.isNew ? "" : choice.id;
    if (part) {
      part.open = Boolean(choice.isNew);
      if (choice.isNew) part.querySelector("select").focus();
      else {
        part.querySelector("select").value = "";
        part.querySelector("input").value = choice.code;
      }
    }
    changed();
  });
  input.addEventListener("input", () => {
    id.value = "";
  });
}

function addChosen(chosen, id, label) {
  const name = chosen.closest("[data-entry]").dataset.entry;
  if ([...chosen.querySelectorAll("input")].some((input) => input.value === String(id))) return;
  const out = element("button", { type: "button", "aria-label": say("take_out", { name: label }), "data-out": "" }, icon("x"));
  const input = element("input", { type: "hidden", name, value: String(id), "data-label": label });
  chosen.append(element("li", {}, input, element("span", {}, label), out));
}

function listenToChosen(form, box, chosen) {
  for (const item of chosen.children) item.querySelector("input").dataset.label = item.querySelector("span").textContent;
  chosen.addEventListener("click", (event) => {
    const out = event.target.closest("[data-out]");
    if (!out) return;
    out.closest("li").remove();
    box.querySelector("[data-words]").focus();
    form.dispatchEvent(new Event("change"));
  });
  form.addEventListener("draft", ({ detail }) => {
    chosen.replaceChildren();
    for (const [, id, label] of detail.get(box.closest("[data-entry]").dataset.entry) ?? []) if (label) addChosen(chosen, id, label);
  });
}

// A long select becomes a search over its own options; the select still holds the value.
function makeSearched(select) {
  const list = element("ul", { class: "menu finds-list", role: "listbox", id: `${select.id}-list`, hidden: true });
  const input = element("input", { class: select.className.replace("form-select", "form-control"), autocomplete: "off", spellcheck: false });
  const options = [...select.options].filter((option) => option.value);
  const show = () => {
    input.value = select.value ? select.selectedOptions[0].textContent : "";
  };
  input.id = select.id;
  select.id = `${select.id}-select`;
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  select.hidden = true;
  const box = element("div", { class: "finds" });
  select.before(box);
  box.append(select, input, list);
  makeCombobox(input, list, async (words) => options.filter((option) => option.textContent.includes(words))
    .slice(0, 12).map((option) => ({ id: option.value, label: option.textContent })), (choice) => {
    select.value = choice.id;
    show();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  input.addEventListener("change", () => {
    if (input.value.trim() === "") select.value = "";
    else show();
  });
  select.form.addEventListener("draft", () => setTimeout(show));
  show();
}
