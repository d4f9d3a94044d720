// The lesson under the grid: its topic, its homework, and the works that are its columns.
import { descriptionBatch } from "./batches.js";
import { h, say } from "./dom.js";
import { showHistory } from "./history.js";

export class LessonPanel {
  constructor({ page, table, queue, data, note }) {
    Object.assign(this, { page, table, queue, data, note, texts: page.texts });
    this.torn = new Map(); // lesson id → {batch, theirs, goOn}: texts that two wrote, and nobody has chosen yet
    this.box = document.getElementById("lesson");
    this.topic = document.getElementById("topic");
    this.homework = document.getElementById("homework");
    for (const field of [this.topic, this.homework]) field.addEventListener("input", () => this.#described());
    document.getElementById("add-work")?.addEventListener("click", () => this.addWork(this.lesson, null, document.getElementById("work-type").value));
    document.getElementById("show-history").addEventListener("click", () => showHistory(this));
  }

  /** Show the lesson of the active cell; `at` is the selection, which goes on. */
  show(at) {
    this.at = at;
    const { lesson } = this.table.columns[at.column];
    if (lesson === this.lesson) return;
    this.lesson = lesson;
    this.box.hidden = false;
    this.box.dataset.lesson = lesson.id; // For homework.js, which knows the rest.
    const day = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
    document.getElementById("lesson-title").textContent = `${day.format(new Date(lesson.on))}, ${say(this.texts.lesson, { number: lesson.number })}`;
    document.getElementById("lesson-notes").textContent = this.data.notes[lesson.on] ?? "";
    document.getElementById("lesson-due").textContent = this.data.signs?.[lesson.id]?.text ?? "";
    this.topic.value = lesson.topic ?? "";
    this.homework.value = lesson.homework ?? "";
    for (const field of [this.topic, this.homework]) field.readOnly = !this.page.canDescribe(lesson);
    this.#drawConflict();
    this.#drawWorks();
    this.box.dispatchEvent(new CustomEvent("lesson", { detail: lesson }));
  }

  /** Write a topic taken from the plan, and its homework where there is none yet. */
  take({ topic_id, topic, homework }) {
    if (!this.lesson || !this.page.canDescribe(this.lesson)) return false;
    this.topic.value = topic;
    if (!this.homework.value.trim()) this.homework.value = homework;
    this.lesson.taken = topic_id;
    this.#described();
    return true;
  }

  /** Show the same lesson again, after the page was loaded anew; before it, the state `seen` was shown. */
  again(seen) {
    if (this.box.contains(document.activeElement)) { this.#refill(document.activeElement, seen); return; }
    this.lesson = null;
    if (this.at) this.show(this.at);
  }

  /** Take over what others wrote meanwhile; in the very field that is typed in, the teacher has to choose. */
  #refill(held, seen) {
    const shown = this.lesson;
    this.lesson = this.page.lesson(shown.id);
    const theirs = { topic: this.lesson.topic, homework: this.lesson.homework, seq: this.queue.session.seq };
    const fields = [this.topic, this.homework];
    for (const field of fields.filter((one) => one !== held)) field.value = theirs[field.id] ?? "";
    if (!document.getElementById("works").contains(held)) this.#drawWorks();
    if (!fields.includes(held) || (shown[held.id] ?? "") === (theirs[held.id] ?? "")) return;
    Object.assign(this.lesson, this.#typed());
    this.conflict(this.#batch(seen), theirs, () => this.queue.run());
  }

  /** Add a work to a lesson: a new column, and a place for second marks. */
  addWork(lesson, after = null, type = undefined, like = null) {
    if (!lesson || !this.page.canDescribe(lesson)) return;
    if (!lesson.works.length) this.#makeFirst(lesson, after);
    const slot = this.page.freeSlot(lesson);
    if (slot !== null) this.setWork(lesson, like ? { ...like, slot } : this.page.newWork(slot, type));
  }

  /** The lesson's first work: marks that are typed already make it themselves, on their way to the journal. */
  #makeFirst(lesson, after) {
    const first = this.page.newWork(after ?? 1);
    if (this.#marks(lesson, first.slot)) {
      this.queue.freezeDraft(); // While they still say which work they are for.
      this.knowWork(lesson.id, first);
    } else if (after !== null) this.setWork(lesson, first);
  }

  #marks(lesson, slot) {
    return this.page.pupils.filter((pupil) => this.page.get(lesson, pupil, slot) !== null).length;
  }

  setWork(lesson, work) {
    this.knowWork(lesson.id, work);
    this.queue.add([{ kind: "work", lesson: lesson.id, ...work }]);
  }

  /** Show a work's column, whoever made it. */
  knowWork(lessonId, { slot, type, weight, title, is_monitoring = false, counts = true }) {
    const lesson = this.page.lesson(lessonId);
    if (!lesson) return;
    const others = lesson.works.filter((one) => one.slot !== slot);
    const own = type === null ? [] : [{ slot, type, weight, title: title ?? "", is_monitoring, counts }];
    lesson.works = [...others, ...own].sort((a, b) => a.slot - b.slot);
    this.table.rebuild();
    this.table.drawAll();
    if (lesson === this.lesson) this.#drawWorks();
  }

  /** Make sure that a mark in this slot has a column, as after a reload. */
  makeRoom(lessonId, slot) {
    const lesson = this.page.lesson(lessonId);
    if (lesson && slot && this.table.columnOf(lessonId, slot) < 0) this.knowWork(lessonId, this.page.newWork(slot));
  }

  /** Somebody else wrote the topic or the homework meanwhile: show theirs, keep ours in the fields. */
  conflict(batch, theirs, goOn) {
    this.torn.set(batch.lesson, { batch, theirs, goOn });
    this.queue.replace(batch, null);
    this.queue.tear(batch.changes);
    this.#drawConflict();
  }

  /** Offer the choice under the lesson that it is about, as often as the teacher comes back to it. */
  #drawConflict() {
    const box = document.getElementById("topic-conflict");
    const torn = this.torn.get(this.lesson?.id);
    box.hidden = !torn;
    if (!torn) return;
    const { batch, theirs, goOn } = torn;
    const said = [theirs.topic, theirs.homework].filter(Boolean).join(" / ") || this.texts.empty;
    const choose = (change) => () => {
      this.torn.delete(batch.lesson);
      this.queue.settle(batch.changes);
      box.hidden = true;
      if (change) this.queue.enqueue({ ...batch, key: `${batch.key}.again`, seq: theirs.seq });
      else this.#take(batch.lesson, theirs);
      goOn();
    };
    box.replaceChildren(say(this.texts.otherTopic, { theirs: said }), " ",
      h("button", { type: "button", class: "btn btn-sm btn-primary", onclick: choose(true) }, this.texts.mineTopic), " ",
      h("button", { type: "button", class: "btn btn-sm btn-outline-primary", onclick: choose(false) }, this.texts.theirTopic));
  }

  #take(lessonId, { topic, homework }) {
    Object.assign(this.page.lesson(lessonId), { topic, homework });
    this.lesson = null;
    this.show(this.at);
  }

  #described() {
    Object.assign(this.lesson, this.#typed());
    const torn = this.torn.get(this.lesson.id);
    // Until the teacher has chosen, what is typed on waits with the rest.
    if (torn) this.conflict(this.#batch(torn.batch.seq), torn.theirs, torn.goOn);
    else this.queue.add([this.#change()]);
  }

  #typed() {
    return { topic: this.topic.value.trim() || null, homework: this.homework.value.trim() || null };
  }

  #change() {
    return { kind: "description", lesson: this.lesson.id, ...this.#typed(), topic_id: this.lesson.taken };
  }

  #batch(seq) {
    return descriptionBatch(this.lesson.id, { ...this.#change(), seq });
  }

  /** Take a weight over, or put back the one that stands and say what may be one. */
  #weigh(field, work, change) {
    if (field.checkValidity()) { change({ weight: Number(field.value) }); return; }
    field.value = String(work.weight);
    this.note(this.texts.badWeight);
  }

  /** Take back a work that was put in by mistake; what marks stand under stays. */
  #withdraw(lesson, { slot }) {
    const marks = this.#marks(lesson, slot);
    if (marks) this.note(say(this.texts.workMarked, { count: marks }));
    else this.setWork(lesson, { slot, type: null });
    this.show(this.at);
  }

  #drawWorks() {
    const { lesson } = this;
    document.getElementById("works").replaceChildren(...lesson.works.map((work) => this.#workRow(lesson, work)));
    for (const id of ["add-work", "work-type"]) {
      const control = document.getElementById(id);
      if (control) control.disabled = !this.page.canDescribe(lesson);
    }
  }

  #workRow(lesson, work) {
    const change = (made) => this.setWork(lesson, { ...work, ...made });
    const known = this.page.workTypes.map((one) => one.type);
    const offered = known.includes(work.type) ? known : [...known, work.type]; // One given up since.
    const types = offered.map((type) => h("option", { value: type, selected: type === work.type }, this.page.titleOf(type)));
    const named = (what) => `${this.texts[what]}, ${work.slot}`;
    const locked = this.page.canDescribe(lesson) ? null : true;
    const flag = (name, label, title) => h("label", { class: "flag", title },
      h("input", { type: "checkbox", class: "form-check-input", checked: work[name], disabled: locked, "aria-label": `${title}, ${work.slot}`, onchange: (event) => change({ [name]: event.target.checked }) }), ` ${label}`);
    return h("li", {},
      h("select", { class: "form-select form-select-sm", "aria-label": named("workType"), disabled: locked, onchange: (event) => change(this.page.newWork(work.slot, event.target.value)) }, ...types),
      h("input", { class: "form-control form-control-sm weight", type: "number", min: "1", max: "10", required: true, value: String(work.weight), "aria-label": named("weightName"), disabled: locked, onchange: ({ target }) => this.#weigh(target, work, change) }),
      h("input", { class: "form-control form-control-sm", value: work.title, maxlength: "200", placeholder: this.texts.workTitle, "aria-label": named("workTitle"), disabled: locked, onchange: (event) => change({ title: event.target.value.trim() }) }),
      flag("is_monitoring", this.texts.monitoringShort, this.texts.monitoring),
      flag("counts", this.texts.countsShort, this.texts.counts),
      h("button", { type: "button", class: "btn btn-sm btn-outline-primary", title: this.texts.withdrawWork, "aria-label": named("withdrawWork"), disabled: locked,
        onclick: () => this.#withdraw(lesson, work) }, "×"));
  }
}
