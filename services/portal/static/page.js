// The class page as it stands on the screen: what was loaded, and what was typed since.

export const ATTENDANCE = 0;
export const LATE = "оп"; // The one sign of attendance that a mark stands beside; «оп 10» says the minutes.
export const UNRESOLVED = "н"; // Absent, and nobody has said why.
export const AWAITED = "•"; // No mark yet: a work is awaited until a day.
const LATE_BY = /^оп [1-9]\d?$/;
const POINTS = /^(\d|[1-9]\d|100)$/; // What the marks that are numbers count, on whatever scale.
const USUAL_WORK = "answer";
const MAX_SLOT = 9;

export function keyOf(lesson, pupil, slot) {
  return `${lesson}/${pupil}/${slot}`;
}

export class Page {
  constructor(data) {
    Object.assign(this, { id: data.page.id, pupils: data.pupils, scale: data.scale, texts: data.texts });
    Object.assign(this, { attendance: data.attendance, workTypes: data.work_types, workTitles: data.work_titles, comma: data.comma });
    this.today = data.today;
    this.shownAverages = data.shown_averages;
    this.canMarkAbsent = data.absent_and_marked !== "refuse";
    this.canEdit = data.page.can_edit;
    this.describes = data.page.can_describe;
    this.load(data);
  }

  /** Take over what the journal says now; the screen's own unsaved values are laid over it after. */
  load(data) {
    this.lessons = data.lessons;
    this.closed = Boolean(data.period?.closed);
    this.values = new Map();
    for (const [lesson, pupil, slot, value] of data.entries) {
      if (value !== null) this.values.set(keyOf(data.lessons[lesson].id, data.pupils[pupil].id, slot), value);
    }
    const key = ([lesson, pupil, slot]) => keyOf(data.lessons[lesson].id, data.pupils[pupil].id, slot);
    this.corrected = new Set(data.corrected.map(key));
    this.comments = new Map(data.comments.map((one) => [key(one), one[3]]));
    this.dues = new Map(data.awaited.map((one) => [key(one), one[3]]));
    this.brought = data.brought.map(([pupil, value, weight]) => ({ pupil: data.pupils[pupil].id, value, weight }));
  }

  get(lesson, pupil, slot) {
    return this.values.get(keyOf(lesson.id, pupil.id, slot)) ?? null;
  }

  set(key, value) {
    if (value === null) this.values.delete(key);
    else this.values.set(key, value);
  }

  /** Keep what is said of a cell; null takes it back. */
  say(key, comment) {
    if (comment === null) this.comments.delete(key);
    else this.comments.set(key, comment);
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
    return { slot, type, weight: known?.weight ?? 1, title: "", is_monitoring: false, counts: true };
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

  /** Why nothing can be put into a pupil's cell of a lesson that is not editable: the one reason. */
  whyLocked(lesson, pupil) {
    if (this.isOutside(lesson, pupil)) return this.texts.outside;
    if (lesson.state === "cancelled") return this.texts.cancelled;
    if (this.closed) return this.texts.closed;
    return lesson.on > this.today ? this.texts.ahead : this.texts.notYours;
  }

  /** Topic, homework and works may be written ahead of the lesson, but neither on a closed page nor for other classes. */
  canDescribe(lesson) {
    return this.describes && lesson.state !== "cancelled" && !this.closed;
  }

  /** What a type of work is called; pages keep works of types that the school has given up since. */
  titleOf(type) {
    return this.workTitles[type] ?? type;
  }

  isAttendance(value) {
    return value in this.attendanceSigns() || (LATE in this.attendanceSigns() && LATE_BY.test(value));
  }

  isLate(value) {
    return value === LATE || LATE_BY.test(value ?? "");
  }

  /** Absent and yet marked, as after a work was made up for: allowed, but shown. */
  isBoth(lesson, pupil, slot) {
    const away = this.get(lesson, pupil, ATTENDANCE);
    const mark = this.get(lesson, pupil, slot);
    return away !== null && !this.isLate(away) && mark !== null && mark !== AWAITED;
  }

  /** What people type for a sign: a full stop is a work that is awaited. */
  signOf(text) {
    return text === "." ? AWAITED : text;
  }

  attendanceSigns() {
    return Object.fromEntries(this.attendance.map(({ value, title }) => [value, title]));
  }

  isMark(value) {
    return this.scale.includes(value);
  }

  /** Whether more digits may follow: «8» on a scale of percents, «1» where there is a 10. */
  mayGrow(value) {
    return POINTS.test(value) && this.scale.some((one) => one !== value && POINTS.test(one) && one.startsWith(value));
  }

  /** The averages that the school wants to see, the weighted one first. */
  average(pupil) {
    const weighted = () => this.#mean(pupil, (weight) => weight);
    const simple = () => this.#mean(pupil, () => 1);
    const shown = { weighted: [weighted], simple: [simple], both: [weighted, simple] }[this.shownAverages];
    return shown.map((mean) => mean()).filter(Boolean).join(" · ");
  }

  /** Mean Σ(m·w)/Σw in whole numbers, rounded half up only here; empty when nothing counts. */
  #mean(pupil, weightOf) {
    const own = this.lessons.flatMap((lesson) => this.works(lesson).filter((work) => work.counts)
      .map((work) => [this.get(lesson, pupil, work.slot), work.weight]));
    const brought = this.brought.filter((one) => one.pupil === pupil.id).map(({ value, weight }) => [value, weight]);
    let total = 0;
    let weights = 0;
    for (const [value, weight] of [...own, ...brought]) {
      if (value !== null && POINTS.test(value)) {
        total += Number(value) * weightOf(weight);
        weights += weightOf(weight);
      }
    }
    if (!weights) return "";
    const hundredths = Math.floor((200 * total + weights) / (2 * weights));
    return `${Math.floor(hundredths / 100)}${this.comma}${String(hundredths % 100).padStart(2, "0")}`;
  }
}
