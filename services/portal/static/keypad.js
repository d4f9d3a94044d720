// The key pad on the screen: for fingers always there, for the keyboard opened by the space bar.
import { h, say, shortDay } from "./dom.js";
import { AWAITED } from "./page.js";

export class Keypad {
  constructor({ table, selection, typing, onSecond }) {
    Object.assign(this, { table, selection, typing, onSecond, page: table.page });
    this.box = document.getElementById("keypad");
    this.title = h("p", { class: "keypad-title" });
    this.touch = window.matchMedia("(pointer: coarse), (max-width: 700px)");
    this.box.append(this.title, ...this.#rows());
    selection.floor = () => (this.box.hidden ? Infinity : this.box.getBoundingClientRect().top);
    table.element.addEventListener("click", (event) => {
      const td = event.target.closest("td");
      if (this.touch.matches && td && table.place(td)) this.open({ focus: false });
    });
    document.addEventListener("focusin", (event) => {
      // The pad makes room for the topic and the homework.
      if (!event.target.closest("#grid, #keypad, .choice")) this.#hide();
    });
    this.box.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }

  open({ focus = true } = {}) {
    this.box.hidden = false;
    document.body.classList.add("keypad-open");
    this.follow(this.selection);
    const td = this.table.cell(this.selection.row, this.selection.column);
    this.selection.reveal(td);
    if (focus) this.box.querySelector("button").focus();
  }

  #hide() {
    this.box.hidden = true;
    document.body.classList.remove("keypad-open");
  }

  close() {
    this.#hide();
    this.table.cell(this.selection.row, this.selection.column).focus();
  }

  /** Name the pupil and the lesson the next key is for. */
  follow({ row, column }) {
    if (this.box.hidden) return;
    const { lesson, work } = this.table.columns[column];
    const kind = this.page.titleOf(work.type);
    this.title.replaceChildren(h("strong", {}, this.page.pupils[row].name), ` ${shortDay(lesson.on)}, ${kind}`);
  }

  #rows() {
    const { texts } = this.page;
    const key = (value, title, kind) => h("button", { type: "button", class: `key ${kind}`, title, onclick: () => this.#press(value) }, value);
    const digits = this.page.scale.filter((value) => /^\d$/.test(value));
    const words = this.page.scale.filter((value) => !/^\d+$/.test(value) || (this.page.scale.length < 30 && value.length > 1));
    const act = (text, title, run, kind = "act") => h("button", { type: "button", class: `key ${kind}`, title, "aria-label": title, onclick: run }, text);
    return [
      h("div", { class: "keys" }, ...digits.map((value) => key(value, null, `digit v-${value}`)), act("⌫", texts.clear, () => this.#press(null)), act("↓", texts.down, () => this.selection.by(1, 0))),
      h("div", { class: "keys" }, ...Object.entries(this.page.attendanceSigns()).map(([value, title]) => key(value, title, "away"))),
      h("div", { class: "keys" }, ...words.map((value) => key(value, value === AWAITED ? texts.awaited : null, "word")), act("+", say(texts.second, {}), () => this.onSecond()), act("×", texts.close, () => this.close())),
    ];
  }

  #press(value) {
    if (/^\d$/.test(value ?? "")) this.typing.digit(value);
    else this.typing.put(value);
    if (!this.touch.matches) this.close();
    else if (value !== null && !this.page.mayGrow(value) && !this.typing.goesDown()) this.selection.by(1, 0);
  }
}
