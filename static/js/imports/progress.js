// How far the work on a ledger is, asked for while it goes on.

const EVERY_MS = 1000;
const PATIENT_MS = 4000;

/** Keep `strip` up to date; `changed(state, before)` is told when the ledger has gone on. */
export function followProgress(strip, changed) {
  let state = strip.dataset.state;
  let timer = 0;
  let asking = false;

  async function ask() {
    clearTimeout(timer);
    if (asking) return;
    asking = true;
    let pause = EVERY_MS;
    try {
      const answer = await fetch(strip.dataset.progressOf, { headers: { Accept: "text/html" } });
      if (answer.status === 401 || answer.status === 404 || answer.redirected) {
        location.reload();
        return;
      }
      if (answer.ok) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
        strip.replaceChildren(...fresh.childNodes);
        const now = answer.headers.get("X-Import-State") ?? state;
        if (now !== state) {
          const before = state;
          state = now;
          await changed(now, before);
        }
      }
    } catch {
      // The network is away for a while: asked again later.
      pause = PATIENT_MS;
    } finally {
      asking = false;
    }
    if (strip.querySelector(".import-work")) timer = setTimeout(ask, document.hidden ? PATIENT_MS : pause);
  }

  if (strip.querySelector(".import-work")) timer = setTimeout(ask, EVERY_MS);
  return { ask };
}
