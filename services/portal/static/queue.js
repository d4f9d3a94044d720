// The way of what was typed to the journal: collected, frozen into batches, sent until acknowledged.
//
// A change is {kind: "entry", lesson, pupil, slot, value} or {kind: "description", lesson, cell: "topic", topic,
// topic_id} or {kind: "description", lesson, cell: "homework", homework} or {kind: "work", lesson, slot, type (null:
// taken back), weight, title, is_monitoring, counts} or {kind: "comment", lesson, pupil, slot, comment} or {kind:
// "due", lesson, pupil, slot, due_on}; its `seq` is the state of the page that was seen when it was typed. Batches go
// one at a time and in order; a batch is asked for again with the same key until the journal answers.

import { freeze as freezeLessons, seenBy } from "./batches.js";
import { FORGOTTEN } from "./store.js";

const QUIET_MS = 600; // After the last key …
const LONGEST_MS = 3000; // … but no later than this after the first.
const WAITS_MS = [1000, 2000, 4000, 8000, 15000];

/** What a change is about, be it a cell, a text or a work. */
const thingOf = ({ kind, lesson, pupil, slot, cell }) => [kind, lesson, pupil, slot, cell].join("/");

const same = (a, b) => thingOf(a) === thingOf(b);

/** The changes but for those that later ones are about. */
const without = (changes, later) => changes.filter((one) => !later.some((other) => same(one, other)));

export class Queue {
  constructor({ store, session, send, onOutcome, onState, newWork, freeze = freezeLessons }) {
    Object.assign(this, { store, session, send, onOutcome, onState, newWork, freeze, draft: [], failures: 0, state: "saved" });
    this.known = new Map(); // thing → the state of the page in which the teacher wrote it, or was shown another's
    this.batches = store.batches();
    this.shelf = store.shelves(); // [{seq, changes, isTorn}]: what was refused, as of the page it was typed on.
    window.addEventListener("online", () => this.#retryNow());
    window.addEventListener("pagehide", () => this.freezeDraft());
    window.addEventListener(FORGOTTEN, () => Object.assign(this, { batches: [], draft: [], shelf: [] }));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.flush(); });
  }

  get waiting() {
    return this.batches.reduce((sum, batch) => sum + batch.changes.length, this.draft.length);
  }

  /** Everything not acknowledged, oldest first: laid over what the journal says after a reload. */
  pending() {
    return [...this.batches.flatMap((batch) => batch.changes), ...this.draft];
  }

  add(typed) {
    const changes = typed.map((one) => ({ seq: this.#seenOf(one), ...one }));
    this.draft = [...without(this.draft, changes), ...changes];
    this.store.keepDraft(this.draft);
    this.settle(changes);
    this.firstAt ??= Date.now();
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.flush(), Math.max(0, Math.min(QUIET_MS, this.firstAt + LONGEST_MS - Date.now())));
    this.#tell(["saved", "stuck", "conflict"].includes(this.state) ? "saving" : this.state);
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
    if (instead && this.batches.includes(batch)) this.store.keepBatch(instead); // Else it was forgotten meanwhile.
    this.batches = this.batches.flatMap((one) => (one === batch ? (instead ? [instead] : []) : [one]));
  }

  /** Whether something about the same waits to be sent. */
  isPending(change) {
    return this.pending().some((one) => same(one, change));
  }

  /** Take off a batch that was saved; tell whether all that the journal now has was seen. */
  saved(batch, { seq, links = 0 }) {
    this.store.keepSeen(seq);
    this.replace(batch, null);
    const works = (batch.body.works ?? []).map(({ slot }) => ({ kind: "work", lesson: batch.lesson, slot }));
    this.know([...batch.changes, ...works], seq);
    const { session } = this;
    // More links than this batch made: somebody else wrote, too, and the teacher has not seen it yet.
    if (seq - session.seq > links) return false;
    const before = session.seq;
    session.seq = Math.max(before, seq);
    this.#raise((change) => (change.seq === before ? session.seq : change.seq));
    return true;
  }

  /** Note that the teacher knows these things as they stand in a state of the page. */
  know(things, seq) {
    for (const one of things) this.known.set(thingOf(one), seq);
    this.#raise((change) => Math.max(change.seq, this.known.get(thingOf(change)) ?? 0));
  }

  /** Send a batch once more, as of the page as it is seen now: the journal did not know the state it was typed in. */
  restart(batch, turn) {
    const { seq } = this.session;
    const changes = batch.changes.map((one) => ({ ...one, seq }));
    this.replace(batch, { ...batch, key: `${batch.key}.${turn}`, changes, seq });
  }

  /** Forget which states of the page were seen: it was restored from a copy, and they are no more. */
  forgetSeen() {
    this.known.clear();
    this.store.keepSeen(0);
  }

  /** Lay a refused batch aside: it is sent no more until somebody wants it, and outlives a reload. */
  shelve(batch) {
    this.replace(batch, null);
    this.#keepShelf([...this.shelf, { seq: batch.seq, changes: without(batch.changes, this.pending()) }]);
  }

  /** Lay aside what somebody else wrote otherwise, until the teacher has chosen: a reload asks again. */
  tear(changes) {
    this.settle(changes);
    this.#keepShelf([...this.shelf, { seq: seenBy(changes), changes, isTorn: true }]);
  }

  /** What was laid aside about the same is decided. */
  settle(changes) {
    this.#keepShelf(this.shelf.map((one) => ({ ...one, changes: without(one.changes, changes) })));
  }

  /** Send again what was refused; after a reload `withTorn`, as it was: what is torn is refused again, and asked about. */
  resend({ withTorn = false } = {}) {
    const laid = this.shelf.filter((one) => withTorn || !one.isTorn);
    this.#keepShelf(this.shelf.filter((one) => !laid.includes(one)));
    for (const { seq, changes } of laid) {
      for (const batch of this.freeze(changes, this.newWork)) this.enqueue({ ...batch, seq });
    }
    this.run();
  }

  /** Let go of what was refused. */
  clearShelf() {
    this.#keepShelf(this.shelf.filter((one) => one.isTorn));
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
      try {
        await this.onOutcome(batch, outcome);
      } catch (error) {
        console.error(error);
        this.#wait("unanswered"); // As for no answer: whatever went wrong, the sending goes on.
        break;
      }
      this.failures = 0;
    }
    this.running = false;
    if (!this.waiting) this.#tell(this.#standing());
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

  /** The state in which a thing was last seen: what waits on the screen hides what others put there since. */
  #seenOf(change) {
    const earlier = this.pending().filter((one) => same(one, change)).map((one) => one.seq);
    return Math.max(Math.min(this.session.seq, ...earlier), this.known.get(thingOf(change)) ?? 0);
  }

  #raise(seqOf) {
    for (const change of this.pending()) change.seq = seqOf(change);
    for (const batch of this.batches) {
      batch.seq = Math.max(batch.seq, seenBy(batch.changes));
      this.store.keepBatch(batch);
    }
    this.store.keepDraft(this.draft);
  }

  #keepShelf(shelf) {
    this.shelf = shelf.filter((one) => one.changes.length);
    this.store.keepShelf(this.shelf);
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

  /** What the state line says when nothing waits. */
  #standing() {
    if (!this.shelf.length) return "saved";
    return this.shelf.every((one) => one.isTorn) ? "conflict" : "stuck";
  }

  #tell(state) {
    this.state = state;
    this.onState(state, this.waiting);
  }
}
