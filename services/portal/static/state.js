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
  }

  show(name, waiting, stored = true) {
    this.line.dataset.state = stored ? name : "unstored";
    const { texts } = this;
    if (!stored && waiting) this.line.textContent = texts.unstored;
    else if (name === "offline") this.line.textContent = texts.waiting[this.form(waiting)].replace(/\d+/, waiting);
    else this.line.textContent = texts[name];
  }

  /** Say something for a while; with actions, until one is taken. */
  note(text, ...actions) {
    clearTimeout(this.timer);
    this.box.hidden = false;
    this.box.replaceChildren(text);
    if (!actions.length) this.timer = setTimeout(() => { this.box.hidden = true; }, NOTE_MS);
    for (const { title, run } of actions) {
      const onclick = () => { this.box.hidden = true; run(); };
      this.box.append(" ", h("button", { type: "button", class: "btn btn-sm btn-light", onclick }, title));
    }
  }

  /** Say that there are other rows or columns by now than on the screen; `go` leads to the new ones. */
  rearranged(go) {
    this.note(this.texts.rearranged, { title: this.texts.showAnew, run: go });
  }

  refused(told, ...actions) {
    this.note(say(this.texts.refused, { why: explained(told) || told.title }), ...actions);
  }
}
