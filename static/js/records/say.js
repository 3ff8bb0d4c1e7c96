// Sentences of the form's page in the reader's language.

const words = JSON.parse(document.getElementById("form-words").textContent);

/** A sentence, with `{name}` filled from `data`. */
export function say(key, data = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_all, name) => data[name] ?? "");
}
