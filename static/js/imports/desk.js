// What the page tells its scripts.

const holder = document.getElementById("import-desk");

export const desk = holder ? JSON.parse(holder.textContent) : null;

/** A word of the interface, filled in. */
export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), desk?.words[key] ?? "");
}
