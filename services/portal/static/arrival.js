// Signs in whoever came by the QR code of a slip: login and code stand behind the # of the address,
// which browsers send to no server.

const found = /^#([^:]+):([0-9a-z-]+)$/.exec(window.location.hash);
const login = document.getElementById("login");
if (found && login) {
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
  login.value = decodeURIComponent(found[1]);
  document.getElementById("password").value = found[2];
  login.form.requestSubmit();
}
