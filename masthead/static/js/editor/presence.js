// Shows who else has the post open, and takes their saved changes over while nothing is typed here.

const HEARTBEAT_MS = 30_000;

const sentence = (others) => {
  const names = others.map(({ name }) => name);
  if (!names.length) return "";
  const last = names.at(-1);
  return names.length === 1
    ? `${last} has this post open, too.`
    : `${names.slice(0, -1).join(", ")} and ${last} have this post open, too.`;
};

export const createPresence = ({ client, form, server, place, autosave }) => {
  const show = (others = []) => {
    const text = sentence(others);
    if (place.textContent !== text) place.textContent = text;
    place.hidden = text === "";
  };

  const beat = async () => {
    if (!form.dataset.presence || document.visibilityState === "hidden") return;
    const { status, data } = await server.post(form.dataset.presence, { client });
    if (status !== 200) return;
    show(data.others);
    if (data.version === autosave.version() || autosave.hasUnsaved()) return;
    const now = await server.get(form.dataset.workingCopy);
    if (now.status === 200) autosave.replaceBy(now.data);
  };

  setInterval(beat, HEARTBEAT_MS);
  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pagehide", () => {
    if (form.dataset.presence) server.post(form.dataset.presence, { client, leaving: true }, { keepalive: true });
  });
  beat();
  return { show };
};
