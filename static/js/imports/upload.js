// Bringing a file: dropped or chosen, its size told before it is sent, and how much of it has been sent.

const form = document.querySelector("[data-bring]");
if (form) follow(form);

function follow(bring) {
  const drop = bring.querySelector("[data-drop]");
  const input = drop.querySelector("input[type=file]");
  const told = drop.querySelector("[data-chosen]");
  const button = bring.querySelector("button[type=submit]");
  const progress = bring.querySelector("[data-progress]");
  drop.classList.add("scripted");

  const show = () => {
    const [file] = input.files;
    const isTooLarge = Boolean(file) && file.size > Number(bring.dataset.most);
    told.hidden = !file;
    told.classList.toggle("bad", isTooLarge);
    told.textContent = file ? `${file.name} · ${isTooLarge ? bring.dataset.tooLarge : sizeOf(file.size)}` : "";
    drop.classList.toggle("chosen", Boolean(file) && !isTooLarge);
    if (!button.hasAttribute("data-closed")) button.disabled = isTooLarge;
  };
  if (button.disabled) button.dataset.closed = "yes";
  input.addEventListener("change", show);
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
  // A file dropped beside the field would replace the page.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (event.target !== input) event.preventDefault();
    });
  }
  bring.addEventListener("submit", (event) => {
    event.preventDefault();
    if (bring.dataset.busy) return;
    send(bring, button, progress);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  show();
}

function send(bring, button, progress) {
  const [bar, words] = progress.children;
  const wording = bring.dataset;
  const request = new XMLHttpRequest();
  bring.dataset.busy = "yes";
  button.disabled = true;
  progress.hidden = false;
  const rest = (text) => {
    delete bring.dataset.busy;
    button.disabled = false;
    bar.hidden = true;
    words.textContent = text;
  };
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const share = Math.floor((100 * event.loaded) / event.total);
    bar.value = share;
    words.textContent = share < 100 ? wording.sending.replace("{share}", `${share} %`) : wording.reading;
  });
  request.addEventListener("error", () => rest(wording.lost));
  request.addEventListener("load", () => {
    if (request.status < 400) {
      location.assign(request.responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const said = page.querySelector("[role=alert] p") ?? page.querySelector("main p") ?? page.querySelector("h1");
    rest(said?.textContent ?? wording.lost);
    words.setAttribute("role", "alert");
    words.className = "bring-chosen bad";
  });
  request.open("POST", bring.action);
  request.send(new FormData(bring));
}

function sizeOf(bytes) {
  return bytes >= 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.ceil(bytes / 1024)} KB`;
}
