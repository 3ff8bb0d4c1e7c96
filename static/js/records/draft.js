// What is being typed is kept in this browser until it is saved, for the account that typed it.

import { element, paused } from "../lib/dom.js";
import { say } from "./say.js";

const PREFIX = "draft:";
const NOT_KEPT = new Set(["csrf_token", "request_key", "confirmed"]);
// Of these kinds a holder is a person, whose name stays with us.
const PEOPLE = new Set(["", "household", "individual"]);
const LONGEST = 500_000;

/** Keep a draft of `form`; offers the one that is there. Returns { save, isKept }. */
export function keepDraft(form) {
  const key = `${PREFIX}${form.dataset.account}:${location.pathname}`;
  const opened = JSON.stringify(entriesOf(form));
  const save = () => {
    const entries = entriesOf(form);
    const text = JSON.stringify({ at: Date.now(), entries });
    try {
      if (JSON.stringify(entries) === opened || text.length > LONGEST) localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      return false;
    }
    return true;
  };
  const later = paused(save, 400);
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  if ("refused" in form.dataset) save();
  else offer(form, key, opened);
  return { save };
}

function entriesOf(form) {
  return [...form.elements].filter((input) => input.name && !NOT_KEPT.has(input.name) && isSent(input) && !isPersonal(form, input))
    .map((input) => (input.dataset.label ? [input.name, input.value, input.dataset.label] : [input.name, input.value]));
}

// A browser in an office is used by many: personal values are typed again rather than left in it.
function isPersonal(form, input) {
  if ("personal" in input.dataset) return true;
  const by = input.dataset.personalBy;
  if (by === undefined) return false;
  const chosen = input.closest("[data-finds]")?.querySelector("[data-id]");
  return !chosen?.value && PEOPLE.has(form.elements[by]?.value ?? "");
}

function isSent(input) {
  return !input.disabled && !(["checkbox", "radio"].includes(input.type) && !input.checked);
}

function offer(form, key, opened) {
  const draft = readDraft(key);
  if (!draft || JSON.stringify(draft.entries) === opened) return;
  const place = form.querySelector("[data-draft]");
  const at = new Date(draft.at);
  const two = (number) => String(number).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const words = [say("draft_found", { at: `${day} ${two(at.getHours())}:${two(at.getMinutes())}` })];
  const version = draft.entries.find(([name]) => name === "revision")?.[1];
  if (version && version !== form.elements.revision.value) words.push(say("draft_version"));
  const take = element("button", { type: "button", class: "btn btn-sm btn-primary" }, say("draft_take"));
  const drop = element("button", { type: "button", class: "btn btn-sm" }, say("draft_drop"));
  take.addEventListener("click", () => {
    restore(form, draft.entries);
    place.replaceChildren(element("span", {}, say("draft_back")));
    form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
  drop.addEventListener("click", () => {
    localStorage.removeItem(key);
    place.hidden = true;
  });
  place.replaceChildren(element("span", {}, words.join(" ")), take, drop);
  place.hidden = false;
}

function readDraft(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    return Array.isArray(draft?.entries) && Number.isFinite(draft.at) ? draft : null;
  } catch {
    return null;
  }
}

function restore(form, entries) {
  const byName = Map.groupBy(entries, ([name]) => name);
  // The lists of chosen places rebuild their inputs themselves.
  form.dispatchEvent(new CustomEvent("draft", { detail: byName }));
  for (const input of form.elements) {
    if (!input.name || NOT_KEPT.has(input.name) || input.dataset.label) continue;
    const values = (byName.get(input.name) ?? []).map(([, value]) => value);
    if (["checkbox", "radio"].includes(input.type)) input.checked = values.includes(input.value);
    else if (values.length > 0) input.value = values[0];
  }
  for (const input of form.querySelectorAll("[data-reads], [data-text]")) input.dispatchEvent(new Event("input", { bubbles: true }));
}
