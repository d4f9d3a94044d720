// Takes the key of a letter's link from behind the # of the address, which browsers send to no server.

const token = window.location.hash.slice(1);
const field = document.getElementById("token");
if (token && field) {
  window.history.replaceState(null, "", window.location.pathname);
  field.value = token;
}
if (field?.value) document.getElementById("by-hand").hidden = true;
