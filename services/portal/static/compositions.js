// The solver's runs: while one is under way, the list is taken anew every other second.
const EVERY_MS = 2000;
const TOO_LATE_MS = 15_000;

const shown = document.getElementById("runs");
const stale = document.getElementById("runs-stale");

function isUnderWay() {
  return shown.querySelector("[data-under-way]") !== null;
}

/** Put the fresh list in the place of the old one; what was open stays open, and the focus stays. */
function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const open = [...shown.querySelectorAll("details[open]")].map((one) => one.id);
  const focused = shown.contains(document.activeElement) ? document.activeElement.id : "";
  shown.replaceChildren(...fresh.childNodes);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (focused) document.getElementById(focused)?.focus();
}

async function refresh() {
  let answer = null;
  try {
    // JSON is accepted so that a refusal is a status and no page to sign in on; the answer is HTML.
    answer = await fetch(shown.dataset.source, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(TOO_LATE_MS) });
  } catch { /* The network is away: said below. */ }
  stale.hidden = Boolean(answer?.ok);
  if (answer?.ok) show(await answer.text());
  if (isUnderWay()) setTimeout(refresh, EVERY_MS);
}

if (isUnderWay()) setTimeout(refresh, EVERY_MS);
