// Comforts of the desk: Ctrl+S saves, unsaved text is not left by accident, words are counted.
// Every form works without them.

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

  const count = form.querySelector("[data-words-of]");
  const text = count && document.getElementById(count.dataset.wordsOf);
  if (text) {
    const show = () => {
      const words = text.value.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu)?.length ?? 0;
      count.textContent = words === 1 ? "1 word" : `${words.toLocaleString(document.documentElement.lang)} words`;
    };
    let waiting = 0;
    text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 300);
    });
    show();
  }

  // A list of suggestions replaces the whole field, so each suggestion begins with the names that are there already.
  const authors = form.querySelector("[data-role=authors]");
  const people = authors?.list;
  if (people) {
    const names = [...people.options].map((option) => option.value);
    authors.addEventListener("input", () => {
      const written = authors.value.slice(0, authors.value.lastIndexOf(",") + 1);
      [...people.options].forEach((option, index) => { option.value = `${written}${written && " "}${names[index]}`; });
    });
  }
}
