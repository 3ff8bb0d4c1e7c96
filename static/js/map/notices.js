// Quiet messages over the map, and asking the server with patience.

const place = document.getElementById("notices");
const login = { address: "/login", words: {} };
let lost = null;
const returned = new Set();

/** Tell where to sign in again and in which words. */
export function introduce(desk) {
  login.address = desk.login;
  login.words = desk.words;
  for (const note of place.querySelectorAll("[data-brief]")) setTimeout(() => note.remove(), 8000);
}

/** Show a message; without `stays` it leaves by itself. Returns its element. */
export function notice(text, { stays = false, link = null } = {}) {
  const note = document.createElement("p");
  note.className = "map-notice";
  note.append(text);
  if (link) {
    const anchor = document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    note.append(" ", anchor);
  }
  place.append(note);
  if (!stays) setTimeout(() => note.remove(), 5000);
  return note;
}

/** Fetch text of this server; null when it is lost (said once, and tried again) or the request was replaced. */
export async function ask(address, { signal, json = false } = {}) {
  let response;
  try {
    response = await fetch(address, {
      signal, headers: json ? { Accept: "application/json" } : { "HX-Request": "true", Accept: "text/html" },
    });
  } catch (error) {
    if (error.name !== "AbortError") serverLost();
    return null;
  }
  if (response.status === 401) {
    signedOut();
    return null;
  }
  if (response.status >= 500) {
    serverLost();
    return null;
  }
  if (json && !response.ok) return null;
  try {
    // The answer may be cut off, or no longer wanted, while it is still arriving.
    return await (json ? response.json() : response.text());
  } catch (error) {
    if (error.name !== "AbortError") serverLost();
    return null;
  }
}

/** Run `again` when the connection is back. */
export function onReturn(again) {
  returned.add(again);
}

/** Say that the server does not answer, once, and look for it until it does. */
export function serverLost() {
  if (lost) return;
  lost = notice(login.words.lost, { stays: true });
  let wait = 2000;
  const look = async () => {
    const answers = await fetch("/readyz", { cache: "no-store" }).then((r) => r.ok, () => false);
    if (!answers) {
      wait = Math.min(wait * 1.5, 20_000);
      setTimeout(look, wait);
      return;
    }
    lost.remove();
    lost = null;
    notice(login.words.back);
    for (const again of returned) again();
  };
  setTimeout(look, wait);
}

/** Say that the session ended, with the way back in. */
export function signedOut() {
  if (place.querySelector("[data-signed-out]")) return;
  const next = encodeURIComponent(location.pathname + location.search);
  const note = notice(login.words.signed_out, {
    stays: true, link: { href: `${login.address}?next=${next}`, text: login.words.sign_in },
  });
  note.dataset.signedOut = "";
}
