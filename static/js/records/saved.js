// After saving: the draft of the form is no longer needed.

for (const note of document.querySelectorAll("[data-saved]")) {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith("draft:") && key.endsWith(`:${note.dataset.saved}`)) localStorage.removeItem(key);
  }
}
