// Search in a copy of the site without a server: reads the words' files that a query needs, then the posts' files.
// masthead/exporting/static_site/search_index.py writes them, and folds words in the same way.

const POSTS_PER_FILE = 100;
const PREFIX_CHARACTERS = 2;
const WORD_CHARACTERS = 40;
const RESULTS_AT_ONCE = 20;
const UNSPACED = /([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3]+)/u;
const LETTERS = { ß: "ss", æ: "ae", œ: "oe", ø: "o", đ: "d", ð: "d", þ: "th", ł: "l", ı: "i" };

const form = document.querySelector("form.search");
const field = form.elements.namedItem("q");
const status = document.querySelector("[data-search-status]");
const list = document.querySelector("[data-search-results]");
const more = document.querySelector("[data-search-more]");
const root = new URL(form.action);
const loaded = new Map();

function folded(text) {
  const lower = text.normalize("NFKC").toLowerCase().replace(/[ßæœøđðþłı]/gu, (letter) => LETTERS[letter]);
  return lower.normalize("NFD").replace(/\p{Mn}/gu, "").normalize("NFC");
}

function wordsOf(text) {
  const words = [];
  for (const word of folded(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? []) {
    for (const piece of word.split(UNSPACED)) {
      if (!piece) continue;
      const letters = [...piece];
      if (!UNSPACED.test(piece)) words.push(letters.slice(0, WORD_CHARACTERS).join(""));
      else for (let at = 0; at < Math.max(letters.length - 1, 1); at += 1) words.push(letters.slice(at, at + 2).join(""));
    }
  }
  return words;
}

function read(name) {
  if (!loaded.has(name)) {
    loaded.set(name, fetch(new URL(name, root)).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(name)))));
  }
  return loaded.get(name);
}

// The numbers of posts with words that begin like this one, each with the weight of its best place.
async function found(word) {
  const points = [...word].slice(0, PREFIX_CHARACTERS).map((letter) => letter.codePointAt(0).toString(16));
  const prefix = points.join("-");
  const shards = (await read("shards.json")).filter(
    (name) => name === prefix || (points.length < PREFIX_CHARACTERS && name.startsWith(`${prefix}-`)),
  );
  const weights = new Map();
  for (const words of await Promise.all(shards.map((name) => read(`words/${name}.json`)))) {
    for (const [known, differences] of Object.entries(words)) {
      if (!known.startsWith(word)) continue;
      let number = 0;
      for (const difference of differences) {
        number += difference;
        const id = Math.floor(number / 4);
        const weight = (number % 4) + (known === word ? 1 : 0);
        weights.set(id, Math.max(weights.get(id) ?? 0, weight));
      }
    }
  }
  return weights;
}

async function ranked(words) {
  const all = await Promise.all(words.map(found));
  const [first, ...rest] = all.toSorted((one, other) => one.size - other.size);
  const hits = [...first.keys()].filter((id) => rest.every((weights) => weights.has(id)));
  const score = (id) => all.reduce((sum, weights) => sum + weights.get(id), 0);
  return hits.sort((one, other) => score(other) - score(one) || other - one);
}

function shown([, title, address, summary, names, day]) {
  const item = document.createElement("li");
  const article = item.appendChild(document.createElement("article"));
  const heading = article.appendChild(document.createElement("h2"));
  heading.className = "headline";
  heading.dir = "auto";
  const link = heading.appendChild(document.createElement("a"));
  link.href = new URL(`../${address}`, root);
  link.textContent = title;
  const passage = article.appendChild(document.createElement("p"));
  passage.className = "passage";
  passage.dir = "auto";
  passage.textContent = summary;
  const credits = article.appendChild(document.createElement("div"));
  credits.className = "story-credits";
  const byline = credits.appendChild(document.createElement("p"));
  byline.className = "byline";
  byline.dir = "auto";
  byline.textContent = names;
  const date = credits.appendChild(document.createElement("p")).appendChild(document.createElement("time"));
  date.dateTime = day;
  date.textContent = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "long", timeZone: "UTC" })
    .format(new Date(day));
  return item;
}

async function show(hits, from) {
  const part = hits.slice(from, from + RESULTS_AT_ONCE);
  const groups = [...new Set(part.map((id) => Math.floor(id / POSTS_PER_FILE)))];
  const posts = new Map();
  for (const rows of await Promise.all(groups.map((group) => read(`posts/${group}.json`)))) {
    for (const row of rows) posts.set(row[0], row);
  }
  list.append(...part.filter((id) => posts.has(id)).map((id) => shown(posts.get(id))));
  more.hidden = from + RESULTS_AT_ONCE >= hits.length;
  more.onclick = () => show(hits, from + RESULTS_AT_ONCE);
}

async function search(typed) {
  field.value = typed;
  list.replaceChildren();
  more.hidden = true;
  const words = [...new Set(wordsOf(typed))];
  if (!words.length) {
    status.textContent = typed ? "Type at least one word." : "";
    return;
  }
  status.textContent = "Searching …";
  try {
    const hits = await ranked(words);
    status.textContent = hits.length === 1 ? "1 post" : `${hits.length || "No"} posts`;
    await show(hits, 0);
  } catch {
    status.textContent = "The search could not be loaded. Check your connection, and try again.";
  }
}

const wanted = () => new URLSearchParams(location.search).get("q") ?? "";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.pushState(null, "", `?${new URLSearchParams({ q: field.value })}`);
  search(field.value);
});
addEventListener("popstate", () => search(wanted()));
search(wanted());
