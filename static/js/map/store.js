// The one state of the page: every change is written to the address and told to whoever listens.

import { format, parse } from "./state.js";

/** A store of `state`; listeners get the names of what changed. */
export function makeStore(state, known) {
  const listeners = [];
  const store = {
    state,
    subscribe(listener) {
      listeners.push(listener);
    },
    /** Change parts of the state; `how` is "push" for a step one can go back from, else "replace". */
    change(patch, how = "push") {
      const changed = Object.keys(patch).filter((key) => !same(store.state[key], patch[key]));
      if (changed.length === 0) return;
      store.state = { ...store.state, ...patch };
      const address = `${location.pathname}?${format(store.state)}`;
      history[how === "push" ? "pushState" : "replaceState"](null, "", address);
      tell(changed);
    },
    /** Turn codes of one filter on or off. */
    filter(name, codes) {
      const filters = { ...store.state.filters };
      if (codes.length > 0) filters[name] = codes;
      else delete filters[name];
      store.change({ filters, page: 1, sel: null });
    },
    /** Take over another address of this page, as after going back. */
    goTo(search, how) {
      const next = parse(search, known).state;
      const changed = Object.keys(next).filter((key) => !same(store.state[key], next[key]));
      store.state = next;
      if (how === "push") history.pushState(null, "", `${location.pathname}?${format(next)}`);
      tell(changed);
    },
  };
  function tell(changed) {
    for (const listener of listeners) listener(new Set(changed), store.state);
  }
  addEventListener("popstate", () => store.goTo(location.search));
  return store;
}

function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
