// A table that behaves like a spreadsheet: type, move, paste a block, undo. What its cells mean, a model knows:
// editable(row, column), format(row, column), parse(text, row, column, typed) -> {value} or {error}, where `typed` is
// all that is put at once, [row, column, text] each; value(row, column), write(row, column, value), draw(td, row, column), totals(); perhaps key(event, selection) for keys of its own,
// keepsUnderBlanks, when a blank that is pasted says nothing, and isShared, when others write in the same cells.
import { readBlock } from "./block.js";
import { say } from "./dom.js";
import { Selection } from "./selection.js";

const REMEMBERED = 200;

export class Sheet {
  constructor(element, { rows, columns, model, texts, note, list = null }) {
    Object.assign(this, { element, model, texts, note, list, done: [], undone: [] });
    this.lines = [...element.querySelectorAll("tbody tr[data-row]")];
    this.page = { pupils: rows, lessons: columns }; // As the selection of the journal's grid knows them.
    this.columns = columns.map((column) => ({ lesson: column }));
    this.selection = new Selection(this, () => {});
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("dblclick", (event) => { if (event.target.closest("td")) this.open(); });
    element.addEventListener("focusout", (event) => { if (event.target === this.input) this.close(true); });
    // Before the page asks whether anything is unsaved: what is being typed is.
    window.addEventListener("beforeunload", () => this.close(true), { capture: true });
    document.addEventListener("copy", (event) => this.#copy(event));
    document.addEventListener("paste", (event) => this.#paste(event));
    this.drawAll();
  }

  cell(row, column) { return this.lines[row].cells[column + 1]; }

  place(td) {
    const row = this.lines.indexOf(td.parentElement);
    const column = td.cellIndex - 1;
    return row >= 0 && column >= 0 && column < this.columns.length ? { row, column } : null;
  }

  /** Draw all cells but the one that is being typed in. */
  drawAll() {
    this.lines.forEach((_, row) => this.columns.forEach((__, column) => {
      const td = this.cell(row, column);
      if (!this.input || !td.contains(this.input)) this.model.draw(td, row, column);
    }));
    this.model.totals();
  }

  /** Change cells as one step to undo: [{row, column, value}]. */
  apply(changes) {
    const step = changes.map((one) => ({ ...one, was: this.model.value(one.row, one.column) }))
      .filter(({ value, was }) => JSON.stringify(value) !== JSON.stringify(was));
    if (!step.length) return;
    this.done.push(step);
    if (this.done.length > REMEMBERED) this.done.shift();
    this.undone = [];
    this.#write(step, "value");
  }

  /** Of cells that were not changed after all, [{row, column}], the last step has nothing to undo. */
  forget(places) {
    const step = this.done.pop()?.filter((one) => !places.some(({ row, column }) => row === one.row && column === one.column));
    if (step?.length) this.done.push(step);
  }

  undo() { this.#again(this.done, this.undone, "value", "was"); }

  redo() { this.#again(this.undone, this.done, "was", "value"); }

  /** Open the active cell for typing; with what was typed first, or with what stands in it. */
  open(first = null) {
    const { row, column } = this.selection;
    if (this.input) return;
    if (!this.model.editable(row, column)) { this.note(this.texts.readOnly); return; }
    this.input = document.createElement("input");
    Object.assign(this.input, { value: first ?? this.model.format(row, column), autocomplete: "off", spellcheck: false });
    const line = this.lines[row].cells[0].textContent.trim().replace(/\s+/g, " ");
    this.input.setAttribute("aria-label", `${line}, ${this.page.lessons[column].title}`);
    if (this.list) this.input.setAttribute("list", this.list);
    this.at = { row, column };
    this.cell(row, column).replaceChildren(this.input);
    this.input.focus();
    if (first === null) this.input.select();
  }

  close(isKept) {
    if (!this.input) return;
    const { input, at } = this;
    this.input = null;
    if (isKept) this.#put([[at.row, at.column, input.value]]);
    this.model.draw(this.cell(at.row, at.column), at.row, at.column);
    this.model.totals();
  }

  #put(typed) {
    const changes = [];
    const wrong = [];
    for (const [row, column, text] of typed) {
      if (!this.model.editable(row, column)) continue;
      const read = this.model.parse(text.trim(), row, column, typed);
      if (read.error) wrong.push(read.error);
      else changes.push({ row, column, value: read.value });
    }
    this.apply(changes);
    this.#tell([...new Set(wrong)].slice(0, 3).join(" "));
  }

  /** Say what is wrong with what was typed; with nothing, take back what was said before. */
  #tell(wrong) {
    const box = document.getElementById("note");
    if (wrong) this.note(wrong);
    else if (this.wrong && box.textContent === this.wrong) box.hidden = true; // Another note stays.
    this.wrong = wrong;
  }

  #write(step, which) {
    for (const { row, column, ...told } of step) this.model.write(row, column, told[which]);
    for (const { row, column } of step) this.model.draw(this.cell(row, column), row, column);
    this.model.totals();
  }

  /** Go a step back, or on again; where others write, too, but for cells that hold something else since. */
  #again(from, to, left, wanted) {
    const step = from.pop();
    if (!step) return;
    const own = step.filter((one) => !this.model.isShared || this.model.value(one.row, one.column) === one[left]);
    if (own.length) {
      to.push(own);
      this.#write(own, wanted);
    }
    if (own.length < step.length) this.note(say(this.texts.otherSince, { count: step.length - own.length }));
  }

  #key(event) {
    if (event.isComposing || !event.target.closest("td")) return;
    if (event.target === this.input ? this.#typing(event) : this.#moving(event)) event.preventDefault();
  }

  #typing(event) {
    const steps = { Enter: [event.shiftKey ? -1 : 1, 0], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const goes = steps[event.key] && !(this.list && event.key.startsWith("Arrow")); // Arrows choose from the list.
    if (goes) { this.close(true); this.selection.by(...steps[event.key]); return true; }
    if (event.key === "Tab") { this.close(true); return this.#tab(event.shiftKey); }
    if (event.key === "Escape") { this.close(false); this.selection.by(0, 0); return true; }
    return false;
  }

  #moving(event) {
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Tab") return !this.leaving && this.#tab(event.shiftKey);
    this.leaving = event.key === "Escape"; // Escape, then Tab, leads out of the table.
    if (this.model.key?.(event, this.selection)) return true;
    if (command && event.code === "KeyZ") { if (event.shiftKey) this.redo(); else this.undo(); return true; }
    if (command && event.code === "KeyY") { this.redo(); return true; }
    if (this.selection.key(event)) return true;
    if (command || event.altKey) return false;
    if (event.key === "Delete" || event.key === "Backspace") {
      this.#put(this.selection.places().map(({ row, column }) => [row, column, ""]));
      return true;
    }
    if (event.key === "F2") { this.open(); return true; }
    if (event.key.length !== 1) return false;
    this.open(event.key === " " ? null : event.key);
    return true;
  }

  /** Go on to the next cell, line after line; behind the last one the page goes on. */
  #tab(isBack) {
    const { row, column } = this.selection;
    const at = row * this.columns.length + column + (isBack ? -1 : 1);
    if (at < 0 || at >= this.lines.length * this.columns.length) return false;
    this.selection.to(Math.floor(at / this.columns.length), at % this.columns.length);
    return true;
  }

  #copy(event) {
    if (this.input || !this.element.contains(document.activeElement)) return;
    const lines = new Map();
    for (const { row, column } of this.selection.places()) {
      lines.set(row, [...(lines.get(row) ?? []), this.model.format(row, column)]);
    }
    const ordered = [...lines.entries()].sort(([a], [b]) => a - b);
    event.clipboardData.setData("text/plain", ordered.map(([, cells]) => cells.join("\t")).join("\n"));
    event.preventDefault();
  }

  /** Put a block from a spreadsheet from the active cell on; what does not fit is told and left out. */
  #paste(event) {
    if (this.input || !this.element.contains(document.activeElement)) return;
    event.preventDefault();
    const { row, column, anchorRow, anchorColumn } = this.selection;
    const [top, left] = [Math.min(row, anchorRow), Math.min(column, anchorColumn)];
    const typed = [];
    let leftOut = 0;
    readBlock(event.clipboardData.getData("text/plain")).forEach((cells, down) => {
      cells.forEach((cell, right) => {
        const text = cell.replace(/\s*\n\s*/g, " "); // What is typed into a cell is one line, too.
        if (!text && this.model.keepsUnderBlanks) return;
        const fits = top + down < this.lines.length && left + right < this.columns.length;
        if (fits && this.model.editable(top + down, left + right)) typed.push([top + down, left + right, text]);
        else leftOut += 1;
      });
    });
    this.#put(typed);
    if (leftOut) this.note(say(this.texts.leftOut, { count: leftOut }));
  }
}

/** Read hours as people type them, «1,5», in quarters; null for what is no such number. */
export function readQuarters(text) {
  if (!/^\d{1,2}([.,]\d{1,2})?$/.test(text)) return null;
  const quarters = Number(text.replace(",", ".")) * 4;
  return Number.isInteger(quarters) && quarters <= 160 ? quarters : null;
}

/** Write quarters of hours the way the page's language does. */
export function hours(quarters) {
  return new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 }).format(quarters / 4);
}
