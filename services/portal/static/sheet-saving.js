// Columns of a sheet on their way to the service: each is sent whole, with the state it was seen in.
import { explained, say } from "./dom.js";

const PAUSE_MS = 600;
const AGAIN_MS = 5000;

export class Saving {
  constructor({ columns, body, texts, onRefused = () => {}, onSaved = () => {} }) {
    Object.assign(this, { columns, body, texts, onRefused, onSaved, dirty: new Set(), stuck: new Set(), line: document.getElementById("state") });
    this.csrf = document.querySelector("meta[name=csrf-token]").content;
    this.box = document.getElementById("note");
    window.addEventListener("beforeunload", (event) => this.#leave(event));
    window.addEventListener("pagehide", () => this.#sendAll());
    if (columns.some((column) => column.editable)) this.show("saved");
  }

  changed(column) {
    if (this.stuck.has(column)) return;
    this.dirty.add(column);
    this.show("saving");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Send at once what waits, and hold whoever leaves until it is saved. */
  #leave(event) {
    if (!this.dirty.size && !this.sending) return;
    clearTimeout(this.timer);
    this.flush();
    event.preventDefault();
  }

  #sendAll() {
    for (const column of this.dirty) this.#send(column);
    this.dirty.clear();
  }

  async flush() {
    if (this.sending) return;
    for (const column of [...this.dirty]) {
      this.dirty.delete(column);
      this.sending = true;
      const outcome = await this.#send(column);
      this.sending = false;
      if (outcome === "again") {
        this.dirty.add(column);
        this.show("unanswered");
        this.timer = setTimeout(() => this.flush(), AGAIN_MS);
        return;
      }
    }
    if (this.dirty.size) this.flush();
    else this.show(this.stuck.size ? "stuck" : "saved");
  }

  /** Send a column; what was changed meanwhile is sent after it. */
  async #send(at) {
    const column = this.columns[at];
    let answer;
    let told;
    try {
      answer = await fetch(column.url, {
        method: "PUT",
        keepalive: true, // Also when the page is left meanwhile.
        headers: {
          "Content-Type": "application/json", Accept: "application/json",
          "X-CSRFToken": this.csrf, "If-Match": `"${column.version}"`,
        },
        body: JSON.stringify(this.body(at)),
      });
      told = await answer.json();
    } catch {
      return "again";
    }
    if (answer.ok) {
      column.version = told.version;
      this.onSaved(at, told);
      return "saved";
    }
    if (answer.status >= 500 || answer.status === 429) return "again";
    this.stuck.add(at);
    this.onRefused(at);
    const why = answer.status === 401 ? this.texts.signedOut : explained(told) || told.title;
    this.note(say(this.texts.refused, { what: column.title, why }), true);
    return "stuck";
  }

  show(name) {
    this.line.dataset.state = name === "stuck" ? "refused" : name;
    this.line.textContent = this.texts[name];
  }

  /** Say something; with `reloads`, until the page is loaded anew. */
  note(text, reloads = false) {
    this.box.hidden = false;
    this.box.replaceChildren(text);
    clearTimeout(this.noted);
    if (!reloads) { this.noted = setTimeout(() => { this.box.hidden = true; }, 8000); return; }
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "btn btn-sm btn-light", textContent: this.texts.reload });
    button.addEventListener("click", () => { this.dirty.clear(); window.location.reload(); });
    this.box.append(" ", button);
  }
}
