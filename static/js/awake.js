// Keeps the screen on. A browser takes the lock away when the page is hidden: it is asked for
// again when the page is seen.

export function stayAwake() {
  const lock = {
    held: false,
    wanted: false,
    async ask() {
      lock.wanted = true;
      try {
        lock.sentinel = await navigator.wakeLock.request("screen");
        lock.held = true;
        lock.sentinel.addEventListener("release", () => (lock.held = false));
      } catch {
        lock.held = false; // not here (it needs https), or the battery is low
      }
    },
    release() {
      lock.wanted = false;
      lock.sentinel?.release();
    },
  };
  document.addEventListener("visibilitychange", () => {
    if (lock.wanted && !lock.held && !document.hidden) lock.ask();
  });
  return lock;
}
