// The class page as it stands on the screen: what was loaded, and what was typed since.

export const ATTENDANCE = 0;
export const LATE = "оп"; // The one sign of attendance that a mark may stand beside.
const USUAL_WORK = "answer";
const MAX_SLOT = 9;

export function keyOf(lesson, pupil, slot) {
  return `${lesson}/${pupil}/${slot}`;
}

export class Page {
  constructor(data) {
    Object.assign(this, { id: data.page.id, pupils: data.pupils, scale: data.scale, texts: data.texts });
    Object.assign(this, { attendance: data.attendance, workTypes: data.work_types, comma: data.comma });
    this.canEdit = data.page.can_edit;
    this.load(data);
  }

  /** Take over what the journal says now; the screen's own unsaved values are laid over it after. */
  load(data) {
    this.lessons = data.lessons;
    this.closed = Boolean(data.period?.closed);
    this.confirmed = new Map();
    for (const [lesson, pupil, slot, value] of data.entries) {
      if (value !== null) this.confirmed.set(keyOf(data.lessons[lesson].id, data.pupils[pupil].id, slot), value);
    }
    this.values = new Map(this.confirmed);
  }

  get(lesson, pupil, slot) {
    return this.values.get(keyOf(lesson.id, pupil.id, slot)) ?? null;
  }

  set(key, value) {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  confirm(key, value) {
    if (value === null) this.confirmed.delete(key);
    else this.confirmed.set(key, value);
  }

  lesson(id) {
    return this.lessons.find((lesson) => lesson.id === id);
  }

  /** A lesson's works; one that has none yet shows a column in which the first mark makes one. */
  works(lesson) {
    return lesson.works.length ? lesson.works : [this.newWork(1)];
  }

  newWork(slot, type = USUAL_WORK) {
    const known = this.workTypes.find((one) => one.type === type);
    return { slot, type, weight: known?.weight ?? 1, title: "" };
  }

  freeSlot(lesson) {
    const slot = Math.max(0, ...lesson.works.map((work) => work.slot)) + 1;
    return slot > MAX_SLOT ? null : slot;
  }

  columns() {
    return this.lessons.flatMap((lesson) =>
      this.works(lesson).map((work, number) => ({ lesson, work, slot: work.slot, first: number === 0 })));
  }

  isOutside(lesson, pupil) {
    return lesson.on < (pupil.from_on ?? "") || lesson.on > (pupil.until_on ?? "9999");
  }

  isEditable(lesson, pupil) {
    return lesson.editable && !this.isOutside(lesson, pupil);
  }

  /** Topic, homework and works may be written ahead of the lesson, but not on a closed page. */
  canDescribe(lesson) {
    return this.canEdit && lesson.state !== "cancelled" && !this.closed;
  }

  isAttendance(value) {
    return value in this.attendanceSigns();
  }

  attendanceSigns() {
    const signs = Array.isArray(this.attendance) ? this.attendance : Object.keys(this.attendance);
    return Object.fromEntries(signs.map((one) => {
      const sign = one.value ?? one;
      return [sign, one.title ?? this.texts.away[sign] ?? ""];
    }));
  }

  isMark(value) {
    return this.scale.includes(value);
  }

  /** Weighted mean Σ(m·w)/Σw in whole numbers, rounded half up only here; null when nothing counts. */
  average(pupil) {
    let total = 0;
    let weights = 0;
    for (const lesson of this.lessons) {
      for (const work of this.works(lesson)) {
        const value = this.get(lesson, pupil, work.slot);
        if (value !== null && /^[1-9]$/.test(value)) {
          total += Number(value) * work.weight;
          weights += work.weight;
        }
      }
    }
    if (!weights) return "";
    const hundredths = Math.floor((200 * total + weights) / (2 * weights));
    return `${Math.floor(hundredths / 100)}${this.comma}${String(hundredths % 100).padStart(2, "0")}`;
  }
}
