// Lists of posts: one box selects all, and the page of a bulk action follows its progress. Both work without it.

const SECONDS = 1;
const MOST_SECONDS = 10;

for (const form of document.querySelectorAll("form[data-bulk]")) {
  const boxes = [...form.querySelectorAll("input[name=post]")];
  const all = form.querySelector("[data-selects-all]");
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.closest("[hidden]").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  // The browser may restore the boxes of a page that somebody comes back to.
  window.addEventListener("pageshow", show);
  show();
}

// In place, so that the focus stays where it is.
const update = (shown, next) => {
  const values = "[role=status], [data-outcome]";
  const news = [...next.querySelectorAll(values)];
  let isNew = false;
  for (const [index, old] of [...shown.querySelectorAll(values)].entries()) {
    if (!news[index] || old.textContent === news[index].textContent) continue;
    old.textContent = news[index].textContent;
    if (old.dataset.outcome) old.dataset.outcome = news[index].dataset.outcome;
    isNew = true;
  }
  shown.querySelector("progress").value = next.querySelector("progress").value;
  return isNew;
};

// Seconds until the next request: more while nothing changes.
let pause = SECONDS;

const follow = async () => {
  const shown = document.querySelector("[data-progress=running]");
  if (!shown) return;
  pause = Math.min(pause * 1.5, MOST_SECONDS);
  try {
    const answer = await fetch(location.href);
    if (answer.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("[data-progress]");
      // Another page, such as the one to sign in: the link on this one leads there.
      if (answer.redirected || !next) return;
      if (next.dataset.progress === "finished") {
        location.replace(location.href);
        return;
      }
      if (update(shown, next)) pause = SECONDS;
    } else if (answer.status < 500 && answer.status !== 429) {
      return;
    }
  } catch {
    // The server is away for a moment; the link on the page and the next try remain.
  }
  setTimeout(follow, pause * 1_000);
};
setTimeout(follow, SECONDS * 1_000);
