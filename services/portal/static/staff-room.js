// The staff-room screen: asks for the day again and again, and says so when nobody answers.
const EVERY_MS = 30_000;
const TURN_MS = 12_000;
const TOO_LATE_MS = 15_000;

const { source, timeZone } = document.body.dataset;
const shown = document.getElementById("now");
const stale = document.getElementById("stale");
const ended = document.getElementById("ended");
const clock = document.getElementById("clock");
const hours = new Intl.DateTimeFormat("ru", { hour: "2-digit", minute: "2-digit", timeZone });
let since = new Date();

function tick() {
  clock.textContent = hours.format(new Date());
}

/** Take what the school says; keep the last of it while the network is away. */
async function refresh() {
  let answer = null;
  try {
    // JSON is accepted so that a refusal is a status and no page to sign in on; the answer is HTML.
    answer = await fetch(source, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(TOO_LATE_MS) });
  } catch { /* The network is away: said below. */ }
  if (answer && [401, 403, 404].includes(answer.status)) {
    // No right to see it any more: what was seen goes, too.
    shown.replaceChildren();
    ended.hidden = false;
    stale.hidden = true;
    return;
  }
  if (answer?.ok) {
    show(await answer.text());
    return;
  }
  stale.querySelector("time").textContent = hours.format(since);
  stale.hidden = false;
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  since = new Date();
  stale.hidden = ended.hidden = true;
  const before = [...shown.querySelectorAll(".roll")].map((one) => one.scrollTop);
  shown.replaceChildren(...fresh.childNodes);
  shown.querySelectorAll(".roll").forEach((one, at) => { one.scrollTop = before[at] ?? 0; });
}

/** Turn long lists by themselves: nobody touches a television. */
function turn() {
  for (const list of shown.querySelectorAll(".roll")) {
    if (list.contains(document.activeElement)) continue; // Somebody reads it by the keyboard.
    const isAtEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    const head = list.querySelector("thead")?.offsetHeight ?? 0;
    list.scrollTop = isAtEnd ? 0 : list.scrollTop + list.clientHeight - head;
  }
}

tick();
setInterval(tick, 1000);
setInterval(refresh, EVERY_MS);
setInterval(turn, TURN_MS);
window.addEventListener("online", refresh);
window.addEventListener("offline", refresh);
