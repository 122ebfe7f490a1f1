// The page of a file: the focal point by click and arrow keys, and the frame of a crop by dragging. The numbers beside
// them do the same, and work without this.

const stage = document.querySelector("[data-media-stage]");
const focus = document.querySelector("[data-media-focus]");
const cropping = document.querySelector("[data-media-crop]");
const picture = stage?.querySelector("img");

const within = (value) => Math.min(100, Math.max(0, value));
const rounded = (value) => Math.round(value * 10) / 10;

// The place of a pointer on the picture, in percent.
const placeOf = (event) => {
  const box = picture.getBoundingClientRect();
  return [within((event.clientX - box.left) / box.width * 100), within((event.clientY - box.top) / box.height * 100)];
};

if (focus && stage) {
  const [x, y] = focus.querySelectorAll("input");
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "focus-mark plain";
  const show = () => {
    mark.style.left = `${within(x.valueAsNumber || 0)}%`;
    mark.style.top = `${within(y.valueAsNumber || 0)}%`;
    mark.setAttribute("aria-label", `Focal point: ${x.value} % from the left, ${y.value} % from the top. Arrow keys move it.`);
  };
  const set = (left, top) => {
    x.value = rounded(within(left));
    y.value = rounded(within(top));
    show();
  };
  stage.addEventListener("click", (event) => {
    if (!cropping?.open && event.target === picture) set(...placeOf(event));
  });
  mark.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? 10 : 1;
    const [dx, dy] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key] ?? [];
    if (dx === undefined) return;
    event.preventDefault();
    set(x.valueAsNumber + dx, y.valueAsNumber + dy);
  });
  x.addEventListener("input", show);
  y.addEventListener("input", show);
  focus.querySelector("[data-media-focus-hint]").textContent = "Every crop keeps this point. Click the picture, or move the mark with the arrow keys.";
  stage.append(mark);
  show();
}

if (cropping && stage) {
  const [left, top, width, height] = cropping.querySelectorAll(".media-numbers input");
  const turn = cropping.querySelector("select");
  const turned = turn.value;
  // The numbers refer to the whole picture, so the frame needs to see it.
  const isWhole = cropping.dataset.cropped === undefined;
  const frame = document.createElement("div");
  frame.className = "crop-frame";
  for (const corner of ["nw", "ne", "sw", "se"]) {
    const handle = document.createElement("span");
    handle.dataset.corner = corner;
    frame.append(handle);
  }
  stage.append(frame);
  const numbers = () => [left, top, width, height].map((input) => input.valueAsNumber || 0);
  const show = () => {
    frame.hidden = !cropping.open || !isWhole || turn.value !== turned;
    const [x, y, w, h] = numbers();
    Object.assign(frame.style, { left: `${x}%`, top: `${y}%`, width: `${w}%`, height: `${h}%` });
  };
  const set = (x, y, w, h) => {
    [left.value, top.value, width.value, height.value] = [x, y, w, h].map(rounded);
    show();
  };
  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const { corner } = event.target.dataset;
    const [startX, startY] = placeOf(event);
    const [x, y, w, h] = numbers();
    frame.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const [nowX, nowY] = placeOf(moved);
      const [dx, dy] = [nowX - startX, nowY - startY];
      if (!corner) {
        set(Math.min(100 - w, Math.max(0, x + dx)), Math.min(100 - h, Math.max(0, y + dy)), w, h);
        return;
      }
      const [west, north] = [corner[1] === "w", corner[0] === "n"];
      const x1 = west ? Math.min(within(x + dx), x + w - 2) : x;
      const y1 = north ? Math.min(within(y + dy), y + h - 2) : y;
      const x2 = west ? x + w : Math.max(within(x + w + dx), x + 2);
      const y2 = north ? y + h : Math.max(within(y + h + dy), y + 2);
      set(x1, y1, x2 - x1, y2 - y1);
    };
    frame.addEventListener("pointermove", move);
    frame.addEventListener("pointerup", () => frame.removeEventListener("pointermove", move), { once: true });
  });
  cropping.addEventListener("toggle", show);
  for (const input of [left, top, width, height, turn]) input.addEventListener("input", show);
  show();
}

const words = document.querySelector("[data-media-words]");
const alt = words?.elements.namedItem("alt");
const decorative = words?.elements.namedItem("decorative");
if (alt && decorative) {
  // One excludes the other.
  decorative.addEventListener("change", () => { if (decorative.checked) alt.value = ""; });
  alt.addEventListener("input", () => { if (alt.value.trim()) decorative.checked = false; });
}

for (const field of document.querySelectorAll("[data-media-copy]")) {
  field.addEventListener("focus", () => field.select());
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.weight = "second";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  });
  field.after(button);
}
