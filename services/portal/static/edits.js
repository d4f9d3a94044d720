// What typing does to cells: the change itself, its undoing, and its way to the queue.
import { say } from "./dom.js";
import { ATTENDANCE, AWAITED, keyOf } from "./page.js";

const REMEMBERED = 200;

export class Edits {
  constructor(table, queue, note) {
    Object.assign(this, { table, queue, note, page: table.page, done: [], undone: [] });
    this.turned = new Map(); // key → {typed, value}: what the journal recorded it as
  }

  /** Put one value (or null, to empty) into all these places, as one step to undo. */
  put(places, value, { beside = false } = {}) {
    const taken = beside || places.length === 1 ? places : places.filter(({ row, column }) => !this.wipes(this.table.columns[column], this.page.pupils[row], value));
    this.apply(taken.flatMap((at) => this.#changes(at, value, beside)));
    if (taken.length < places.length) this.note(say(this.page.texts.awayLeft, { count: places.length - taken.length }));
  }

  /** Whether a mark would wipe an absence out: done to one cell it is seen, done to many it is not. */
  wipes(column, pupil, value) {
    if (value === null || !this.page.isEditable(column.lesson, pupil)) return false;
    const away = keyOf(column.lesson.id, pupil.id, ATTENDANCE);
    const stood = this.page.get(column.lesson, pupil, ATTENDANCE);
    return stood !== null && this.changes(column, pupil, value).some((one) => one.key === away && one.value === null);
  }

  /** Change cells as one step to undo: [{key, value}]; what stands already is left alone. */
  apply(changes) {
    const step = changes
      .map(({ key, value }) => ({ key, value, was: this.page.values.get(key) ?? null }))
      .filter(({ value, was }) => value !== was);
    if (!step.length) return;
    this.done.push(step);
    if (this.done.length > REMEMBERED) this.done.shift();
    this.undone = [];
    this.#write(step.map(({ key, value }) => ({ key, value })));
  }

  undo() {
    this.#again(this.done, this.undone, "value", "was");
  }

  redo() {
    this.#again(this.undone, this.done, "was", "value");
  }

  /** Go a step back, or on again, but for cells that do not hold any more what the step left in them. */
  #again(from, to, left, wanted) {
    const step = from.pop();
    if (!step) return;
    const own = step.filter((one) => this.#holds(one.key, one[left]));
    if (own.length) {
      to.push(own);
      this.#write(own.map((one) => ({ key: one.key, value: one[wanted] })));
    }
    if (own.length < step.length) this.note(say(this.page.texts.otherSince, { count: step.length - own.length }));
  }

  /** Note what the journal made of what was typed, as of an «н» the reason that excuses the day: it is the teacher's own. */
  recorded(key, typed, value) {
    if (value !== typed) this.turned.set(key, { typed, value });
  }

  /** Whether a cell still holds what was typed, or what it was recorded as. */
  #holds(key, typed) {
    const now = this.page.values.get(key) ?? null;
    const turned = this.turned.get(key);
    return now === typed || (turned?.typed === typed && turned.value === now);
  }

  #write(changes) {
    for (const { key, value } of changes) {
      this.table.rivals.delete(key); // Who types over two values has seen both.
      this.page.set(key, value);
      this.table.show(key, "waiting");
    }
    this.queue.add(changes);
  }

  #changes({ row, column }, value, beside) {
    return this.changes(this.table.columns[column], this.page.pupils[row], value, beside);
  }

  /** A mark replaces an absence and an absence a mark, unless put `beside` it; being late goes with a mark.
   * Who was absent may owe the work: «•» stands beside the absence, and so does what it becomes. */
  changes({ lesson, slot, first }, pupil, value, beside = false) {
    const isTaken = value === null && lesson.clearable; // On a cancelled lesson, of who is on the list no more.
    if (!isTaken && !this.page.isEditable(lesson, pupil)) {
      this.note(this.page.whyLocked(lesson, pupil));
      return [];
    }
    const mark = keyOf(lesson.id, pupil.id, slot);
    const away = keyOf(lesson.id, pupil.id, ATTENDANCE);
    if (value === null) return first ? [{ key: mark, value }, { key: away, value }] : [{ key: mark, value }];
    if (this.page.isAttendance(value)) {
      const gone = this.page.isLate(value) || beside ? [] : this.#marksOf(lesson, pupil);
      return [{ key: away, value }, ...gone.map((key) => ({ key, value: null }))];
    }
    const owes = this.page.canMarkAbsent && [value, this.page.get(lesson, pupil, slot)].includes(AWAITED);
    const late = this.page.isLate(this.page.get(lesson, pupil, ATTENDANCE));
    return late || beside || owes ? [{ key: mark, value }] : [{ key: mark, value }, { key: away, value: null }];
  }

  /** The marks of a whole lesson that an absence replaces. */
  #marksOf(lesson, pupil) {
    const goes = (value) => value !== null && !(value === AWAITED && this.page.canMarkAbsent);
    return this.page.works(lesson).filter(({ slot }) => goes(this.page.get(lesson, pupil, slot))).map(({ slot }) => keyOf(lesson.id, pupil.id, slot));
  }
}
