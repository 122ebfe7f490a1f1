// The indicator, and notices that somebody should read. The indicator is announced when its state changes, not with each key.

export const createStatus = (indicator, notice) => {
  const text = indicator.querySelector("[data-message]");
  const link = indicator.querySelector("a");

  const warn = (sentence) => {
    notice.textContent = sentence;
    notice.hidden = sentence === "";
  };

  return {
    warn,
    show: (state, message, { link: address = "", label = "" } = {}) => {
      if (indicator.dataset.saveState !== state) indicator.dataset.saveState = state;
      if (text.textContent !== message) text.textContent = message;
      link.hidden = !address;
      if (address) {
        link.href = address;
        link.textContent = label;
      }
    },
  };
};
