// Days: typed in any usual way, or picked from the browser's own calendar.

/** The day that was typed as year-month-day, or "" where the server will have to ask. */
export function isoDay(text) {
  const found = /^(\d{4})[-/.,年](\d{1,2})[-/.,月](\d{1,2})[日号]?$/.exec(text.normalize("NFKC").replace(/\s/g, ""));
  if (!found) return "";
  const [year, month, day] = found.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal ? date.toISOString().slice(0, 10) : "";
}

/** Let the calendar beside each day of `form` open, and write what is picked. */
export function offerDays(form) {
  for (const button of form.querySelectorAll("[data-pick]")) {
    const [input, picker] = [button.parentElement.querySelector("[data-date]"), button.nextElementSibling];
    if (!picker.showPicker) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      picker.value = isoDay(input.value);
      picker.showPicker();
    });
    picker.addEventListener("change", () => {
      if (!picker.value) return;
      input.value = picker.value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.focus();
    });
  }
}
