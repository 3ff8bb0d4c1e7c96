// Correcting a cell where it stands.

import { element } from "../lib/dom.js";
import { give } from "./answers.js";
import { desk, say } from "./desk.js";

/** Turn a click on a cell into a field to type in; `gone` is told when it was sent. */
export function followEditing(page, gone) {
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-field]");
    if (!cell || event.target.closest("a, button, input, form, label")) return;
    edit(cell, page, gone);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-field]")) return;
    event.preventDefault();
    edit(event.target, page, gone);
  });
}

function edit(cell, page, gone) {
  const open = document.querySelector(".cell-edit");
  if (open) open.dispatchEvent(new Event("reset", { cancelable: true }));
  const number = cell.dataset.number ?? cell.closest("[data-number]").dataset.number;
  const { field, found } = cell.dataset;
  const input = element("input", { type: "text", name: "answer", maxlength: "2000", value: found, "aria-label": say("value") });
  const every = element("input", { type: "checkbox", name: "every", value: "1" });
  const all = found ? [element("label", {}, every, say("all", { value: found }))] : [];
  const form = element("form", { class: "cell-edit" }, input, ...all, element("div", {},
    element("button", { type: "submit", class: "btn btn-sm btn-primary" }, say("save")),
    element("button", { type: "reset", class: "btn btn-sm" }, say("cancel")),
  ));
  const before = [...cell.childNodes];
  const close = () => {
    cell.replaceChildren(...before);
    cell.tabIndex = -1;
    cell.focus();
  };
  cell.replaceChildren(form);
  input.focus();
  input.select();
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    close();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    const values = new FormData();
    values.set("csrf_token", document.querySelector("meta[name='csrf-token']").content);
    values.set("field", field);
    values.set("answer", input.value);
    if (every.checked) values.set("found", found);
    else values.set("number", number);
    cell.classList.add("cell-sent");
    cell.replaceChildren(input.value, " ", element("small", {}, say("saving")));
    give(page, desk.correct, values, gone);
  });
}
