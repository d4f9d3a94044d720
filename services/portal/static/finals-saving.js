// Term-end marks on their way: one request per column and reason, and what to do about the answer.
import { made } from "./batches.js";
import { say } from "./dom.js";

/** Freeze a draft: the marks of each column, apart by the reason they are given for. */
export function freezeFinals(draft) {
  const groups = new Map();
  for (const change of draft) {
    const name = JSON.stringify([change.lesson, change.reason]);
    groups.set(name, [...(groups.get(name) ?? []), change]);
  }
  return [...groups.values()].map((changes) => finalsBatch(changes));
}

function finalsBatch(changes) {
  const [{ lesson, reason }] = changes;
  const entries = changes.map(({ pupil, value }) => ({ pupil_id: pupil, value }));
  return made("final", lesson, changes, "POST", `finals/${lesson}`, reason ? { entries, reason } : { entries });
}

export class FinalsOutcomes {
  constructor(parts) {
    Object.assign(this, parts, { restarts: 0 });
  }

  async take(batch, { kind, told }) {
    if (kind === "saved") await this.#saved(batch, told);
    else if (kind === "conflict" && told.errors?.cells) await this.#cells(batch, told.errors.cells);
    else if (kind === "conflict") await this.#restart(batch, told);
    else if (kind === "signedOut") this.#signedOut();
    else if (told?.type?.endsWith("form-expired")) await this.#formExpired();
    else this.#refused(batch, told ?? {});
  }

  async #saved(batch, told) {
    this.restarts = 0;
    this.queue.saved(batch, told);
    const later = new Set(this.queue.pending().map((one) => `${one.lesson}/${one.pupil}`));
    for (const { lesson, pupil } of batch.changes) if (!later.has(`${lesson}/${pupil}`)) this.marks.delete(`${lesson}/${pupil}`);
    if (this.queue.waiting) this.draw();
    else await this.refresh(); // A period's mark is what the year's is recommended by.
  }

  /** Send again what nobody else touched; of the rest theirs is shown, and ours offered. */
  async #cells(batch, cells) {
    const theirs = new Map(cells.map((cell) => [cell.pupil_id, cell]));
    const seq = Math.max(...cells.map((cell) => cell.seq));
    const lost = batch.changes.filter((change) => theirs.get(change.pupil)?.seq > change.seq && theirs.get(change.pupil).value !== change.value);
    const left = batch.changes.filter((change) => !theirs.has(change.pupil) || theirs.get(change.pupil).seq <= change.seq);
    this.queue.replace(batch, left.length ? { ...finalsBatch(left), seq } : null);
    for (const { lesson, pupil } of batch.changes) this.marks.delete(`${lesson}/${pupil}`);
    await this.refresh();
    if (!lost.length) return;
    const word = (value) => value ?? this.texts.empty;
    const [first] = lost;
    const said = say(this.texts.theirs, { mine: word(first.value), theirs: word(theirs.get(first.pupil).value) });
    const also = lost.length > 1 ? ` ${say(this.texts.andMore, { count: lost.length - 1 })}` : "";
    this.state.ask("torn", `${this.nameOf(first.pupil)}. ${said}${also}`, {
      title: say(this.texts.keepMine, { what: lost.map((one) => word(one.value)).join(", ") }),
      run: () => { this.queue.enqueue(finalsBatch(lost.map((one) => ({ ...one, seq })))); this.queue.run(); },
    });
  }

  /** The journal does not know the page as we saw it: look again, then send once more. */
  async #restart(batch, told) {
    this.restarts += 1;
    if (this.restarts > 2) { this.#refused(batch, told); return; }
    this.queue.forgetSeen();
    await this.refresh();
    this.queue.restart(batch, this.restarts);
  }

  #signedOut() {
    this.queue.halt();
    this.onSignedOut();
  }

  async #formExpired() {
    const answer = await fetch(this.data.urls.state, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json().catch(() => null) : null;
    if (told?.person === this.data.person) this.session.csrf = told.csrf;
    else this.#signedOut();
  }

  #refused(batch, told) {
    this.queue.shelve(batch);
    for (const { lesson, pupil } of batch.changes) this.marks.set(`${lesson}/${pupil}`, "refused");
    this.draw();
    const takeBack = async () => {
      this.queue.clearShelf();
      await this.refresh({ wipe: true });
      this.queue.run();
    };
    this.state.refused(told, { title: this.texts.sendAgain, run: () => this.resend() }, { title: this.texts.takeBack, run: takeBack });
  }
}
