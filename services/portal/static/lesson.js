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
    this.works = document.getElementById("works");
    this.works.addEventListener("focusout", ({ relatedTarget: next }) => { if (this.isBehind && !this.works.contains(next)) this.drawWorks(); });
    this.fields = [this.topic, this.homework]; // Each by the name of its cell.
    for (const field of this.fields) field.addEventListener("input", () => this.#described(field));
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
    this.#fill(this.fields);
    for (const field of this.fields) field.readOnly = !this.page.canDescribe(lesson);
    this.#drawConflict();
    this.drawWorks();
    this.box.dispatchEvent(new CustomEvent("lesson", { detail: lesson }));
  }

  /** Write a topic taken from the plan, and its homework where there is none yet. */
  take({ topic_id, topic, homework }) {
    if (!this.lesson || !this.page.canDescribe(this.lesson)) return false;
    this.topic.value = topic;
    this.lesson.taken = topic_id;
    this.#described(this.topic);
    if (homework && !this.homework.value.trim()) {
      this.homework.value = homework;
      this.#described(this.homework);
    }
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
    this.#fill(this.fields.filter((one) => one !== held));
    this.isBehind = this.works.contains(held); // Until the cursor leaves the works.
    if (!this.isBehind) this.drawWorks();
    const cell = held.id;
    const stands = this.lesson[cell] ?? null;
    if (!this.fields.includes(held) || (shown[cell] ?? null) === stands) return;
    const mine = { ...this.#change(held), seq: seen };
    this.lesson[cell] = mine[cell];
    const theirs = { cells: [cell], [cell]: stands, seq: this.queue.session.seq };
    this.conflict(descriptionBatch(mine.lesson, [mine])[0], theirs, () => this.queue.run());
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
    if (lesson === this.lesson) this.drawWorks();
  }

  /** Lay a topic or homework that is still to be sent over what the page says. */
  knowText(change) {
    const lesson = this.page.lesson(change.lesson);
    if (lesson) lesson[change.cell] = change[change.cell];
  }

  /** Make sure that a mark in this slot has a column, as after a reload. */
  makeRoom(lessonId, slot) {
    const lesson = this.page.lesson(lessonId);
    if (lesson && slot && this.table.columnOf(lessonId, slot) < 0) this.knowWork(lessonId, this.page.newWork(slot));
  }

  /** Somebody else wrote the same topic or homework meanwhile: show theirs, keep ours in the fields. */
  conflict(batch, theirs, goOn) {
    const older = this.torn.get(batch.lesson);
    const others = older ? older.batch.changes.filter((one) => !batch.changes.some(({ cell }) => cell === one.cell)) : [];
    const [whole] = descriptionBatch(batch.lesson, [...others, ...batch.changes]);
    const cells = [...new Set([...(older?.theirs.cells ?? []), ...theirs.cells])];
    this.torn.set(batch.lesson, { batch: whole, theirs: { ...older?.theirs, ...theirs, cells }, goOn });
    this.queue.replace(batch, null);
    this.queue.tear(whole.changes);
    this.#drawConflict();
  }

  /** Offer the choice under the lesson that it is about, as often as the teacher comes back to it. */
  #drawConflict() {
    const box = document.getElementById("topic-conflict");
    const torn = this.torn.get(this.lesson?.id);
    box.hidden = !torn;
    if (!torn) return;
    const { batch, theirs, goOn } = torn;
    const said = theirs.cells.map((cell) => theirs[cell]).filter(Boolean).join(" / ") || this.texts.empty;
    const choose = (mine) => () => {
      this.torn.delete(batch.lesson);
      this.queue.settle(batch.changes);
      box.hidden = true;
      const kept = mine ? batch.changes : batch.changes.filter((one) => !theirs.cells.includes(one.cell));
      const again = kept.map((one) => ({ ...one, seq: theirs.seq }));
      for (const next of descriptionBatch(batch.lesson, again)) this.queue.enqueue(next);
      if (!mine) this.#take(batch.lesson, theirs);
      goOn();
    };
    box.replaceChildren(say(this.texts.otherTopic, { theirs: said }), " ",
      h("button", { type: "button", class: "btn btn-sm btn-primary", onclick: choose(true) }, this.texts.mineTopic), " ",
      h("button", { type: "button", class: "btn btn-sm btn-outline-primary", onclick: choose(false) }, this.texts.theirTopic));
  }

  #take(lessonId, theirs) {
    for (const cell of theirs.cells) this.page.lesson(lessonId)[cell] = theirs[cell];
    this.lesson = null;
    this.show(this.at);
  }

  #fill(fields) {
    for (const field of fields) field.value = this.lesson[field.id] ?? "";
  }

  /** Only what was typed is sent: beside it another may write. */
  #described(field) {
    const change = this.#change(field);
    this.lesson[field.id] = change[field.id];
    const torn = this.torn.get(this.lesson.id);
    // Until the teacher has chosen, what is typed on waits with the rest.
    if (!torn?.batch.changes.some((one) => one.cell === field.id)) { this.queue.add([change]); return; }
    const waiting = { ...change, seq: torn.batch.seq };
    this.conflict(descriptionBatch(change.lesson, [waiting])[0], torn.theirs, torn.goOn);
  }

  #change({ id: cell, value }) {
    const taken = cell === "topic" ? { topic_id: this.lesson.taken } : {};
    return { kind: "description", lesson: this.lesson.id, cell, [cell]: value.trim() || null, ...taken };
  }

  /** Change of a work what its row showed; what another made of it meanwhile, unseen, stands. */
  #changeWork(lesson, shown, made) {
    const now = this.page.lesson(lesson.id).works.find(({ slot }) => slot === shown.slot);
    if (now && Object.keys(made).every((name) => now[name] === shown[name])) { this.setWork(lesson, { ...now, ...made }); return; }
    this.drawWorks();
    this.note(this.texts.otherWork);
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
    if (marks) { this.note(say(this.texts.workMarked, { count: marks })); return; }
    this.setWork(lesson, { slot, type: null });
    this.show(this.at);
    document.getElementById("add-work").focus(); // The button that was pressed is gone.
  }

  /** Draw the works; rows of the same works stay, so that nobody loses the control that has the focus. */
  drawWorks() {
    const { lesson } = this;
    this.isBehind = false;
    const drawn = JSON.stringify([lesson.id, this.page.canDescribe(lesson), lesson.works.map((work) => work.slot)]);
    if (drawn !== this.drawn) this.works.replaceChildren(...lesson.works.map((work) => this.#workRow(lesson, work)));
    this.drawn = drawn;
    lesson.works.forEach((work, at) => this.#fillRow(this.works.children[at], work));
    for (const id of ["add-work", "work-type"]) {
      const control = document.getElementById(id);
      if (control) control.disabled = !this.page.canDescribe(lesson);
    }
  }

  /** Show in a row what its work is now; a change of it is one of what was shown. */
  #fillRow(row, work) {
    row.shown = work;
    const [type, weight, title, monitoring, counts] = row.querySelectorAll("select, input");
    const known = this.page.workTypes.map((one) => one.type);
    const offered = known.includes(work.type) ? known : [...known, work.type]; // One given up since.
    if ([...type.options].map((one) => one.value).join() !== offered.join()) {
      type.replaceChildren(...offered.map((one) => h("option", { value: one }, this.page.titleOf(one))));
    }
    [type.value, weight.value, title.value] = [work.type, String(work.weight), work.title];
    [monitoring.checked, counts.checked] = [work.is_monitoring, work.counts];
  }

  #workRow(lesson, work) {
    const change = (made) => this.#changeWork(lesson, row.shown, made);
    const named = (what) => `${this.texts[what]}, ${work.slot}`;
    const locked = this.page.canDescribe(lesson) ? null : true;
    const flag = (name, label, title) => h("label", { class: "flag", title },
      h("input", { type: "checkbox", class: "form-check-input", disabled: locked, "aria-label": `${title}, ${work.slot}`, onchange: (event) => change({ [name]: event.target.checked }) }), ` ${label}`);
    const row = h("li", {},
      h("select", { class: "form-select form-select-sm", "aria-label": named("workType"), disabled: locked, onchange: (event) => change(this.page.newWork(work.slot, event.target.value)) }),
      h("input", { class: "form-control form-control-sm weight", type: "number", min: "1", max: "10", required: true, "aria-label": named("weightName"), disabled: locked, onchange: ({ target }) => this.#weigh(target, row.shown, change) }),
      h("input", { class: "form-control form-control-sm", maxlength: "200", placeholder: this.texts.workTitle, "aria-label": named("workTitle"), disabled: locked, onchange: (event) => change({ title: event.target.value.trim() }) }),
      flag("is_monitoring", this.texts.monitoringShort, this.texts.monitoring),
      flag("counts", this.texts.countsShort, this.texts.counts),
      h("button", { type: "button", class: "btn btn-sm btn-outline-primary", title: this.texts.withdrawWork, "aria-label": named("withdrawWork"), disabled: locked,
        onclick: () => this.#withdraw(lesson, work) }, "×"));
    return row;
  }
}
