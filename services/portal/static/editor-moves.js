// Moving a card: by the mouse, by the keyboard, or by a tap on it and another on its place.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEVELS = ["can-free", "can-warning", "can-error"];

export class Moves {
  constructor({ draft, board, sync, say, onEdit, bar }) {
    Object.assign(this, { draft, board, sync, say, onEdit, bar, carried: null });
    const { table, tray } = board;
    for (const area of [table, tray]) {
      area.addEventListener("dragstart", (event) => this.#dragStart(event));
      area.addEventListener("dragend", () => this.#letGo());
      area.addEventListener("dragover", (event) => { if (this.#target(event)) event.preventDefault(); });
      area.addEventListener("drop", (event) => this.#drop(event));
      area.addEventListener("keydown", (event) => this.#key(event));
      area.addEventListener("dblclick", (event) => { if (this.#cardAt(event)) this.onEdit(this.#cardAt(event)); });
      area.addEventListener("click", (event) => this.#click(event));
    }
    table.addEventListener("focusin", (event) => board.visit(event.target));
    for (const button of bar.querySelectorAll("[data-carry]")) button.addEventListener("click", () => this.#act(button.dataset.carry));
  }

  #cardAt(event) {
    return this.draft.cards.get(event.target.closest("[data-id]")?.dataset.id);
  }

  #dragStart(event) {
    const card = this.#cardAt(event);
    if (!card || card.is_locked) return event.preventDefault();
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.draft.title(card));
    return this.#carry(card, false);
  }

  /** Where a drag or a tap points: a cell the card may stand in, or the tray. */
  #target(event) {
    if (!this.carried) return null;
    if (event.target.closest("#tray")) return "tray";
    const key = event.target.closest("td[data-key]")?.dataset.key;
    return key && this.#reachable(key) ? key : null;
  }

  #reachable(key) {
    const [lane] = key.split("/");
    return !lane || this.draft.classesOf(this.carried.card).includes(lane);
  }

  #drop(event) {
    const target = this.#target(event);
    if (!target) return;
    event.preventDefault();
    this.#place(target);
  }

  #click(event) {
    const card = this.#cardAt(event);
    if (this.carried) {
      const target = this.#target(event);
      if (target && card !== this.carried.card) this.#place(target);
      return;
    }
    // A finger cannot drag here without scrolling: it takes by a tap.
    if (card && event.pointerType === "touch") this.#take(card);
  }

  #take(card) {
    if (card.is_locked) return this.say(this.draft.texts.locked);
    this.say(this.draft.texts.taken.replace("%(what)s", this.draft.title(card)));
    return this.#carry(card, true);
  }

  /** Hold a card; show where it may go as soon as the service has said so. */
  async #carry(card, isByKeys) {
    this.#letGo();
    const held = { card, isByKeys, key: null, places: new Map() };
    this.carried = held;
    this.#toggle(true);
    held.places = await this.sync.placesOf(card);
    if (this.carried !== held) return;
    for (const [key, cell] of this.board.cells) if (this.#reachable(key)) this.#colour(key, cell);
    if (isByKeys && held.key === null) this.#point(this.#firstKey());
  }

  #toggle(isOn) {
    this.board.table.classList.toggle("is-carrying", isOn);
    this.bar.querySelector("#carry-actions").hidden = !(isOn && this.carried.isByKeys);
    this.board.elementOf(this.carried.card.id)?.classList.toggle("is-held", isOn);
  }

  #against(key) {
    return this.carried.places.get(key.split("/").slice(1).join("/")) ?? [];
  }

  #colour(key, cell) {
    const against = this.#against(key);
    const level = against.some((one) => one.severity === "error") ? 2 : against.length ? 1 : 0;
    cell.classList.add(LEVELS[level]);
    cell.title = against.map((one) => one.text).join("\n") || this.draft.texts.free;
  }

  #firstKey() {
    const { card } = this.carried;
    const own = this.board.keysOf(card)[0];
    if (own) return own;
    const open = [...this.board.cells.keys()].filter((key) => this.#reachable(key));
    return open.find((key) => !this.#against(key).length && !this.board.held.get(key)?.size) ?? open[0];
  }

  /** Point at a place by the keyboard, and tell what stands against it. */
  #point(key) {
    if (!key) return;
    for (const cell of this.board.table.querySelectorAll(".is-pointed")) cell.classList.remove("is-pointed");
    this.carried.key = key;
    const cell = this.board.cells.get(key);
    cell.classList.add("is-pointed");
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    cell.focus({ preventScroll: true });
    const against = this.#against(key).map((one) => one.text).join("; ");
    this.say(`${this.board.placeOf(key)}: ${against || this.draft.texts.free}`);
  }

  #place(target) {
    const { card } = this.carried;
    const { texts } = this.draft;
    this.#letGo();
    if (target === "tray") return this.unplace(card);
    const [weekday, number] = target.split("/").slice(1).map(Number);
    if (weekday === card.weekday && number === card.number) this.say(texts.left.replace("%(what)s", this.draft.title(card)));
    else {
      const starts = this.draft.startsAt(card, number);
      this.sync.change(card, { weekday, number, starts });
      const where = this.draft.place(weekday, number);
      this.say(texts.put.replace("%(what)s", this.draft.title(card)).replace("%(where)s", where));
    }
    return this.board.focus(card.id);
  }

  unplace(card) {
    if (card.is_locked) return this.say(this.draft.texts.locked);
    if (card.weekday === null) return null;
    this.sync.change(card, { weekday: null, number: null, starts: null });
    return this.say(this.draft.texts.taken_off.replace("%(what)s", this.draft.title(card)));
  }

  #letGo() {
    if (!this.carried) return;
    this.#toggle(false);
    for (const cell of this.board.table.querySelectorAll("td.can-free, td.can-warning, td.can-error, td.is-pointed")) {
      cell.classList.remove(...LEVELS, "is-pointed");
      cell.removeAttribute("title");
    }
    this.carried = null;
    this.bar.querySelector("#carry-actions").hidden = true;
  }

  cancel() {
    if (!this.carried) return;
    const { card } = this.carried;
    this.#letGo();
    this.say(this.draft.texts.left.replace("%(what)s", this.draft.title(card)));
    this.board.focus(card.id);
  }

  #act(what) {
    const { card } = this.carried;
    if (what === "cancel") return this.cancel();
    this.#letGo();
    return what === "edit" ? this.onEdit(card) : this.unplace(card);
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    const act = this.carried?.isByKeys ? this.#carryingKey(event, arrow) : this.#plainKey(event, arrow);
    if (act) event.preventDefault();
  }

  #carryingKey(event, arrow) {
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && this.carried.key) this.#place(this.carried.key);
    else if (event.key === "Delete") this.#act("unplace");
    else if (arrow && this.carried.key) this.#point(this.#beside(this.carried.key, ...arrow));
    else return false;
    return true;
  }

  /** A day to the side, a lesson up or down: the same in every view. */
  #beside(key, dx, dy) {
    const [lane, weekday, number] = key.split("/");
    const next = `${lane}/${Number(weekday) + dx}/${Number(number) + dy}`;
    return this.board.cells.has(next) ? next : key;
  }

  #plainKey(event, arrow) {
    const card = this.#cardAt(event);
    if (arrow) this.#walk(event, arrow);
    else if (card && event.key === "Enter") this.#take(card);
    else if (card && event.key === "Delete") this.unplace(card);
    else if (card && event.code === "KeyE") this.onEdit(card);
    else return false;
    return true;
  }

  #walk(event, [dx, dy]) {
    const { tray } = this.board;
    if (!tray.contains(event.target)) return this.board.step(event.target, dx, dy).focus();
    const cards = [...tray.querySelectorAll("[data-id]")];
    return cards[cards.indexOf(event.target) + (dx || dy)]?.focus();
  }
}
