// Shows a call as a notification, and leads back to the page when it is touched. It sees no
// request: its scope is the folder it lies in.

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(
    clients.matchAll({ type: "window", includeUncontrolled: true }).then((pages) => pages[0]?.focus()),
  );
});
