// A form with `data-passkey` is sent with what the browser made of a passkey: `create` makes one,
// `get` shows one. Its options stand beside it (`data-options`) or are asked for at its address.
//
// Where a browser knows no passkeys, or the address is none that they are made for, such a way is
// not shown, and where it is the only one on the page, its words say that it did not work.
/* global webauthnJSON */

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false;
  const works = window.PublicKeyCredential !== undefined && !isBareAddress(location.hostname);
  if (!works && form.closest(".ways")) form.hidden = true;
  else form.addEventListener("submit", (event) => use(event, form));
}

async function use(event, form) {
  event.preventDefault();
  const said = form.querySelector("[role=alert]");
  said.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(await credential(form));
  } catch {
    said.hidden = false; // refused at the device, or there is none
    return;
  }
  form.submit();
}

async function credential(form) {
  const data = await options(form);
  if (form.dataset.passkey === "get") return webauthnJSON.get(data.request_options);
  const wanted = data.creation_options;
  // It has to be found without a user name, and to be more than something one carries.
  Object.assign(wanted.publicKey.authenticatorSelection, {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  });
  return webauthnJSON.create(wanted);
}

async function options(form) {
  const beside = document.getElementById(form.dataset.options);
  if (beside) return JSON.parse(beside.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// A passkey is made for a name; a number like 127.0.0.1 has none.
function isBareAddress(host) {
  return /^[\d.]+$/.test(host) || host.startsWith("[");
}
