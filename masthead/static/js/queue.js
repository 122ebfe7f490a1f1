// The list of comments from the keyboard: j and k go on and back, a, s, d and u decide, and the focus stays in its place.
// The list works without it.

const list = document.querySelector("form[data-queue]");
const undo = document.querySelector("[data-key=undo]");
const PLACE = "masthead.queue.place";
const OFF = "masthead.queue.keys-off";

const items = list ? [...list.querySelectorAll("article")] : [];

const current = () => items.indexOf(document.activeElement?.closest("article"));

const go = (index) => {
  const item = items[Math.max(0, Math.min(index, items.length - 1))];
  item?.focus();
  item?.scrollIntoView({ block: "nearest" });
};

// After a decision the page is loaded again: the comment that has moved up gets the focus, or the one that is back.
const here = location.pathname + (new URLSearchParams(location.search).get("status") ?? "");
const remember = (index, id) => sessionStorage.setItem(PLACE, JSON.stringify([here, Math.max(0, index), id]));
const [where, index, id] = JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
sessionStorage.removeItem(PLACE);
if (where === here) {
  const back = items.findIndex((item) => item.id === id);
  if (items.length) go(back < 0 ? index : back);
  else document.querySelector("main").focus();
}

if (list) {
  const boxes = [...list.querySelectorAll("input[name=comment_id]")];
  const all = list.querySelector("[data-selects-all]");
  all.closest("[hidden]").hidden = false;
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();

  list.addEventListener("submit", (event) => {
    const item = event.submitter?.closest("article");
    remember(items.indexOf(item ?? boxes.find((box) => box.checked)?.closest("article")));
  });
}
undo?.form.addEventListener("submit", () => remember(0, `comment-${new FormData(undo.form).get("undo_id")}`));

const keys = document.querySelector("[data-queue-keys]");
if (keys && (list || undo)) {
  const box = keys.querySelector("input");
  keys.hidden = false;
  // Keys without a modifier can be switched off (WCAG 2.1.4): they get in the way of dictating.
  box.checked = localStorage.getItem(OFF) === null;
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });

  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key)) return;
    if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
    const item = items[current()];
    const press = (button) => {
      if (!button) return;
      event.preventDefault();
      button.form.requestSubmit(button);
    };
    switch (event.key) {
      case "j": return go(current() + 1);
      case "k": return go(current() < 0 ? 0 : current() - 1);
      case "a": case "s": case "d": return press(item?.querySelector(`[data-key=${event.key}]`));
      case "u": return press(item?.querySelector("[data-key=u]") ?? undo);
    }
  });
}
