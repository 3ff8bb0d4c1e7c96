/** The button that prints the cards. */

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
