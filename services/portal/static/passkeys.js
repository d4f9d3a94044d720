// Forms that a passkey fills in. What WebAuthn says in bytes travels as base64url.

export function toBytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

export function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function read(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    for (const known of options[name] ?? []) known.id = toBytes(known.id);
  }
  return options;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const { id, type } = credential;
  return { id, rawId: toText(credential.rawId), type, response, clientExtensionResults: {} };
}

async function options(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value },
  });
  if (!answer.ok) throw new Error(String(answer.status));
  return read((await answer.json()).options);
}

async function fill(form) {
  const publicKey = await options(form);
  const asked = form.dataset.passkey === "make" ? "create" : "get";
  form.elements.credential.value = JSON.stringify(written(await navigator.credentials[asked]({ publicKey })));
}

function listen(form) {
  const problem = form.querySelector("[role=alert]");
  const shared = document.querySelector("form input[name=is_shared]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      await fill(form);
      if (shared?.checked) form.append(Object.assign(shared.cloneNode(), { hidden: true, checked: true }));
      form.submit();
    } catch (wrong) {
      problem.textContent = wrong instanceof DOMException ? form.dataset.cancelled : form.dataset.failed;
      problem.hidden = false;
    }
  });
}

// A passkey belongs to a name: there is none for a bare address, nor without https (but on this machine).
const hasName = !/^[\d.]+$|:/.test(window.location.hostname);
if (window.PublicKeyCredential && window.isSecureContext && hasName) {
  for (const form of document.querySelectorAll("form[data-passkey]")) listen(form);
  for (const hint of document.querySelectorAll("[data-without-passkeys]")) hint.hidden = true;
}
