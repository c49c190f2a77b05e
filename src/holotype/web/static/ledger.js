// Verifies what a page says of the ledger, with the hashes of this browser: RFC 6962, section 2.1, and C2SP notes.
//
//   <section data-proof="{…}">        an entry, whose bytes stand in #hashed, is in the tree of a size
//   <section data-consistency="{…}">  the tree of one size is the beginning of that of another
//   <form data-keeps="/address">      so is the tree of a checkpoint that somebody kept
//   <div data-verdict><ol>            where each of them says what was found
"use strict";

(() => {
  const hex = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
  const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const unbase = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  const short = (bytes) => `${hex(bytes).slice(0, 12)}…`;
  const utf8 = (text) => new TextEncoder().encode(text);
  const same = (left, right) => hex(left) === hex(right);
  const count = (number) => number.toLocaleString("en");
  const entries = (number) => `${count(number)} ${number === 1 ? "entry" : "entries"}`;

  async function hash(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  }
  const leafOf = (entry) => hash([0], entry);
  const node = (left, right) => hash([1], left, right);

  function half(size) {
    let found = 1;
    while (found * 2 < size) found *= 2;
    return found;
  }

  // The ranges of leaves whose hashes a proof is made of, from the lowest up.
  function inclusion(index, size) {
    let [start, stop] = [0, size];
    const path = [];
    while (stop - start > 1) {
      const middle = start + half(stop - start);
      path.unshift(index < middle ? [middle, stop] : [start, middle]);
      if (index < middle) stop = middle;
      else start = middle;
    }
    return path;
  }

  function consistency(first, second) {
    let [start, stop, whole] = [0, second, true];
    const path = [];
    while (first !== stop) {
      const middle = start + half(stop - start);
      path.unshift(first <= middle ? [middle, stop] : [start, middle]);
      if (first <= middle) stop = middle;
      else [start, whole] = [middle, false];
    }
    return whole ? path : [[start, stop], ...path];
  }

  async function rootOf(index, size, leaf, hashes) {
    const path = inclusion(index, size);
    if (path.length !== hashes.length) throw new Error("The proof has not as many hashes as it has to have.");
    let top = leaf;
    for (const [at, [, stop]] of path.entries()) {
      const beside = unhex(hashes[at]);
      top = stop <= index ? await node(beside, top) : await node(top, beside);
    }
    return top;
  }

  async function grew({ first, second, hashes }, old, root) {
    const path = first === second ? [] : consistency(first, second);
    if (path.length !== hashes.length) return false;
    if (first === second) return same(old, root);
    const known = path.map(([, stop], at) => [stop, unhex(hashes[at])]);
    if (path[0][1] > first) known.unshift([first, old]);
    let [before, after] = [known[0][1], known[0][1]];
    for (const [stop, beside] of known.slice(1)) {
      if (stop <= first) before = await node(beside, before);
      after = stop <= first ? await node(beside, after) : await node(after, beside);
    }
    return same(before, old) && same(after, root);
  }

  function read(note) {
    const [text, below] = note.split("\n\n");
    const [origin, size, root] = text.split("\n");
    if (below === undefined || !/^[1-9][0-9]{0,15}$/.test(size ?? "")) throw new Error("This is not a checkpoint.");
    const signatures = below.trim().split("\n").map((line) => line.split(" ")).filter((line) => line.length === 3);
    return { text: `${text}\n`, origin, size: Number(size), root: unbase(root), signatures };
  }

  // True or false where one of the keys signed, nothing where this browser does not know such signatures.
  async function signed(found, keys) {
    for (const verifier of keys) {
      const [name, id, key] = verifier.split(/\+(.{8})\+/);
      for (const [, by, value] of found.signatures) {
        const content = unbase(value);
        if (by !== name || hex(content.slice(0, 4)) !== id) continue;
        try {
          const known = await crypto.subtle.importKey("raw", unbase(key).slice(1), "Ed25519", false, ["verify"]);
          return await crypto.subtle.verify("Ed25519", known, content.slice(4), utf8(found.text));
        } catch {
          return undefined;
        }
      }
    }
    return false;
  }

  async function checkpointSays(found, size, root, keys, say) {
    if (found.size !== size || !same(found.root, root)) return say(false, "The checkpoint signs another tree head.");
    const good = await signed(found, keys);
    if (good === undefined) return say(null, "This browser knows no Ed25519: that the checkpoint is signed, holotype audit verify tells.");
    return say(good, good ? "The checkpoint signs that tree head, with a key of this registry." : "The signature of the checkpoint is not good.");
  }

  async function entry(proof, say) {
    const bytes = utf8(document.getElementById("hashed").textContent);
    const leaf = await leafOf(bytes);
    say(JSON.parse(new TextDecoder().decode(bytes)).sequence === proof.sequence, `The entry above hashes to ${short(leaf)}`);
    const top = await rootOf(proof.sequence - 1, proof.size, leaf, proof.hashes);
    const fits = same(top, unhex(proof.root));
    say(fits, fits ? `${proof.hashes.length} hashes lead from there to the tree head ${short(top)} of ${entries(proof.size)}.`
      : `The hashes beside it lead to ${short(top)}, which is not the tree head.`);
    if (proof.note) await checkpointSays(read(proof.note), proof.size, top, proof.keys, say);
  }

  async function between(proof, say) {
    const good = await grew(proof, unhex(proof.first_root), unhex(proof.second_root));
    say(good, good ? `The tree over ${entries(proof.first)} is the beginning of that over ${entries(proof.second)}.` : "The two are not of one history.");
  }

  async function kept(form, say) {
    const note = read(`${form.elements.note.value.replaceAll("\r\n", "\n").trim()}\n`);
    const got = await fetch(`${form.dataset.keeps}?first=${note.size}`, { headers: { accept: "application/json" } });
    if (!got.ok) return say(false, `Nothing leads from ${entries(note.size)} to this ledger: it is smaller.`);
    const proof = await got.json();
    const now = read(proof.note);
    if (now.origin !== note.origin) return say(false, `It is of another registry: ${note.origin}.`);
    const good = await grew(proof, note.root, now.root);
    say(good, good ? `The ledger of your checkpoint, ${entries(note.size)}, is the beginning of that of today.`
      : `The ledger of your checkpoint, ${entries(note.size)}, is not the beginning of that of today: history was rewritten.`);
    await checkpointSays(now, proof.second, unhex(proof.second_root), proof.keys, say);
  }

  async function verify(place, work) {
    const verdict = place.querySelector("[data-verdict]");
    const said = [];
    const say = (good, text) => said.push(Object.assign(document.createElement("li"), { textContent: text, className: good === null ? "open" : good ? "good" : "bad" }));
    if (!globalThis.crypto?.subtle) {
      say(null, "This browser computes hashes only on pages that come by TLS, or from this machine.");
    } else {
      await work(say).catch((error) => say(false, error instanceof SyntaxError || error.name === "InvalidCharacterError" ? "This cannot be read." : error.message));
    }
    verdict.firstElementChild.replaceChildren(...said);
    verdict.dataset.verdict = said.some((one) => one.className === "bad") ? "bad" : said.every((one) => one.className === "good") ? "good" : "open";
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-proof]")) verify(place, (say) => entry(JSON.parse(place.dataset.proof), say));
    for (const place of document.querySelectorAll("[data-consistency]")) verify(place, (say) => between(JSON.parse(place.dataset.consistency), say));
    for (const form of document.querySelectorAll("form[data-keeps]")) {
      form.hidden = false;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        verify(form, (say) => kept(form, say));
      });
    }
  });
})();
