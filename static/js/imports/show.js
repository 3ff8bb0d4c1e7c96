// The page of one ledger: follows the work on it, takes answers, and keeps list, map and card in step.

import { followAnswers, next, waiting } from "./answers.js";
import { desk, say } from "./desk.js";
import { followEditing } from "./editing.js";
import { makeMap } from "./map.js";
import { followProgress } from "./progress.js";

const holder = document.getElementById("import-preview");
const refusal = document.querySelector("[data-refusal]");
let view = null;
let version = 0;

const page = {
  isAtWork: () => document.querySelector(".import-work") !== null,
  refuse(text) {
    refusal.hidden = !text;
    refusal.querySelector("p").textContent = text ?? "";
  },
  tellBusy(isBusy) {
    document.querySelector("[data-busy]").hidden = !isBusy;
  },
  tellWaiting(count) {
    const end = document.querySelector(".import-work .hint");
    if (end && count > 0) end.textContent = say("waits", { count });
  },
};

const progress = followProgress(document.getElementById("import-progress"), async (state, before) => {
  const [now, then] = [state, before].map((text) => text.split(".")[0]);
  const open = ["reading", "checked"];
  // Between reading and checked the same preview stays; anything else is another page.
  if (!holder || !open.includes(now) || !open.includes(then)) {
    location.reload();
    return;
  }
  if (now === "checked") await refresh();
  next(page);
});

if (holder) {
  document.body.classList.add("scripted");
  const gone = async () => {
    await progress.ask();
    page.tellBusy(false);
  };
  followAnswers(page, gone);
  followEditing(page, gone);
  followCards();
  begin();
}
addEventListener("beforeunload", (event) => {
  if (waiting() > 0) event.preventDefault();
});

function begin() {
  const container = document.getElementById("import-map");
  if (!container) return;
  view = makeMap(container, (number) => choose(number, { scroll: true }));
  if (!view) {
    container.hidden = true;
    document.querySelector(".map-none").hidden = false;
  }
}

// The rows anew, with the list where it was, the map as it was, and what was being typed untouched.
async function refresh() {
  const old = document.querySelector(".preview-sheet");
  const kept = [old?.scrollLeft ?? 0, old?.scrollTop ?? 0];
  const problems = document.querySelector("[data-problems] > ul")?.scrollTop ?? 0;
  const isOpen = document.querySelector("[data-problems]")?.open;
  holder.classList.add("waiting");
  const address = new URL(location.href);
  address.searchParams.set("part", "preview");
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok) {
    location.reload();
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  const map = document.getElementById("import-map");
  const drawn = fresh.querySelector("#import-map");
  const number = document.querySelector("tr.marked")?.dataset.number ?? document.getElementById("import-card")?.dataset.number;
  if (map && drawn) drawn.replaceWith(map);
  holder.replaceChildren(...fresh.childNodes);
  holder.classList.remove("waiting");
  const sheet = document.querySelector(".preview-sheet");
  sheet?.scrollTo(...kept);
  const list = document.querySelector("[data-problems]");
  if (list && isOpen !== undefined) list.open = isOpen;
  list?.querySelector("ul").scrollTo(0, problems);
  version += 1;
  view?.retile(map.dataset.query, version);
  if (number) choose(number, { fly: false });
}

function followCards() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-card]")) {
      close();
      return;
    }
    const link = event.target.closest("[data-row-card]");
    const row = event.target.closest("tr[data-number]");
    if (!row || event.ctrlKey || event.metaKey || event.target.closest("form, input, button")) return;
    if (link) event.preventDefault();
    else if (event.target.closest("a")) return;
    choose(row.dataset.number);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

async function choose(number, { scroll = false, fly = true } = {}) {
  const card = document.getElementById("import-card");
  for (const row of document.querySelectorAll("tr.marked")) row.classList.remove("marked");
  const row = document.getElementById(`row-${number}`);
  row?.classList.add("marked");
  if (scroll) row?.scrollIntoView({ block: "center" });
  if (!card) return;
  card.dataset.number = number;
  const [text, place] = await Promise.all([
    fetch(`${desk.row}${number}?part=card`).then((answer) => (answer.ok ? answer.text() : "")),
    fetch(`${desk.row}${number}.json`).then((answer) => (answer.ok ? answer.json() : null)),
  ]).catch(() => ["", null]);
  if (card.dataset.number !== String(number)) return;
  card.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  const shut = card.querySelector("[data-close-card]");
  if (shut) shut.hidden = false;
  view?.resize();
  if (fly) view?.show(place);
}

function close() {
  const card = document.getElementById("import-card");
  if (!card || card.childElementCount === 0) return;
  card.replaceChildren();
  delete card.dataset.number;
  for (const row of document.querySelectorAll("tr.marked")) row.classList.remove("marked");
  view?.show(null);
  view?.resize();
}
