// The thematic plan beside the lesson: its next topic is taken by one key, any other from the list.
import { h, say } from "./dom.js";

const KEY = "KeyN"; // «т» of the Russian layout.

export class PlanPanel {
  constructor({ panel, element, data }) {
    this.box = document.getElementById("plan-topic");
    if (!this.box) return;
    Object.assign(this, { panel, url: `${data.urls.page}/plan`, texts: panel.texts });
    this.button = document.getElementById("take-topic");
    this.said = document.getElementById("plan-said");
    this.list = document.getElementById("other-topic");
    this.button.textContent = this.texts.takeTopic;
    this.button.addEventListener("click", () => this.take());
    this.list.addEventListener("change", () => this.#takeOther());
    panel.box.addEventListener("lesson", (event) => this.#show(event.detail));
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Write the proposed topic on the lesson shown. */
  take() {
    const proposed = this.proposals?.get(this.lesson?.id);
    if (!proposed || this.lesson.taken === proposed.topic_id || !this.panel.take(proposed)) return;
    proposed.is_bound = true;
    this.#draw();
  }

  #takeOther() {
    const topic = this.topics.get(this.list.value);
    if (topic && this.panel.take({ topic_id: topic.id, topic: topic.topic, homework: topic.homework })) {
      this.asked = null; // What comes next has moved: ask anew with the next lesson.
      this.proposals.set(this.lesson.id, { topic_id: topic.id, topic: topic.topic, homework: topic.homework, hour: 1, hours: topic.own_hours, is_bound: true });
    }
    this.#draw();
  }

  #key(event) {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.isComposing);
    if (plain && event.code === KEY && event.target.closest("td")) { this.take(); event.preventDefault(); }
  }

  async #show(lesson) {
    this.lesson = lesson;
    this.asked ??= this.#ask();
    await this.asked;
    if (this.lesson === lesson) this.#draw();
  }

  async #ask() {
    try {
      const answer = await fetch(this.url, { headers: { Accept: "application/json" } });
      const told = answer.ok ? await answer.json() : null;
      if (!told?.plan) return;
      this.proposals = new Map(told.lessons.map((one) => [one.lesson_id, one]));
      this.topics = new Map(told.topics.map((one) => [one.id, one]));
      this.list.replaceChildren(h("option", { value: "" }, this.texts.chooseTopic),
        ...told.topics.map((one) => h("option", { value: one.id }, `${one.position}. ${one.topic}`)));
    } catch {
      this.asked = null; // No network: the next lesson shown asks again.
    }
  }

  #draw() {
    const proposed = this.proposals?.get(this.lesson.id);
    this.box.hidden = !this.topics || !this.panel.page.canDescribe(this.lesson);
    this.list.value = "";
    this.button.hidden = !proposed || proposed.is_bound;
    this.said.textContent = proposed ? this.#words(proposed) : "";
  }

  #words({ topic_id, topic, hour, hours, is_bound }) {
    const number = say(this.texts.topicOfPlan, { number: this.topics.get(topic_id)?.position ?? "—", count: this.topics.size });
    const part = hours > 1 ? `, ${say(this.texts.hourOfTopic, { hour, hours })}` : "";
    return `${number}${part}${is_bound ? ` — ${this.texts.topicTaken}` : `: ${topic}`}`;
  }
}
