// What was typed and is not saved yet, kept in the browser: it outlives reloads and crashes.
//
// A *draft* is what one open tab is still collecting; a *batch* is frozen, has its Idempotency-Key,
// and is never changed again, so that any tab may send it any number of times. On the *shelf* is what
// the journal refused, until it is sent again or taken back, and what a colleague wrote otherwise, until the
// teacher has chosen.

const DRAFT_AGE_MS = 5000; // A living tab freezes its draft sooner than that.
const PREFIX = "parta";

export class Store {
  constructor(person, page) {
    this.prefix = `${PREFIX}:${person}:${page}`;
    this.tab = crypto.getRandomValues(new Uint32Array(2)).join("-");
    this.works = true;
    window.addEventListener("storage", ({ key, newValue }) => {
      if (key !== FORGOTTEN || newValue !== person) return;
      window.dispatchEvent(new Event(FORGOTTEN));
      window.location.reload(); // What is on the screen is not going to be saved, and the person has gone.
    });
  }

  keepDraft(draft) {
    if (draft.length) this.#set(`${this.prefix}:draft:${this.tab}`, { at: Date.now(), changes: draft });
    else this.#remove(`${this.prefix}:draft:${this.tab}`);
  }

  keepBatch(batch) {
    this.#set(`${this.prefix}:batch:${batch.key}`, batch);
  }

  dropBatch(batch) {
    this.#remove(`${this.prefix}:batch:${batch.key}`);
  }

  batches() {
    return this.#all("batch").map(([, batch]) => dated(batch)).sort((a, b) => a.at - b.at);
  }

  keepShelf(shelf) {
    if (shelf.length) this.#set(`${this.prefix}:shelf:${this.tab}`, shelf);
    else this.#remove(`${this.prefix}:shelf:${this.tab}`);
  }

  /** Take over what was refused before this page was loaded. */
  shelves() {
    const left = this.#all("shelf");
    for (const [name] of left) this.#remove(name);
    return left.flatMap(([, shelf]) => shelf.map(dated));
  }

  /** Note the last state of the page that a save was answered with, in this tab. */
  keepSeen(seq) {
    try {
      sessionStorage.setItem(`seen:${this.prefix}`, seq);
    } catch { /* Then a page that is behind looks again a minute later. */ }
  }

  /** Whether this tab was told of a later state than that of `seq`. */
  hasSeenMore(seq) {
    try {
      return Number(sessionStorage.getItem(`seen:${this.prefix}`)) > seq;
    } catch {
      return false;
    }
  }

  /** Take over the drafts of tabs that are gone. */
  orphans() {
    const gone = this.#all("draft").filter(([name, draft]) =>
      !name.endsWith(this.tab) && Date.now() - draft.at > DRAFT_AGE_MS);
    for (const [name] of gone) this.#remove(name);
    return gone.flatMap(([, draft]) => draft.changes);
  }

  hasYoungOrphans() {
    return this.#all("draft").some(([name]) => !name.endsWith(this.tab));
  }

  #all(kind) {
    const start = `${this.prefix}:${kind}:`;
    const names = [];
    try {
      for (let at = 0; at < localStorage.length; at += 1) names.push(localStorage.key(at));
      return names.filter((name) => name.startsWith(start)).map((name) => [name, JSON.parse(localStorage.getItem(name))]);
    } catch {
      this.works = false;
      return [];
    }
  }

  #set(name, value) {
    try {
      localStorage.setItem(name, JSON.stringify(value));
      this.works = true;
    } catch {
      this.works = false; // A private window, or a full disk: the state line says so.
    }
  }

  #remove(name) {
    try {
      localStorage.removeItem(name);
    } catch {
      this.works = false;
    }
  }
}

/** What an earlier version of this page kept does not say what was seen, and so may overwrite nothing. */
function dated(kept) {
  const seq = kept.seq ?? 0;
  return { ...kept, seq, changes: kept.changes.map((one) => ({ seq, ...one })) };
}

/** The pages that hold unsent work of a person: {page: number of batches}. */
export function unsentPages(person) {
  const found = {};
  for (const name of unsentNames(person)) {
    const page = name.split(":")[2];
    found[page] = (found[page] ?? 0) + 1;
  }
  return found;
}

export const FORGOTTEN = "parta:forgotten";

/** Let go of all unsent work of a person; the pages that are sending it, in other tabs as well, hear of it and stop. */
export function forgetUnsent(person) {
  window.dispatchEvent(new Event(FORGOTTEN));
  localStorage.setItem(FORGOTTEN, person);
  localStorage.removeItem(FORGOTTEN);
  for (const name of unsentNames(person)) localStorage.removeItem(name);
}

function unsentNames(person) {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(`${PREFIX}:${person}:`));
  } catch {
    return []; // Where nothing may be kept, nothing is.
  }
}
