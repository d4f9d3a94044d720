// Carrying one batch to the journal; what became of it is told in one word.

/** The same batch may be sent any number of times: its key, its body and `seq`, the state of the page
 * that was seen, stay the same, so the journal records it once. */
export async function carry(batch, page, csrf) {
  let answer;
  try {
    answer = await fetch(`${page}/${batch.path}`, {
      method: batch.method,
      headers: {
        "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf,
        "If-Match": `"${batch.seq}"`, "Idempotency-Key": batch.key,
      },
      body: JSON.stringify(batch.body),
    });
    const told = await answer.json();
    if (answer.ok) return { kind: "saved", told };
    if (answer.status >= 500 || answer.status === 429) return { kind: "silent", state: "unanswered" };
    return { kind: { 401: "signedOut", 412: "conflict" }[answer.status] ?? "refused", told, status: answer.status };
  } catch {
    return { kind: "silent", state: answer ? "unanswered" : "offline" };
  }
}
