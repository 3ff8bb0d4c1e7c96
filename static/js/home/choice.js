// A choice that is a page of its own: choosing goes there. A button that prints.

for (const choice of document.querySelectorAll("[data-sends]")) {
  choice.addEventListener("change", () => choice.form.submit());
}

for (const button of document.querySelectorAll("[data-prints]")) {
  button.addEventListener("click", () => print());
}
