// Choosing rows: space and click, shift for a range, arrows to the next row, Escape for none.

/** Keep the bar of actions in step with the chosen rows of the page. */
export function followSelection(form) {
  const boxes = [...document.querySelectorAll('tbody input[name="ids"]')];
  const page = document.querySelector("[data-pick-page]");
  const all = form.querySelector('input[name="all"]');
  const count = form.querySelector("[data-selection-count]");
  const said = form.querySelector(".selection-said");
  let last = null;
  let range = false;

  function chosen() {
    return all?.checked ? Number(all.dataset.count || 0) : boxes.filter((box) => box.checked).length;
  }

  function show() {
    const number = chosen();
    const here = boxes.filter((box) => box.checked).length;
    form.classList.toggle("chosen", here > 0 || Boolean(all?.checked));
    for (const box of boxes) {
      box.closest("tr").classList.toggle("marked", box.checked || Boolean(all?.checked));
      // All that match are told by the filter; their ids would only make the address long.
      box.disabled = Boolean(all?.checked);
    }
    page.checked = here > 0 && here === boxes.length;
    page.indeterminate = here > 0 && here < boxes.length;
    said.textContent = said.dataset.said.replace("#", number ? number.toLocaleString("en") : "…");
    count.disabled = number === 0;
    count.value = number || "";
    for (const button of form.querySelectorAll("button[data-most]")) {
      const over = number > Number(button.dataset.most);
      button.disabled = over;
      button.title = over ? button.dataset.tooMany : "";
    }
  }

  function mark(to, value) {
    const [from, until] = [boxes.indexOf(last ?? to), boxes.indexOf(to)].sort((a, b) => a - b);
    for (const box of boxes.slice(from, until + 1)) box.checked = value;
  }

  function clear() {
    for (const box of boxes) Object.assign(box, { checked: false, disabled: false });
    if (all) all.checked = false;
    show();
  }

  document.querySelector(".sheet tbody")?.addEventListener("click", (event) => {
    const box = event.target.closest('input[name="ids"]') ?? event.target.closest("td.pick")?.querySelector("input");
    if (!box || box.disabled) return;
    if (box !== event.target) box.checked = !box.checked;
    if (event.shiftKey || range) mark(box, box.checked);
    last = box;
    range = false;
    show();
  });
  document.querySelector(".sheet tbody")?.addEventListener("keydown", (event) => {
    const box = event.target.closest('input[name="ids"]');
    if (!box) return;
    // The click that a press of the space bar makes does not tell of shift everywhere.
    if (event.key === " ") range = event.shiftKey;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const next = step ? boxes[boxes.indexOf(box) + step] : null;
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) {
      box.checked = true;
      next.checked = true;
      last = next;
      show();
    }
    next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && form.classList.contains("chosen") && !document.querySelector("details[open]")) clear();
  });
  page.addEventListener("change", () => {
    for (const box of boxes) box.checked = page.checked;
    show();
  });
  all?.addEventListener("change", show);
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
  });
  form.addEventListener("submit", () => {
    // One short word instead of one field a row.
    if (all?.checked) return;
    const ids = boxes.filter((box) => box.checked).map((box) => box.value).join(".");
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "ids", value: ids });
    for (const box of boxes) box.disabled = true;
    form.append(field);
    setTimeout(() => {
      field.remove();
      for (const box of boxes) box.disabled = false;
    });
  });
  // A page that the browser brings back keeps its ticks.
  addEventListener("pageshow", show);
  show();

  return {
    /** How many match the filter, once it is known. */
    matching(number) {
      if (all) all.dataset.count = String(number);
      show();
    },
  };
}
