/* A kiosk that was let in hears when it is sent away, and goes dark at once. It hears nothing else;
   whether the server is there is for kiosk-offline.js to say. */
import { follow } from "./live.js";

const machine = document.getElementById("machine");
if (machine) follow(machine, { heard() {}, refetch: async () => false });
