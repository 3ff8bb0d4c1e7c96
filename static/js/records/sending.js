// Sending a form once, and only when somebody is there to take it in.

import { element } from "../lib/dom.js";
import { say } from "./say.js";

const PATIENCE_MS = 8_000;

/** Ask the server before `form` is sent; say beside the button what is in the way. */
export function sendSafely(form, draft) {
  const note = form.querySelector("[data-note]");
  const button = form.querySelector("button[type=submit]");
  const rest = (...words) => {
    delete form.dataset.sending;
    button.disabled = false;
    note.classList.toggle("save-note-bad", words.length > 0);
    note.replaceChildren(...words);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    button.disabled = true;
    note.classList.remove("save-note-bad");
    note.textContent = say("sending");
    draft.save();
    const ready = await ask(form.dataset.ready);
    if (ready === "offline") return rest(say("offline"));
    if (ready === "signed out") {
      return rest(say("signed_out"), " ", element("a", { href: "/login", target: "_blank" }, say("sign_in")));
    }
    if (String(ready.account) !== form.dataset.account) return rest(say("other_account"));
    form.elements.csrf_token.value = ready.csrf_token;
    HTMLFormElement.prototype.submit.call(form);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) rest();
  });
  addEventListener("online", () => rest());
}

async function ask(address) {
  if (navigator.onLine === false) return "offline";
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status === 401) return "signed out";
    return answer.ok ? await answer.json() : "offline";
  } catch {
    return "offline";
  }
}
