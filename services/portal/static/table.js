// The table on the screen: draws cells, averages and new columns; knows which cell is where.
import { h, say, shortDay } from "./dom.js";
import { ATTENDANCE, AWAITED, keyOf } from "./page.js";

const HEAD_ROWS = 3;

export class Table {
  constructor(element, page) {
    this.element = element;
    this.page = page;
    this.states = new Map(); // key → waiting | conflict | refused
    this.rivals = new Map(); // key → {mine, theirs, seq} of cells in conflict
    this.columns = page.columns();
  }

  cell(row, column) {
    return this.element.rows[row + HEAD_ROWS]?.cells[column + 1];
  }

  /** The cell of a key, wherever its column now is. */
  cellOf(key) {
    const [lesson, pupil, slot] = key.split("/");
    return this.cell(this.rowOf(pupil), this.columnOf(lesson, Number(slot)));
  }

  /** Where a cell of the table is, or null for names, averages and headings. */
  place(td) {
    const row = (td.parentElement?.rowIndex ?? 0) - HEAD_ROWS;
    const column = td.cellIndex - 1;
    return row >= 0 && column >= 0 && column < this.columns.length ? { row, column } : null;
  }

  columnOf(lessonId, slot) {
    return this.columns.findIndex((one) => one.lesson.id === lessonId && (slot === ATTENDANCE ? one.first : one.slot === slot));
  }

  rowOf(pupilId) {
    return this.page.pupils.findIndex((pupil) => pupil.id === pupilId);
  }

  /** Show one value's cell and its pupil's average as they now stand. */
  show(key, state) {
    const [lessonId, pupilId, slot] = key.split("/");
    if (state === null) this.states.delete(key);
    else if (state) this.states.set(key, state);
    const row = this.rowOf(pupilId);
    const column = this.columnOf(lessonId, Number(slot));
    if (row < 0 || column < 0) return;
    this.draw(row, column);
    this.cell(row, this.columns.length).textContent = this.page.average(this.page.pupils[row]);
  }

  draw(row, column) {
    const td = this.cell(row, column);
    const { lesson, slot, first } = this.columns[column];
    const pupil = this.page.pupils[row];
    const away = first ? this.page.get(lesson, pupil, ATTENDANCE) : null;
    const mark = this.page.get(lesson, pupil, slot);
    td.replaceChildren();
    if (away) td.append(h("i", { class: away.length > 2 ? "long" : null }, away));
    if (mark) td.append(h("b", { class: `v-${/^[1-5]$/.test(mark) ? mark : "x"}` }, mark));
    const keys = [keyOf(lesson.id, pupil.id, slot), ...(first ? [keyOf(lesson.id, pupil.id, ATTENDANCE)] : [])];
    const rival = keys.map((key) => this.rivals.get(key)).find(Boolean);
    if (rival) td.append(h("s", { class: "theirs" }, rival.theirs ?? "–"));
    this.#tellMore(td, keys, pupil);
    const states = keys.map((key) => this.states.get(key));
    for (const state of ["waiting", "conflict", "refused"]) td.classList.toggle(state, states.includes(state));
  }

  /** What is known of a cell besides its value: corrected, commented on, absent and yet marked. */
  #tellMore(td, keys, pupil) {
    const { texts, corrected, comments } = this.page;
    const { lesson, slot } = this.columns[td.cellIndex - 1];
    const said = keys.map((key) => this.page.values.has(key) && comments.get(key)).filter(Boolean);
    const isBoth = this.page.isBoth(lesson, pupil, slot);
    const isCorrected = keys.some((key) => corrected.has(key));
    td.classList.toggle("commented", said.length > 0);
    td.classList.toggle("both", isBoth);
    td.classList.toggle("corrected", isCorrected);
    const due = this.page.get(lesson, pupil, slot) === AWAITED && this.page.dues.get(keyOf(lesson.id, pupil.id, slot));
    td.classList.toggle("awaited", Boolean(due));
    td.classList.toggle("overdue", Boolean(due) && due < this.page.today);
    const awaited = due && say(texts.awaitedUntil, { day: shortDay(due) });
    const notes = [isCorrected && texts.corrected, isBoth && texts.both, awaited, ...said].filter(Boolean);
    if (notes.length) td.title = notes.join("\n");
    else td.removeAttribute("title");
  }

  drawAll() {
    for (let row = 0; row < this.page.pupils.length; row += 1) {
      for (let column = 0; column < this.columns.length; column += 1) this.draw(row, column);
      this.cell(row, this.columns.length).textContent = this.page.average(this.page.pupils[row]);
    }
  }

  /** Make the columns what the page's works are now; only those that changed are touched. */
  rebuild() {
    const wanted = this.page.columns();
    const name = (one) => `${one.lesson.id}/${one.slot}`;
    const names = new Set(wanted.map(name));
    for (let at = this.columns.length - 1; at >= 0; at -= 1) if (!names.has(name(this.columns[at]))) this.remove(at);
    for (let at = 0; at < wanted.length; at += 1) {
      if (!this.columns[at] || name(this.columns[at]) !== name(wanted[at])) this.insert(at, wanted[at]);
    }
    this.columns = wanted;
    this.span();
    wanted.forEach((one, at) => this.head(one, at));
    this.onRebuilt?.();
  }

  insert(at, one) {
    const works = this.element.tHead.rows[2];
    works.insertBefore(h("th", { scope: "col" }), works.cells[at] ?? null);
    this.page.pupils.forEach((pupil, row) => {
      const td = h("td", { tabindex: "-1", class: this.page.isOutside(one.lesson, pupil) ? "outside" : null,
        "aria-readonly": this.page.isEditable(one.lesson, pupil) ? null : "true" });
      const line = this.element.rows[row + HEAD_ROWS];
      line.insertBefore(td, line.cells[at + 1]);
    });
    this.columns.splice(at, 0, one);
    this.onShift?.(at, 1);
  }

  remove(at) {
    for (const line of [...this.element.tBodies[0].rows]) line.cells[at + 1].remove();
    this.element.tHead.rows[2].cells[at].remove();
    this.columns.splice(at, 1);
    this.onShift?.(at, -1);
  }

  /** Let the headings of days and months span the columns under them. */
  span() {
    const months = new Map();
    for (const th of this.element.querySelectorAll(".days th")) {
      const lesson = this.page.lessons[Number(th.dataset.lesson)];
      th.colSpan = this.page.works(lesson).length;
      const month = lesson.on.slice(0, 7);
      months.set(month, (months.get(month) ?? 0) + th.colSpan);
    }
    const spans = [...months.values()];
    [...this.element.tHead.rows[0].cells].slice(1, -1).forEach((th, at) => { th.colSpan = spans[at]; });
  }

  head({ lesson, work, first }, at) {
    const th = this.element.tHead.rows[2].cells[at];
    const title = this.page.titleOf(work.type);
    Object.assign(th.dataset, { lesson: this.page.lessons.indexOf(lesson), slot: work.slot });
    th.classList.toggle("first", first);
    const { texts } = this.page;
    const notes = [work.is_monitoring && texts.monitoring, !work.counts && texts.notCounted].filter(Boolean);
    th.title = [work.title ? `${title}: ${work.title}` : title, ...notes].join(", ");
    th.classList.toggle("monitored", Boolean(work.is_monitoring));
    th.classList.toggle("uncounted", !work.counts);
    th.replaceChildren(lesson.works.length ? title.slice(0, 3) : h("span", { class: "visually-hidden" }, title));
    if (lesson.works.length && work.weight > 1) th.append(h("sub", {}, String(work.weight)));
  }
}
