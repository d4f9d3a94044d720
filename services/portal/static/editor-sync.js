// Every change goes to the service at once, one after another, each from the state the last one left.

import { explained } from "./dom.js";
import { bodyOf, differences } from "./editor-draft.js";

const QUIET_MS = 300;

export class Sync {
  constructor({ draft, board, url, csrf, onState, onSay, onChanged, onReloaded }) {
    Object.assign(this, { draft, board, url, csrf, onState, onSay, onChanged, onReloaded, steps: [], line: Promise.resolve(), round: 0 });
  }

  /** Change a card: at once on the screen, then with the service; refused, it stands as before. */
  change(card, patch) {
    const after = { ...card, ...patch };
    this.steps.push({ method: "PUT", id: card.id, body: bodyOf(card) });
    return this.#put(card, after);
  }

  add(card) {
    return this.#enqueue({ method: "POST", path: "cards", body: bodyOf(card) }, {
      done: (told) => { this.#set(null, told.card); this.steps.push({ method: "DELETE", id: told.card.id }); },
    });
  }

  remove(card) {
    this.steps.push({ method: "POST", was: card.id, body: bodyOf(card) });
    return this.#delete(card);
  }

  /** Take the last step back; the step back is none to take back in its turn. */
  undo() {
    const step = this.steps.pop();
    if (!step) return this.onSay(this.draft.texts.nothing_to_undo);
    this.onSay(this.draft.texts.undone);
    if (step.method === "PUT") {
      const card = this.draft.cards.get(step.id);
      return card && this.#put(card, { ...card, ...step.body }, false);
    }
    if (step.method === "DELETE") return this.draft.cards.has(step.id) && this.#delete(this.draft.cards.get(step.id), false);
    return this.#enqueue({ method: "POST", path: "cards", body: step.body }, {
      done: (told) => {
        this.#set(null, told.card);
        for (const one of this.steps) if (one.id === step.was) one.id = told.card.id;
      },
    });
  }

  #put(before, after, isStep = true) {
    this.#set(before, after);
    return this.#enqueue({ method: "PUT", path: `cards/${before.id}`, body: bodyOf(after) }, {
      done: (told) => { if (told.card) this.#set(this.draft.cards.get(before.id), told.card); },
      failed: () => { if (isStep) this.steps.pop(); this.#set(after, before); },
    });
  }

  #delete(card, isStep = true) {
    this.#set(card, null);
    return this.#enqueue({ method: "DELETE", path: `cards/${card.id}` }, {
      failed: () => { if (isStep) this.steps.pop(); this.#set(null, card); },
    });
  }

  #set(before, after) {
    if (after) this.draft.cards.set(after.id, after);
    else this.draft.cards.delete(before.id);
    this.board.update(before, after);
    this.onChanged();
  }

  #enqueue(asked, outcome) {
    const { round } = this;
    this.onState("saving");
    this.line = this.line.then(() => (round === this.round ? this.#send(asked, outcome) : null));
    return this.line;
  }

  async #send({ method, path, body }, { done = () => {}, failed = () => {} }) {
    const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": this.csrf, "If-Match": `"${this.draft.version}"` };
    if (method === "POST") headers["Idempotency-Key"] = crypto.randomUUID();
    let answer;
    let told = {};
    try {
      answer = await fetch(`${this.url}/${path}`, { method, headers, body: body && JSON.stringify(body) });
      told = answer.status === 204 ? {} : await answer.json();
    } catch {
      failed();
      return this.onState("unanswered");
    }
    if (answer.ok) {
      this.draft.version = told.version ?? Number(answer.headers.get("ETag")?.replaceAll('"', ""));
      done(told);
      this.onState("saved");
      return this.#judgeSoon();
    }
    failed();
    if (answer.status === 412) return this.#reload();
    if (answer.status === 401) return this.onState("signed_out");
    if (answer.status >= 500) return this.onState("unanswered");
    const why = [told.title, explained(told)].filter(Boolean).join(" ");
    this.onState("saved");
    return this.onSay(this.draft.texts.refused.replace("%(why)s", why));
  }

  /** Somebody else was first: show what there is now, and say what became of it. */
  async #reload() {
    this.round += 1;
    this.steps = [];
    const before = this.draft.cards;
    const [told, judged] = await Promise.all(["data", "conflicts"].map((what) => this.#get(what)));
    if (!told || !judged) return this.onState("unanswered");
    this.draft.load(told);
    this.draft.judge(judged.items);
    this.onReloaded();
    this.onState("saved");
    return this.onSay([this.draft.texts.stale, ...differences(before, this.draft)].join(" "));
  }

  async #get(what) {
    try {
      const answer = await fetch(`${this.url}/${what}`, { headers: { Accept: "application/json" } });
      return answer.ok ? await answer.json() : null;
    } catch {
      return null;
    }
  }

  #judgeSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(async () => {
      const judged = await this.#get("conflicts");
      if (!judged) return;
      this.board.mark(this.draft.judge(judged.items));
      this.onChanged();
    }, QUIET_MS);
  }

  /** Where a card may go, by «weekday/number», with what stands against it. */
  async placesOf(card) {
    const told = await this.#get(`cards/${card.id}/places`);
    const items = told?.items ?? told ?? [];
    const own = items.filter((one) => one.week === card.week);
    return new Map((own.length ? own : items).map((one) => [`${one.weekday}/${one.number}`, one.conflicts]));
  }
}
