// Players of other sites: nothing is asked of them before a reader presses the button. Without this, each is a link.

const FEATURES = "autoplay; encrypted-media; fullscreen; picture-in-picture";
const SANDBOX =
  "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-presentation";

const play = (embed) => {
  const { frame, title, provider } = embed.dataset;
  const player = document.createElement("iframe");
  player.title = `${title} (${provider})`;
  player.allow = FEATURES;
  player.sandbox = SANDBOX;
  player.allowFullscreen = true;
  // Some providers refuse frames of pages that they do not know; the origin is enough for them.
  player.referrerPolicy = "strict-origin-when-cross-origin";
  player.src = frame;
  embed.dataset.playing = "";
  embed.querySelector(".embed-start").replaceWith(player);
  player.focus();
};

for (const embed of document.querySelectorAll(".embed[data-frame]")) {
  const { title, provider, shape } = embed.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "embed-play";
  button.textContent = shape === "video" ? "Play video" : "Play";
  button.setAttribute("aria-label", `${button.textContent}: ${title}`);
  button.addEventListener("click", () => play(embed));
  const note = document.createElement("p");
  note.className = "embed-note";
  note.textContent = `Playing loads content from ${provider}.`;
  const start = document.createElement("div");
  start.className = "embed-start";
  start.append(button, note);
  embed.append(start);
}
