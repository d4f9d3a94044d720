// The board: one cell for each place of the week, drawn once; a change draws the cells it concerns.

import { h } from "./dom.js";

const SIGNS = { error: "!", warning: "△" };
const MOST_IN_TRAY = 200;

export class Board {
  constructor(table, tray, draft) {
    Object.assign(this, { table, tray, draft, by: "class", who: draft.classes[0] ?? "" });
  }

  /** Draw everything as a class, a teacher, a room or the whole school sees it. */
  show(by, who) {
    Object.assign(this, { by, who, cells: new Map(), held: new Map() });
    this.rows = by === "school" ? this.draft.days.flatMap((_, day) => this.draft.hours.map((hour) => ({ day: day + 1, hour })))
      : this.draft.hours.map((hour) => ({ day: null, hour }));
    this.lanes = by === "school" ? this.draft.classes : this.draft.days.map((_, day) => day + 1);
    this.table.classList.toggle("of-school", by === "school");
    for (const card of this.draft.cards.values()) for (const key of this.keysOf(card)) this.#hold(key, card.id);
    this.table.replaceChildren(this.#head(), h("tbody", {}, ...this.rows.map((row) => this.#row(row))));
    this.drawTray();
    this.#enter();
  }

  #head() {
    const { texts } = this.draft;
    const corner = [...(this.by === "school" ? [texts.days] : []), texts.edit_card].map((name) =>
      h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, name)));
    const title = (lane) => (this.by === "school" ? this.draft.groups[lane] ?? "" : this.draft.days[lane - 1]);
    return h("thead", {}, h("tr", {}, ...corner, ...this.lanes.map((lane) => h("th", { scope: "col" }, title(lane)))));
  }

  #row({ day, hour }) {
    const begins = day !== null && hour === this.draft.hours[0];
    const heads = begins ? [h("th", { scope: "rowgroup", rowspan: this.draft.hours.length, class: "day-name" }, h("span", {}, this.draft.days[day - 1]))] : [];
    const time = hour.starts && day === null ? [h("time", {}, hour.starts)] : [];
    heads.push(h("th", { scope: "row", class: "hour" }, String(hour.number), ...time));
    const cells = this.lanes.map((lane) => (day === null ? this.#cell("", lane, hour.number) : this.#cell(lane, day, hour.number)));
    return h("tr", { class: begins ? "begins" : null }, ...heads, ...cells);
  }

  #cell(lane, weekday, number) {
    const key = `${lane}/${weekday}/${number}`;
    const cell = h("td", { role: "gridcell", tabindex: "-1", "data-key": key });
    this.cells.set(key, cell);
    this.#fill(key);
    return cell;
  }

  #fill(key) {
    const cards = [...(this.held.get(key) ?? [])].map((id) => this.draft.cards.get(id));
    cards.sort((a, b) => a.week - b.week || this.draft.title(a).localeCompare(this.draft.title(b)));
    const cell = this.cells.get(key);
    cell.replaceChildren(...cards.map((card) => this.cardElement(card)));
    if (!cards.length) cell.setAttribute("aria-label", this.placeOf(key));
    else cell.removeAttribute("aria-label");
  }

  /** Make a card; where the place does not tell whose it is, it names its groups. */
  cardElement(card, namesGroups = this.by === "teacher" || this.by === "room") {
    const { draft, by } = this;
    const severity = draft.bad.get(card.id);
    const parts = {
      groups: namesGroups || card.group_ids.some((id) => draft.classOf[id] !== id) ? draft.names("groups", card.group_ids) : "",
      teachers: by === "teacher" ? "" : draft.names("teachers", card.teacher_ids),
      rooms: by === "room" ? "" : draft.rooms[card.room_id] ?? "",
    };
    const about = Object.values(parts).filter(Boolean).join(" · ");
    const marks = [];
    if (severity) marks.push(h("i", { class: "sign", title: draft.texts[severity] }, SIGNS[severity], h("span", { class: "visually-hidden" }, ` ${draft.texts[severity]}`)));
    if (card.week) marks.push(h("i", { class: "week" }, draft.texts.week[card.week]));
    if (card.is_locked) marks.push(h("i", { class: "lock", title: draft.texts.is_locked }, "▣", h("span", { class: "visually-hidden" }, draft.texts.is_locked)));
    const name = draft.subjects[card.subject_id] ?? "";
    return h("button", {
      type: "button", class: `card-lesson${severity ? ` is-${severity}` : ""}`, "data-id": card.id, tabindex: "-1",
      draggable: draft.canEdit && !card.is_locked ? "true" : null, title: [name, draft.names("groups", card.group_ids), about].join(" · "),
    }, ...marks, h("b", {}, name), h("small", {}, about));
  }

  drawTray() {
    const waiting = this.draft.unplaced.filter((card) => this.draft.isOf(card, this.by, this.who));
    waiting.sort((a, b) => this.draft.title(a).localeCompare(this.draft.title(b), "ru", { numeric: true }));
    const shown = waiting.slice(0, MOST_IN_TRAY).map((card) => this.cardElement(card, true));
    const left = waiting.length - shown.length;
    const rest = left ? [this.draft.texts.more.replace("%(count)s", left)] : waiting.length ? [] : [this.draft.texts.tray_empty];
    this.tray.replaceChildren(...shown, ...rest);
    shown[0]?.setAttribute("tabindex", "0");
  }

  keysOf(card) {
    if (card.weekday === null) return [];
    if (this.by === "school") return this.draft.classesOf(card).filter((id) => this.draft.groups[id]).map((id) => `${id}/${card.weekday}/${card.number}`);
    return this.draft.isOf(card, this.by, this.who) ? [`/${card.weekday}/${card.number}`] : [];
  }

  #hold(key, id) {
    if (!this.held.has(key)) this.held.set(key, new Set());
    this.held.get(key).add(id);
  }

  /** Put a card where it is now; `null` after the old one takes it away. */
  update(before, after) {
    const focused = document.activeElement?.closest?.("[data-id]")?.dataset.id;
    const keys = new Set();
    for (const key of before ? this.keysOf(before) : []) {
      this.held.get(key)?.delete(before.id);
      keys.add(key);
    }
    for (const key of after ? this.keysOf(after) : []) {
      this.#hold(key, after.id);
      keys.add(key);
    }
    for (const key of keys) if (this.cells.has(key)) this.#fill(key);
    if (!before || !after || before.weekday === null || after.weekday === null) this.drawTray();
    this.#refocus(focused);
    this.#enter();
  }

  /** Give the focus back to a card that was drawn anew. */
  #refocus(id) {
    if (id && document.activeElement === document.body) this.elementOf(id)?.focus({ preventScroll: true });
  }

  /** Mark cards anew: those of these ids stand better or worse than before. */
  mark(ids) {
    const keys = new Set(ids.flatMap((id) => (this.draft.cards.has(id) ? this.keysOf(this.draft.cards.get(id)) : [])));
    const focused = document.activeElement?.closest?.("[data-id]")?.dataset.id;
    for (const key of keys) if (this.cells.has(key)) this.#fill(key);
    this.#refocus(focused);
    this.#enter();
  }

  placeOf(key) {
    const [lane, weekday, number] = key.split("/");
    const at = this.draft.place(Number(weekday), Number(number));
    return lane ? `${this.draft.groups[lane]}: ${at}` : at;
  }

  elementOf(id) {
    return this.table.querySelector(`[data-id="${id}"]`) ?? this.tray.querySelector(`[data-id="${id}"]`);
  }

  focus(id) {
    const found = this.elementOf(id);
    found?.scrollIntoView({ block: "nearest", inline: "nearest" });
    found?.focus();
  }

  /** One element of the board is a stop of the Tab key: the first, until another was visited. */
  #enter() {
    if (this.table.querySelector('[tabindex="0"]')) return;
    (this.table.querySelector("[data-id]") ?? this.table.querySelector("td"))?.setAttribute("tabindex", "0");
  }

  visit(element) {
    for (const one of this.table.querySelectorAll('[tabindex="0"]')) one.setAttribute("tabindex", "-1");
    element.setAttribute("tabindex", "0");
  }

  /** Step from an element of the board: dx lanes, dy rows; cards that share a cell are steps of their own. */
  step(from, dx, dy) {
    const cell = from.closest("td");
    const cards = [...cell.querySelectorAll("[data-id]")];
    const at = cards.indexOf(from);
    if (dy && at >= 0 && cards[at + dy]) return cards[at + dy];
    const rows = [...this.table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
    const y = rows.findIndex((row) => row.includes(cell));
    const next = rows[y + dy]?.[rows[y].indexOf(cell) + dx];
    if (!next) return from;
    const within = [...next.querySelectorAll("[data-id]")];
    return (dy < 0 ? within.at(-1) : within[0]) ?? next;
  }
}
