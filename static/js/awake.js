// A wall never sleeps: the browser lets go of the lock when the page is hidden, so it is asked for
// again. It has one to give on HTTPS only; a low battery may refuse it, and then the next look asks.

export function stayAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => document.hidden || navigator.wakeLock.request("screen").catch(refused);
  document.addEventListener("visibilitychange", ask);
  ask();
}

function refused(why) {
  console.info(`The screen may go to sleep: ${why.message}`);
}
