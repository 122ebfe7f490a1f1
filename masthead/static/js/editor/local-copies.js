// Keeps what is not on the server yet in this browser (IndexedDB): one entry for each open editor. Entries outlive crashes,
// and are removed once the server has their text.

const DATABASE = "masthead-editor";
const STORE = "texts";

const open = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(DATABASE, 1);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore(STORE, { keyPath: "client" }));
  request.addEventListener("success", () => resolve(request.result));
  request.addEventListener("error", () => reject(request.error));
  request.addEventListener("blocked", () => reject(new Error("blocked")));
});

// Tabs that are open hold a lock with the name of their editor, so that their text is offered to no other tab.
const lockName = (client) => `masthead-editor-${client}`;

const openClients = async () => {
  if (!navigator.locks) return new Set();
  const { held } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name));
};

export const createLocalCopies = (user, client) => {
  let database = null;
  navigator.locks?.request(lockName(client), () => new Promise(() => {}));

  const within = async (mode, use) => {
    database ??= open();
    let connection;
    try {
      connection = await database;
    } catch (error) {
      database = null;
      throw error;
    }
    return new Promise((resolve, reject) => {
      const transaction = connection.transaction(STORE, mode);
      const request = use(transaction.objectStore(STORE));
      transaction.addEventListener("complete", () => resolve(request.result));
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("aborted")));
      transaction.addEventListener("error", () => reject(transaction.error));
    });
  };

  return {
    // Rejects if the storage is full or forbidden, which the caller has to say.
    keep: (entry) => within("readwrite", (store) => store.put({ ...entry, user, client })),
    remove: (which = client) => within("readwrite", (store) => store.delete(which)),
    // Texts of this person that no open tab holds.
    left: async () => {
      const [entries, tabs] = await Promise.all([within("readonly", (store) => store.getAll()), openClients()]);
      return entries.filter((entry) => entry.user === user && entry.client !== client && !tabs.has(lockName(entry.client)));
    },
  };
};
