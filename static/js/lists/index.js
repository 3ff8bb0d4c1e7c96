// Lists: totals that arrive after the page, and choosing rows for an action on many.

import { followSelection } from "./selection.js";
import { followTotals } from "./totals.js";

const form = document.querySelector("[data-selection]");
const select = form ? followSelection(form) : null;
followTotals((count) => select?.matching(count));

// Today is the usual day and needs no place in the address; nor do fields left empty.
document.querySelector("[data-filter-bar]")?.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input[name], select[name]")) {
    if (field.value === "" || (field.name === "on" && field.value === field.dataset.today)) field.disabled = true;
  }
});
