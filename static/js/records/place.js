// A position: drawn on the map or typed, both kept in step by what the server reads.

import { element, paused } from "../lib/dom.js";
import { areaM2, lengthM } from "../map/geodesy.js";
import { marked } from "./amounts.js";
import { makeCanvas } from "./canvas.js";
import { say } from "./say.js";
import { written } from "./shapes.js";

const MU_M2 = 10_000 / 15;

/** Make the field in `box` of `form` work with a map. */
export async function offerPlace(form, box) {
  const find = (name) => box.querySelector(`[data-${name}]`);
  const [text, datum, said] = [find("text"), find("datum"), find("said")];
  const settings = JSON.parse(find("settings").textContent);
  const region = regionOf(form, box.dataset.region);
  const keeps = element("input", { type: "hidden", name: `${box.dataset.place}-region`, disabled: true });
  box.append(keeps);
  const canvas = await makeCanvas(box, settings, (drawn) => {
    // What is drawn stands in the form at once, whether or not the server answers.
    write(drawn ? written(drawn) : "");
    read(text.value, "cgcs2000", true);
  });
  if (!canvas) said.replaceChildren(line(say("no_map")));
  let asked = 0;

  async function read(words, system, isDrawn) {
    const mine = ++asked;
    keeps.disabled = true;
    if (words.trim() === "") {
      if (!isDrawn) canvas?.show(null);
      said.replaceChildren();
      return;
    }
    const answer = await ask(form, box, words, system, settings.allowed, region?.id.value);
    if (mine !== asked || answer === null) return;
    if (!isDrawn) canvas?.show(answer.geometry);
    tell(answer);
  }

  function write(words) {
    text.value = words;
    text.rows = words.length < 60 ? 2 : 5;
    datum.value = "cgcs2000";
    text.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function tell(answer) {
    const lines = [];
    canvas?.showProblem(answer.problems[0] ?? null);
    for (const problem of answer.problems) {
      lines.push(line(problem.message, "bad"));
      if (!problem.repaired) continue;
      lines.push(button(say(problem.code === "swapped" ? "swap" : "repair"), () => {
        write(problem.repaired_text);
        read(problem.repaired_text, "cgcs2000", false);
      }));
    }
    if (answer.geometry) lines.push(line(`${described(answer.geometry)} · ${where(answer.region)}`, answer.region?.open === false ? "bad" : ""));
    // An empty place, or one that came from the position before, follows the position.
    const follows = region && (region.words.value.trim() === "" || region.words.value === region.taken);
    if (answer.region?.open && follows) region.take(answer.region);
    else if (answer.outside) {
      lines.push(line(answer.outside, "bad"));
      if (answer.region?.open) lines.push(button(say("take_place"), () => {
        region.take(answer.region);
        tell({ ...answer, outside: "" });
      }));
      lines.push(button(say("keep_place"), () => {
        keeps.value = "keep";
        keeps.disabled = false;
        tell({ ...answer, outside: "" });
      }));
    }
    said.replaceChildren(...lines);
  }

  const typed = () => read(text.value, datum.value, false);
  text.addEventListener("input", paused(typed, 500));
  datum.addEventListener("change", typed);
  region?.words.addEventListener("change", () => {
    if (region.taken !== region.words.value) typed();
  });
  if (text.value.trim() !== "") typed();
}

function regionOf(form, name) {
  const entry = form.querySelector(`[data-entry="${name}"]`);
  if (!entry) return null;
  const field = { id: entry.querySelector("[data-id]"), words: entry.querySelector("[data-words]"), taken: "" };
  field.take = ({ id, name: label }) => {
    field.id.value = id;
    field.words.value = field.taken = label;
    field.words.dispatchEvent(new Event("change", { bubbles: true }));
  };
  return field;
}

async function ask(form, box, words, system, allowed, region) {
  const body = new URLSearchParams({ text: words, datum: system, allowed: allowed.join(","), region: region ?? "" });
  try {
    const answer = await fetch(box.dataset.read, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

function where(region) {
  if (!region) return say("nowhere");
  return say(region.open ? "lies_in" : "elsewhere", { name: region.name });
}

/** What a geometry is, with its length or area. */
export function described({ type, coordinates }) {
  if (type.endsWith("Point")) return say("point");
  const parts = type.startsWith("Multi") ? coordinates : [coordinates];
  if (type.endsWith("LineString")) {
    const metres = parts.reduce((sum, part) => sum + lengthM(part), 0);
    return say("line", { length: metres < 1000 ? `${marked(metres, 0)} m` : `${marked(metres / 1000)} km` });
  }
  const m2 = parts.reduce((sum, [outer, ...holes]) => sum + areaM2(outer) - holes.reduce((all, hole) => all + areaM2(hole), 0), 0);
  const big = m2 < 1e6 ? `${marked(m2, 0)} m²` : `${marked(m2 / 1e6)} km²`;
  return say("area", { area: `${big} (${marked(m2 / MU_M2, 1)} ${say("mu")})` });
}

function line(words, tone = "") {
  return element("p", { class: tone }, words);
}

function button(words, work) {
  const made = element("button", { type: "button", class: "btn btn-sm" }, words);
  made.addEventListener("click", work);
  return made;
}
