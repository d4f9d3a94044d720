// The way of what was typed to the journal: collected, frozen into batches, sent until acknowledged.
//
// A change is {kind: "entry", lesson, pupil, slot, value} or {kind: "description", lesson, topic,
// homework} or {kind: "work", lesson, slot, type, weight, title, is_monitoring, counts} or {kind:
// "comment", lesson, pupil, slot, comment} or {kind: "due", lesson, pupil, slot, due_on}. Batches go one at
// a time and in order; a batch is asked for again with the same key until the journal answers.

import { freeze as freezeLessons } from "./batches.js";
import { FORGOTTEN } from "./store.js";

const QUIET_MS = 600; // After the last key …
const LONGEST_MS = 3000; // … but no later than this after the first.
const WAITS_MS = [1000, 2000, 4000, 8000, 15000];

export class Queue {
  constructor({ store, send, onOutcome, onState, newWork, freeze = freezeLessons }) {
    Object.assign(this, { store, send, onOutcome, onState, newWork, freeze, draft: [], failures: 0, state: "saved" });
    this.batches = store.batches();
    window.addEventListener("online", () => this.#retryNow());
    window.addEventListener("pagehide", () => this.freezeDraft());
    window.addEventListener(FORGOTTEN, () => Object.assign(this, { batches: [], draft: [], halted: true }));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.flush(); });
  }

  get waiting() {
    return this.batches.reduce((sum, batch) => sum + batch.changes.length, this.draft.length);
  }

  /** Everything not acknowledged, oldest first: laid over what the journal says after a reload. */
  pending() {
    return [...this.batches.flatMap((batch) => batch.changes), ...this.draft];
  }

  add(changes) {
    const same = (a, b) => a.kind === b.kind && a.lesson === b.lesson && a.pupil === b.pupil && a.slot === b.slot;
    for (const change of changes) this.draft = [...this.draft.filter((one) => !same(one, change)), change];
    this.store.keepDraft(this.draft);
    this.firstAt ??= Date.now();
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.flush(), Math.max(0, Math.min(QUIET_MS, this.firstAt + LONGEST_MS - Date.now())));
    this.#tell(this.state === "saved" ? "saving" : this.state);
  }

  flush() {
    this.freezeDraft();
    this.run();
  }

  freezeDraft() {
    clearTimeout(this.quiet);
    this.firstAt = null;
    for (const batch of this.freeze(this.draft, this.newWork)) this.enqueue(batch);
    this.draft = [];
    this.store.keepDraft(this.draft);
  }

  enqueue(batch) {
    this.batches.push(batch);
    this.store.keepBatch(batch);
  }

  /** Put a batch in place of another, as after a part of it was refused. */
  replace(batch, instead) {
    this.store.dropBatch(batch);
    if (instead) this.store.keepBatch(instead);
    this.batches = this.batches.flatMap((one) => (one === batch ? (instead ? [instead] : []) : [one]));
  }

  async run() {
    if (this.running || this.halted) return;
    this.running = true;
    clearTimeout(this.later);
    while (this.batches.length && !this.halted) {
      this.#tell(this.failures ? this.state : "saving");
      const batch = this.batches[0];
      const outcome = await this.send(batch);
      if (outcome.kind === "silent") { this.#wait(outcome.state); break; }
      this.failures = 0;
      await this.onOutcome(batch, outcome);
    }
    this.running = false;
    if (!this.batches.length && !this.draft.length) this.#tell("saved");
  }

  /** Stop sending until somebody signs in. */
  halt() {
    this.halted = true;
    this.#tell("signedOut");
  }

  resume() {
    this.halted = false;
    this.#retryNow();
  }

  #retryNow() {
    this.failures = 0;
    this.flush();
  }

  #wait(state) {
    this.#tell(state);
    this.later = setTimeout(() => this.flush(), WAITS_MS[Math.min(this.failures, WAITS_MS.length - 1)]);
    this.failures += 1;
  }

  #tell(state) {
    this.state = state;
    this.onState(state, this.waiting);
  }
}
