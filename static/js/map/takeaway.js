// Taking the view along: its address, a picture, a printed sheet.

import { notice } from "./notices.js";
import { drawSheet } from "./sheet.js";
import { desk, say } from "./words.js";

const holder = document.getElementById("print-sheet");

/** Let the buttons work; `legend()` gives the legend of what is in view. */
export function makeTakeaway(map, store, legend) {
  const sheet = () => {
    desk.on = store.state.on;
    // The drawing must be read in the same turn in which it is made.
    map.redraw();
    return drawSheet(map, store.state, legend());
  };
  document.getElementById("picture").addEventListener("click", (event) => {
    event.currentTarget.closest("details").open = false;
    sheet().toBlob((blob) => {
      if (!blob) return void notice(say("picture_failed"));
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${desk.area.name}-${desk.today}.png`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    });
  });
  document.getElementById("print").addEventListener("click", () => print());
  addEventListener("beforeprint", () => holder.replaceChildren(sheet()));
  addEventListener("afterprint", () => holder.replaceChildren());
}

/** Let the address be copied. */
export function makeShare() {
  document.getElementById("share").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      notice(say("copied"));
    } catch {
      prompt(say("copy_by_hand"), location.href);
    }
  });
}
