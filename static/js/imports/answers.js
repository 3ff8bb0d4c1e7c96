// Answers given in the preview: sent one after the other, held back while the rows are being checked.

import { say } from "./desk.js";

const queue = [];
let busy = false;

/** Send every form of an answer without leaving the page; `gone` is told after each. */
export function followAnswers(page, gone) {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form");
    if (!form) return;
    if (form.matches("[data-once]")) {
      // A second click would only be refused.
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    }
    if (!form.matches("[data-answer]")) return;
    event.preventDefault();
    form.closest("td, th, li, .card-problem, tr")?.classList.add("cell-sent");
    give(page, form.action, new FormData(form), gone);
  });
}

/** Give an answer now, or as soon as one can be taken. */
export function give(page, address, values, gone) {
  queue.push([address, values, gone]);
  next(page);
}

/** How many answers wait to be sent. */
export function waiting() {
  return queue.length;
}

/** Send what waits; called again whenever a check has ended. */
export async function next(page) {
  if (busy || queue.length === 0 || page.isAtWork()) {
    page.tellWaiting(queue.length);
    return;
  }
  busy = true;
  page.tellBusy(true);
  const [address, values, gone] = queue.shift();
  page.tellWaiting(queue.length);
  // The rows are checked once, after the last of several.
  if (queue.length > 0) values.set("more", "1");
  try {
    const answer = await fetch(address, { method: "POST", body: values, headers: { Accept: "application/json" } });
    const told = await answer.json();
    page.refuse(answer.ok ? "" : told.error);
    gone(told);
  } catch {
    page.refuse(say("lost"));
    gone({});
  }
  busy = false;
  if (queue.length > 0) next(page);
}
