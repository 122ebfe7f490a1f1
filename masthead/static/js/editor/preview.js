// The preview, made by the server with the renderer of the page itself: beside the text where there is room, in its place
// where there is none. It follows the text as it is scrolled.

import { whenIdle } from "./idle.js";

const QUIET_MS = 500;
const HEADING = /^ {0,3}#{1,6}\s/gm;

// Ids of the text must not be taken for those of the page around it.
const withOwnIds = (fragment) => {
  for (const part of fragment.querySelectorAll("[id]")) part.id = `preview-${part.id}`;
  for (const link of fragment.querySelectorAll('a[href^="#"]')) link.hash = `preview-${link.hash.slice(1)}`;
  for (const link of fragment.querySelectorAll('a[href]:not([href^="#"])')) link.target = "_blank";
};

// Places that stand in both: the beginning, each heading, and the end, as parts of the whole height.
const anchorsOf = (text, pane) => {
  const source = [...text.matchAll(HEADING)].map((found) => found.index / Math.max(1, text.length));
  const height = Math.max(1, pane.scrollHeight);
  const shown = [...pane.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((one) => one.offsetTop / height);
  const pairs = source.length === shown.length ? source.map((at, index) => [at, shown[index]]) : [];
  return [[0, 0], ...pairs, [1, 1]];
};

const along = (anchors, part) => {
  const next = Math.max(1, anchors.findIndex(([at]) => at > part));
  const [from, shownFrom] = anchors[next - 1];
  const [to, shownTo] = anchors[next] ?? [1, 1];
  return to === from ? shownFrom : shownFrom + ((part - from) / (to - from)) * (shownTo - shownFrom);
};

export const createPreview = ({ form, field, pane, button, server, draft }) => {
  let isOpen = false;
  let asked = "";
  let anchors = [[0, 0], [1, 1]];

  const follow = () => {
    if (!isOpen) return;
    const box = field.getBoundingClientRect();
    const top = pane.getBoundingClientRect().top;
    const part = Math.min(1, Math.max(0, (top - box.top) / Math.max(1, box.height)));
    pane.scrollTop = along(anchors, part) * pane.scrollHeight;
  };

  const ask = async () => {
    const { title, summary, body } = draft.read();
    const { status, data } = await server.post(server.urls.preview, { title: title.trim() || "Untitled", summary, body });
    return status === 200 ? data : null;
  };

  const render = async () => {
    if (!isOpen) return;
    const { title, summary, body } = draft.read();
    const now = JSON.stringify([title, summary, body]);
    if (now === asked) return;
    asked = now;
    const data = await ask();
    if (data === null) {
      asked = "";
      if (!pane.hasChildNodes()) pane.textContent = "The preview comes back once the server answers.";
      return;
    }
    if (asked !== now) return;
    const template = document.createElement("template");
    // Sanitised by the server, as on the page of the post.
    template.innerHTML = data.html;
    withOwnIds(template.content);
    pane.replaceChildren(template.content);
    anchors = anchorsOf(body, pane);
    follow();
  };

  const toggle = () => {
    isOpen = !isOpen;
    button.setAttribute("aria-pressed", String(isOpen));
    pane.hidden = !isOpen;
    form.toggleAttribute("data-previewing", isOpen);
    if (isOpen) render();
    else asked = "";
  };

  button.addEventListener("click", toggle);
  const later = whenIdle(render, QUIET_MS);
  draft.onChange(() => { if (isOpen) later(); });
  window.addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
  return { ask };
};
