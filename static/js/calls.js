// Which calls are news to this wall. What was called before the page came is not; what was called
// while the network was away is, if that label is still called.

export class Calls {
  #heard = new Map(); // department: the day and the seq up to which its calls are known

  learn({ department, day, seq }) {
    this.#heard.set(department, { day, seq });
  }

  // The new calls of a department, in the order in which they were made.
  news({ department, day, seq, calls }, isStillCalled) {
    const heard = this.#heard.get(department);
    if (heard && day < heard.day) return [];
    this.learn({ department, day, seq });
    const known = heard?.day === day ? heard.seq : 0;
    return calls.filter((call) => call.seq > known && isStillCalled(call.label)).reverse();
  }
}
