// Numbers and times as the page writes its others: the server does the same (screens/digits.py).

// A page may come to be in another language while it is open.
function locale() {
  const { lang } = document.documentElement;
  return lang === "ar" ? "ar-u-nu-arab" : lang;
}

export function digits(number) {
  return new Intl.NumberFormat(locale(), { useGrouping: false }).format(number);
}

// The time of day in the clinic's zone, wherever this device believes itself to be.
export function clock(moment, timeZone) {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short", timeZone }).format(moment);
}
