// Where a list was shown before it was counted, its number is written everywhere once it is known.

/** Call `told` with the count when the row of totals arrives. */
export function followTotals(told) {
  const foot = document.querySelector(".sheet tfoot[hx-get]");
  if (!foot) return;
  const watch = new MutationObserver(() => {
    const row = foot.querySelector("tr[data-count]");
    if (!row) return;
    watch.disconnect();
    for (const place of document.querySelectorAll("[data-total-here]")) place.textContent = row.dataset.total;
    const title = document.querySelector(".page-header h1");
    if (title && !title.querySelector(".page-count")) {
      const count = Object.assign(document.createElement("span"), { className: "page-count", textContent: row.dataset.total });
      title.append(" ", count);
    }
    told(Number(row.dataset.count));
  });
  watch.observe(foot, { childList: true, subtree: true });
}
