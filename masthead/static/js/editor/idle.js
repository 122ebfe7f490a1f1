// Puts work off until nobody has typed for a while, so that it never stands between a key and its character.

const idle = window.requestIdleCallback?.bind(window) ?? ((run) => setTimeout(run, 1));

export const whenIdle = (run, quietMs) => {
  let timer = 0;
  let last = 0;
  const wait = () => {
    const left = last + quietMs - performance.now();
    if (left > 1) {
      timer = setTimeout(wait, left);
      return;
    }
    timer = 0;
    idle(run, { timeout: 1000 });
  };
  // One timer for all keys: setting one for each key costs more than a comparison.
  return () => {
    last = performance.now();
    if (!timer) timer = setTimeout(wait, quietMs);
  };
};
