/* The kiosk. Every page works by plain forms; this makes it calm, quick and safe to leave alone. */
import "./kiosk-pages.js";
import "./kiosk-idle.js";
import "./kiosk-offline.js";
import "./kiosk-ticket.js";
import "./kiosk-machine.js";
import "./numpad.js";
