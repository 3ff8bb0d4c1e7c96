/** While a name is being typed, shows the assets of the village that may be the same thing. */

const PAUSE_MS = 350;
const source = document.querySelector("template[data-similar]");
const form = document.getElementById("record-form");
const entry = form?.querySelector('[data-entry="name"]');

if (source && entry) {
  const shown = document.createElement("div");
  shown.className = "similar";
  shown.setAttribute("role", "status");
  entry.append(shown);
  let waiting = 0;
  let asked = "";

  const look = async () => {
    const name = form.elements.name.value.trim();
    const region = form.querySelector('[name="region_id"]')?.value ?? "";
    const address = new URL(source.dataset.similar, window.location.href);
    address.search = new URLSearchParams({
      ...Object.fromEntries(address.searchParams),
      name,
      region_id: region,
      type: form.elements.type?.value ?? "",
    });
    if (address.href === asked) return;
    asked = address.href;
    if (name.length < 2 || !region) {
      shown.replaceChildren();
      return;
    }
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (answer.ok && asked === address.href) shown.innerHTML = await answer.text();
    } catch {
      asked = "";
    }
  };
  const soon = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(look, PAUSE_MS);
  };
  for (const event of ["input", "change"]) form.addEventListener(event, soon);
  // The place is also chosen by the position, which sends no event of its own.
  new MutationObserver(soon).observe(form, { attributes: true, subtree: true, attributeFilter: ["value"] });
  soon();
}
