// What every page does: menus that close, the search box, requests that carry their token.

const finder = document.getElementById("finder");
const answers = document.getElementById("finder-answers");

document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector("meta[name='csrf-token']")?.content;
  const headers = event.detail?.ctx?.request?.headers;
  if (token && headers) headers["X-CSRFToken"] = token;
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (answers && !event.target.closest(".finder")) showAnswers(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details[data-closes][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopImmediatePropagation();
    }
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && finder) {
    event.preventDefault();
    finder.focus();
    finder.select();
  }
}, true);

document.querySelector("[data-focus]")?.focus();

document.querySelector("form[action$='/logout']")?.addEventListener("submit", () => {
  // What was typed and not saved is nobody else's on a computer that several use.
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
});

for (const link of document.querySelectorAll("[data-language]")) {
  link.addEventListener("click", () => {
    // The map's address changes without a new page; come back to what is shown now.
    const target = new URL(link.href);
    const here = new URL(location.href);
    here.searchParams.delete("lang");
    target.searchParams.set("next", here.pathname + here.search);
    link.href = target.href;
  });
}

if (finder && answers) {
  finder.addEventListener("focus", () => showAnswers(answers.childElementCount > 0 && finder.value !== ""));
  finder.addEventListener("input", () => {
    if (finder.value.trim() === "") showAnswers(false);
  });
  new MutationObserver(() => {
    if (document.activeElement === finder) showAnswers(finder.value.trim() !== "");
  }).observe(answers, { childList: true });
  finder.addEventListener("keydown", onFinderKey);
}

function onFinderKey(event) {
  const options = [...answers.querySelectorAll("a[href]")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (options.length === 0) return;
    showAnswers(true);
    const step = event.key === "ArrowDown" ? 1 : -1;
    choose(options, (Math.max(at, step > 0 ? -1 : 0) + step + options.length) % options.length);
  } else if (event.key === "Enter" && !answers.hidden && options.length > 0) {
    event.preventDefault();
    options[Math.max(at, 0)].click();
  } else if (event.key === "Escape") {
    showAnswers(false);
    finder.blur();
  }
}

function choose(options, index) {
  options.forEach((option, i) => {
    option.id ||= `finder-answer-${i}`;
    option.setAttribute("aria-selected", String(i === index));
  });
  options[index].scrollIntoView({ block: "nearest" });
  finder.setAttribute("aria-activedescendant", options[index].id);
}

function showAnswers(shown) {
  answers.hidden = !shown;
  finder.setAttribute("aria-expanded", String(shown));
  if (!shown) finder.removeAttribute("aria-activedescendant");
}
