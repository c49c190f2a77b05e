// The stream of events of a page, open only while somebody looks at the page: a browser keeps few connections to one
// server, and pages in the background would use them up. What was missed meanwhile comes when they look again.
"use strict";

(() => {
  const SHORT = 1000, LONG = 60000;

  // What the SSE extension of htmx takes for an EventSource.
  class Live {
    #place; #inner = null; #last = ""; #pause = SHORT; #timer = 0; #heard = new Map();
    readyState = EventSource.OPEN;

    constructor(place) {
      this.#place = place;
      document.addEventListener("visibilitychange", this.#turn);
      this.#turn();
    }

    addEventListener(name, hear) {
      if (!this.#heard.has(name)) {
        this.#heard.set(name, new Set());
        this.#inner?.addEventListener(name, this.#tell);
      }
      this.#heard.get(name).add(hear);
    }

    removeEventListener(name, hear) {
      this.#heard.get(name)?.delete(hear);
    }

    close() {
      this.readyState = EventSource.CLOSED;
      document.removeEventListener("visibilitychange", this.#turn);
      this.#hush();
    }

    #turn = () => (document.hidden ? this.#hush() : this.#open());

    #open = () => {
      if (this.#inner || this.readyState === EventSource.CLOSED) return;
      const place = new URL(this.#place, location.href);
      if (this.#last) place.searchParams.set("after", this.#last);
      const inner = new EventSource(place);
      this.#inner = inner;
      for (const name of this.#heard.keys()) inner.addEventListener(name, this.#tell);
      inner.onopen = () => (this.#pause = SHORT);
      inner.onerror = () => {
        if (inner.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        this.#hush();
        this.#timer = setTimeout(this.#open, this.#pause);
        this.#pause = Math.min(this.#pause * 2, LONG);
      };
    };

    #hush() {
      clearTimeout(this.#timer);
      this.#inner?.close();
      this.#inner = null;
    }

    #tell = (event) => {
      this.#last = event.lastEventId || this.#last;
      for (const hear of [...this.#heard.get(event.type)]) hear(event);
    };
  }

  htmx.createEventSource = (place) => new Live(place);
})();
