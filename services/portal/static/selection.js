// Which cell is active and which are selected with it; arrows, mouse and touch.

const PAGE_ROWS = 10;

export class Selection {
  constructor(table, onMove) {
    Object.assign(this, { table, onMove, row: 0, column: 0, anchorRow: 0, anchorColumn: 0 });
    const { element } = table;
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointerover", (event) => this.#drag(event));
    element.addEventListener("focusin", (event) => this.#focused(event));
    document.addEventListener("pointerup", () => { this.dragging = false; });
    Object.assign(table, { onShift: (at, by) => this.#shift(at, by), onRebuilt: () => this.mark() });
  }

  get rows() { return this.table.page.pupils.length; }

  get columns() { return this.table.columns.length; }

  /** All selected places, column by column, from the top. */
  places() {
    const [top, bottom] = [this.row, this.anchorRow].sort((a, b) => a - b);
    const [left, right] = [this.column, this.anchorColumn].sort((a, b) => a - b);
    const found = [];
    for (let column = left; column <= right; column += 1) {
      for (let row = top; row <= bottom; row += 1) found.push({ row, column });
    }
    return found;
  }

  to(row, column, { extend = false, focus = true } = {}) {
    this.row = Math.max(0, Math.min(this.rows - 1, row));
    this.column = Math.max(0, Math.min(this.columns - 1, column));
    if (!extend) Object.assign(this, { anchorRow: this.row, anchorColumn: this.column });
    this.mark();
    if (focus) {
      const td = this.table.cell(this.row, this.column);
      td.focus({ preventScroll: true });
      this.reveal(td);
    }
    this.onMove(this);
  }

  by(rows, columns, extend = false) {
    this.to(this.row + rows, this.column + columns, { extend });
  }

  mark() {
    const { element } = this.table;
    for (const td of element.querySelectorAll("td[aria-selected], td.active, th.active")) {
      td.removeAttribute("aria-selected");
      td.classList.remove("active");
      if (td.tagName === "TD") td.tabIndex = -1;
    }
    const places = this.places();
    if (places.length > 1) for (const at of places) this.table.cell(at.row, at.column).setAttribute("aria-selected", "true");
    const active = this.table.cell(this.row, this.column);
    active.tabIndex = 0;
    active.classList.add("active");
    active.parentElement.cells[0].classList.add("active");
    const index = this.table.page.lessons.indexOf(this.table.columns[this.column].lesson);
    element.querySelector(`.days th[data-lesson="${index}"]`).classList.add("active");
  }

  /** Scroll so that the cell is not hidden under the headings, which stay in place. */
  reveal(td) {
    const wrap = this.table.element.parentElement;
    const name = td.parentElement.cells[0].getBoundingClientRect();
    const head = this.table.element.tHead.getBoundingClientRect();
    const box = td.getBoundingClientRect();
    const frame = wrap.getBoundingClientRect();
    const last = td.parentElement.cells[this.columns + 1]; // A sum or an average, where the table has one.
    const end = last ? last.getBoundingClientRect().left : frame.right;
    if (box.left < name.right) wrap.scrollLeft -= name.right - box.left;
    else if (box.right > end) wrap.scrollLeft += box.right - end;
    if (box.top < head.bottom) wrap.scrollTop -= head.bottom - box.top;
    else if (box.bottom > frame.bottom) wrap.scrollTop += box.bottom - frame.bottom;
    if (this.floor) {
      const over = td.getBoundingClientRect().bottom - this.floor();
      if (over > 0) { wrap.scrollTop += over; window.scrollBy(0, Math.max(0, td.getBoundingClientRect().bottom - this.floor())); }
    }
  }

  /** Handle a key that moves; tell whether it did. */
  key(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      PageUp: [-PAGE_ROWS, 0], PageDown: [PAGE_ROWS, 0] };
    const { key, shiftKey: extend } = event;
    const whole = event.ctrlKey || event.metaKey;
    if (key === "Enter") this.by(extend ? -1 : 1, 0);
    else if (key === "Home") this.to(whole ? 0 : this.row, 0, { extend });
    else if (key === "End") this.to(whole ? this.rows - 1 : this.row, this.columns - 1, { extend });
    else if (key === "Escape") this.to(this.row, this.column);
    else if (steps[key] && whole) this.to(this.row + steps[key][0] * this.rows, this.column + steps[key][1] * this.columns, { extend });
    else if (steps[key]) this.by(...steps[key], extend);
    else return false;
    return true;
  }

  /** Stay with the cell when a column is put in before it or goes; of one that goes, with that before it. */
  #shift(at, by) {
    for (const name of ["column", "anchorColumn"]) if (at <= this[name]) this[name] = Math.max(0, this[name] + by);
  }

  #press(event) {
    const head = event.target.closest("thead th[data-lesson]");
    if (head) {
      const column = this.table.columns.findIndex((one) =>
        this.table.page.lessons.indexOf(one.lesson) === Number(head.dataset.lesson)
        && (!head.dataset.slot || one.slot === Number(head.dataset.slot)));
      event.preventDefault();
      this.to(this.row, column);
      return;
    }
    const td = event.target.closest("td");
    const at = td && this.table.place(td);
    if (!at || event.pointerType !== "mouse" || event.button !== 0) return;
    event.preventDefault(); // Text is not selected while cells are.
    this.dragging = true;
    this.to(at.row, at.column, { extend: event.shiftKey });
  }

  #drag(event) {
    const at = this.dragging && event.target.closest("td") && this.table.place(event.target.closest("td"));
    if (at) this.to(at.row, at.column, { extend: true });
  }

  /** A finger or a screen reader focuses a cell without a mouse. */
  #focused(event) {
    const at = event.target.closest("td") && this.table.place(event.target.closest("td"));
    if (at && (at.row !== this.row || at.column !== this.column)) this.to(at.row, at.column, { focus: false });
  }
}
