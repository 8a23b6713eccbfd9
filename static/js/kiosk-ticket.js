/* The ticket on paper: by a button, or by itself where the machine was told to (`?autoprint=1`).
   Chromium with --kiosk-printing asks nothing further. */

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
function printsItself() {
  if ("printsItself" in document.getElementById("main").dataset) document.fonts.ready.then(print);
}
document.addEventListener("kiosk:page", printsItself);
printsItself();

function print() {
  window.print();
}
