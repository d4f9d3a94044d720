// The line that says whether everything is saved, and the note that says why something is not.
import { explained, h, say } from "./dom.js";

const NOTE_MS = 8000;

export class State {
  constructor(page) {
    this.texts = page.texts;
    this.line = document.getElementById("state");
    this.box = document.getElementById("note");
    const forms = new Intl.PluralRules(document.documentElement.lang);
    this.form = (number) => ({ one: 0, few: 1 })[forms.select(number)] ?? 2;
    this.asked = new Map(); // name → what waits for an answer
    this.said = h("span");
    this.box.append(this.said);
  }

  show(name, waiting, stored = true) {
    this.line.dataset.state = stored ? name : "unstored";
    const { texts } = this;
    if (!stored && waiting) this.line.textContent = texts.unstored;
    else if (name === "offline") this.line.textContent = texts.waiting[this.form(waiting)].replace(/\d+/, waiting);
    else this.line.textContent = texts[name];
    if (["saved", "conflict"].includes(name)) this.withdraw("refused"); // Nothing refused is left.
  }

  /** Say something for a while, under what waits for an answer. */
  note(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#say(""), NOTE_MS);
    this.#say(text);
  }

  /** Ask something until one of the actions is taken, in place of what was asked by the same name; return what asks. */
  ask(name, text, ...actions) {
    const buttons = actions.map(({ title, run }) => {
      const onclick = () => { this.withdraw(name); run(); };
      return h("button", { type: "button", class: "btn btn-sm btn-light", onclick }, title);
    });
    const box = h("div", {}, text, ...buttons.flatMap((button) => [" ", button]));
    this.withdraw(name);
    this.asked.set(name, box);
    this.said.before(box);
    this.box.hidden = false;
    return box;
  }

  /** Ask no more what was asked by this name. */
  withdraw(name) {
    if (!this.asked.has(name)) return;
    this.asked.get(name).remove();
    this.asked.delete(name);
    this.#say(this.said.textContent);
  }

  #say(text) {
    this.said.textContent = text;
    this.box.hidden = !this.asked.size && !text;
  }

  /** Say that there are other rows or columns by now than on the screen; `go` leads to the new ones. */
  rearranged(go) {
    this.ask("rearranged", this.texts.rearranged, { title: this.texts.showAnew, run: go });
  }

  refused(told, ...actions) {
    this.ask("refused", say(this.texts.refused, { why: explained(told) || told.title }), ...actions);
  }
}
