// A record form: what helps while it is filled in. Without this script it works all the same.

import { readAlong } from "./amounts.js";
import { offerDays } from "./days.js";
import { keepDraft } from "./draft.js";
import { offerFinders } from "./finder.js";
import { sendSafely } from "./sending.js";

const form = document.getElementById("record-form");
const draft = keepDraft(form);

readAlong(form);
offerDays(form);
offerFinders(form);
sendSafely(form, draft);

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Enter" && event.target.matches?.("#record-form input:not([type=checkbox], [type=radio])")) {
    // A long form is not to be sent by the habit of ending a line.
    event.preventDefault();
  }
});

const isRefused = "refused" in form.dataset;
if (!isRefused && !location.hash) form.querySelector("input:not([type=hidden]), select, textarea")?.focus({ preventScroll: true });

for (const place of form.querySelectorAll("[data-place]")) {
  import("./place.js").then(({ offerPlace }) => offerPlace(form, place));
}
