// The panel with everything that is not the text: beside it on a wide window, over it on a phone. And the focus mode,
// which leaves the text alone.

const CLOSED = "masthead.editor.panel-closed";

const remembered = () => {
  try {
    return localStorage.getItem(CLOSED) !== null;
  } catch {
    return false;
  }
};
const remember = (isClosed) => {
  try {
    if (isClosed) localStorage.setItem(CLOSED, "1");
    else localStorage.removeItem(CLOSED);
  } catch {
    // Without a storage the panel is open again on the next page.
  }
};

export const init = ({ form, panel, button, closer, focusButton }) => {
  const wide = matchMedia("(min-width: 64em)");
  let isOpen = false;

  const show = (open) => {
    isOpen = open;
    form.toggleAttribute("data-panel-open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  const fit = () => show(wide.matches && !remembered());
  const close = () => {
    show(false);
    if (wide.matches) remember(true);
    button.focus();
  };
  button.addEventListener("click", () => {
    if (isOpen) {
      close();
      return;
    }
    show(true);
    if (wide.matches) remember(false);
    panel.focus();
  });
  closer.addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing && !wide.matches) close();
  });
  // An error in the panel is in sight, and a link to one of its fields opens it.
  document.addEventListener("click", (event) => {
    const target = event.target.closest('a[href^="#"]')?.hash.slice(1);
    if (target && panel.contains(document.getElementById(target))) show(true);
  });
  wide.addEventListener("change", fit);
  fit();
  if (panel.querySelector("[aria-invalid]")) show(true);

  focusButton.addEventListener("click", () => {
    const isOn = document.documentElement.toggleAttribute("data-focus-mode");
    focusButton.setAttribute("aria-pressed", String(isOn));
    form.elements.body.focus();
  });
};
