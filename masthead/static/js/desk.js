// Comforts of long forms: Ctrl+S saves, and unsaved text is not left by accident. Every form works without them.

const form = document.querySelector("form[data-keeps-text]");

if (form) {
  const state = () => JSON.stringify([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const saved = state();
  // A form shown again with its errors holds text that was never stored.
  const isUnsaved = () => form.querySelector("[aria-invalid]") !== null || state() !== saved;
  let isSending = false;

  form.addEventListener("submit", () => { isSending = true; });
  window.addEventListener("pageshow", () => { isSending = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!isSending && isUnsaved()) event.preventDefault();
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button[value=save]") ?? undefined);
    }
  });
}
