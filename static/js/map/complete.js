// Whether the map shows all that was asked for: `data-complete="true"` on its container.

/** Follow `map`; returns a function that takes work the map must wait for and passes its promise on. */
export function followCompletion(map) {
  const container = map.getContainer();
  let works = 0;
  const begin = () => delete container.dataset.complete;
  map.on("dataloading", begin);
  map.on("movestart", begin);
  map.on("idle", () => {
    if (works === 0) container.dataset.complete = "true";
  });
  return async (work) => {
    begin();
    works += 1;
    try {
      return await work;
    } finally {
      works -= 1;
      // Work that changed nothing would leave the map asleep, and nobody would say that it is done.
      map.triggerRepaint();
    }
  };
}
