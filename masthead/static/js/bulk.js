// Lists of posts: one box selects all, and the page of a bulk action follows its progress. Both work without it.

const SECONDS = 1;

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

const follow = async () => {
  const shown = document.querySelector("[data-progress=running]");
  if (!shown) return;
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-progress]");
    if (answer.ok && next?.dataset.progress === "finished") {
      location.replace(location.href);
      return;
    }
    if (answer.ok && next) shown.replaceWith(document.adoptNode(next));
  } catch {
    // The server is away for a moment; the link on the page and the next try remain.
  }
  setTimeout(follow, SECONDS * 1_000);
};
setTimeout(follow, SECONDS * 1_000);
