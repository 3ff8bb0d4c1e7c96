// A caretaker's cards: nearest first where the phone tells its place, one tap recorded once.

const words = JSON.parse(document.getElementById("caretaker-words").textContent);
const EARTH_RADIUS_M = 6_371_000;

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    // A disabled button is left out of the form, so it is disabled after sending has begun.
    setTimeout(() => {
      if (!button) return;
      button.disabled = true;
      button.textContent = words.sending;
    });
  });
}

// Going back in the browser brings the page as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const button of document.querySelectorAll("[data-word]")) {
  button.addEventListener("click", () => {
    const note = button.closest("form").querySelector("textarea");
    const chosen = button.getAttribute("aria-pressed") === "true";
    const parts = note.value.split("；").filter((part) => part && part !== button.dataset.word);
    if (!chosen) parts.push(button.dataset.word);
    note.value = parts.join("；");
    button.setAttribute("aria-pressed", String(!chosen));
  });
}

if ("geolocation" in navigator && document.querySelector("[data-duty]")) {
  navigator.geolocation.getCurrentPosition(sortByDistance, () => {}, {
    enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000,
  });
}

function sortByDistance({ coords }) {
  for (const field of document.querySelectorAll("[data-here]")) field.value = coords[field.dataset.here];
  // Cards do not move under a thumb that is already at work.
  const moves = !document.querySelector(".duty-problem[open], form[data-sent]");
  for (const list of document.querySelectorAll("[data-duties]")) {
    const cards = [...list.children].map((card) => ({ card, metres: distance(coords, card.dataset) }));
    cards.sort((a, b) => a.metres - b.metres);
    for (const { card, metres } of cards) {
      const place = card.querySelector("[data-distance]");
      place.hidden = !Number.isFinite(metres);
      place.textContent = said(metres);
      if (moves) list.append(card);
    }
  }
  if (!moves) return;
  const near = document.querySelector("[data-near]");
  near.textContent = words.near;
  near.hidden = false;
}

/** Metres along the great circle; infinite for an asset without a position. */
function distance(here, there) {
  if (there.longitude === undefined) return Infinity;
  const rad = Math.PI / 180;
  const [a, b] = [here.latitude * rad, Number(there.latitude) * rad];
  const dLat = b - a;
  const dLon = (Number(there.longitude) - here.longitude) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(h));
}

function said(metres) {
  if (metres < 950) return words.metres.replace("{n}", String(Math.max(10, Math.round(metres / 10) * 10)));
  return words.kilometres.replace("{n}", (metres / 1000).toFixed(1));
}
