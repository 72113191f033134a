// The books of one caller: what is spent, what is held for requests on their way, how many there were in the last minute. No clock and no storage
// of its own: whoever keeps it gives the time, and a table whose writes are one with the step that made them.

/**
 * What a caller may spend and ask; amounts as decimal strings of 10^-12 USD, so that they survive JSON.
 * @typedef {object} Allowance
 * @property {string} [maxPico]  in all
 * @property {string} [dayPico]  a day of UTC
 * @property {string} [monthPico]
 * @property {number} [requestsPerMinute]
 * @property {number} [tokensPerMinute]
 * @property {number} [maxConcurrent]
 */

/**
 * @typedef {object} ReserveRequest
 * @property {string} id  of the reservation; a second one of the same name is the first
 * @property {number} nowMs
 * @property {string} wantedPico  what it may cost
 * @property {string} leastPico  below it is not worth sending
 * @property {number} tokens  of the prompt, estimated
 * @property {number} ttlMs  after it the holder is taken for dead, and what is held for spent
 * @property {Allowance} allowance
 */

/** @typedef {{ ok: true, heldPico: string, usage: Usage } | { ok: false, reason: "budget" | "requests" | "tokens" | "concurrency", retryAfterMs?: number, limit: string, usage: Usage }} ReserveOutcome */

/** @typedef {{ spentPico: string, dayPico: string, monthPico: string, heldPico: string, running: number, requests: number, tokens: number, lastMinute: { requests: number, tokens: number }, usedPercent?: number }} Usage */

/** @typedef {{ get(key: string): any, put(key: string, value: any): void, delete(key: string): void, list(prefix: string): [string, any][] }} Table  synchronous, JSON values */

const MINUTE_MS = 60_000;
const HELD = "held:", TOTALS = "totals", MINUTE = "minute";

/** @typedef {{ pico: bigint, tokens: number, atMs: number, untilMs: number }} Reservation */

export class Books {
  #table;
  /** @type {{ spent: bigint, day: string, daySpent: bigint, month: string, monthSpent: bigint, requests: number, tokens: number }} */
  #totals;
  /** @type {Map<string, Reservation>} */
  #held = new Map();
  /** By second: [second, requests, tokens]. @type {[number, number, number][]} */
  #minute;

  /** @param {Table} table */
  constructor(table) {
    this.#table = table;
    const totals = table.get(TOTALS);
    this.#totals = {
      spent: BigInt(totals?.spent ?? 0), day: totals?.day ?? "", daySpent: BigInt(totals?.daySpent ?? 0), month: totals?.month ?? "", monthSpent: BigInt(totals?.monthSpent ?? 0),
      requests: totals?.requests ?? 0, tokens: totals?.tokens ?? 0,
    };
    this.#minute = table.get(MINUTE) ?? [];
    for (const [key, { pico, ...rest }] of table.list(HELD)) this.#held.set(key.slice(HELD.length), { ...rest, pico: BigInt(pico) });
  }

  /** @param {ReserveRequest} request @returns {ReserveOutcome} */
  reserve({ id, nowMs, wantedPico, leastPico, tokens, ttlMs, allowance }) {
    this.#turn(nowMs);
    const known = this.#held.get(id);
    if (known) return { ok: true, heldPico: String(known.pico), usage: this.usage(nowMs, allowance) };
    const refusal = this.#overRate(nowMs, tokens, allowance);
    if (refusal) return { ok: false, ...refusal, usage: this.usage(nowMs, allowance) };
    const { left, limit } = this.#left(allowance);
    const wanted = BigInt(wantedPico), least = BigInt(leastPico);
    if (left !== undefined && (left <= 0n || left < least)) return { ok: false, reason: "budget", limit, usage: this.usage(nowMs, allowance) };
    const pico = left !== undefined && wanted > left ? left : wanted;
    const reservation = { pico, tokens, atMs: nowMs, untilMs: nowMs + ttlMs };
    this.#held.set(id, reservation);
    this.#table.put(HELD + id, { ...reservation, pico: String(pico) });
    this.#count(nowMs, 1, tokens);
    return { ok: true, heldPico: String(pico), usage: this.usage(nowMs, allowance) };
  }

  /**
   * What it has cost in place of what was held. A reservation that is gone has been settled before.
   * @param {{ id: string, nowMs: number, pico: string, tokens: number }} bill
   */
  settle({ id, nowMs, pico, tokens }) {
    this.#turn(nowMs, id);
    const held = this.#forget(id);
    if (!held) return;
    this.#spend(BigInt(pico), tokens);
    // The estimate was counted when it was sent.
    this.#count(nowMs, 0, Math.max(0, tokens - held.tokens));
  }

  /** It came to nothing that anybody bills. @param {{ id: string, nowMs: number }} release */
  release({ id, nowMs }) {
    this.#turn(nowMs, id);
    this.#forget(id);
  }

  /** A holder that is still at work says so. @param {{ id: string, nowMs: number, ttlMs: number }} sign */
  extend({ id, nowMs, ttlMs }) {
    const held = this.#held.get(id);
    if (!held) return;
    held.untilMs = nowMs + ttlMs;
    this.#table.put(HELD + id, { ...held, pico: String(held.pico) });
  }

  /** @param {number} nowMs @param {Allowance} [allowance] @returns {Usage} */
  usage(nowMs, allowance = {}) {
    this.#turn(nowMs);
    const { spent, daySpent, monthSpent, requests, tokens } = this.#totals;
    const [lastRequests, lastTokens] = this.#lastMinute();
    const percents = this.#limits(allowance).flatMap(([limit, used]) => (limit > 0n ? [Number((used * 10_000n) / limit) / 100] : []));
    return {
      spentPico: String(spent), dayPico: String(daySpent), monthPico: String(monthSpent), heldPico: String(this.#heldPico), running: this.#held.size, requests, tokens,
      lastMinute: { requests: lastRequests, tokens: lastTokens },
      ...(percents.length > 0 && { usedPercent: Math.max(...percents) }),
    };
  }

  get #heldPico() {
    let sum = 0n;
    for (const { pico } of this.#held.values()) sum += pico;
    return sum;
  }

  /** @param {Allowance} allowance @returns {[bigint, bigint, string][]} */
  #limits({ maxPico, dayPico, monthPico }) {
    const { spent, daySpent, monthSpent } = this.#totals;
    /** @type {[string | undefined, bigint, string][]} */
    const all = [[maxPico, spent, "budget"], [dayPico, daySpent, "budget of a day"], [monthPico, monthSpent, "budget of a month"]];
    return all.flatMap(([limit, used, name]) => (limit === undefined ? [] : [/** @type {[bigint, bigint, string]} */ ([BigInt(limit), used, name])]));
  }

  /** @param {Allowance} allowance */
  #left(allowance) {
    /** @type {bigint | undefined} */
    let left;
    let limit = "";
    for (const [most, used, name] of this.#limits(allowance)) {
      const rest = most - used - this.#heldPico;
      if (left === undefined || rest < left) [left, limit] = [rest, name];
    }
    return { left, limit };
  }

  /** @param {number} nowMs @param {number} tokens @param {Allowance} allowance */
  #overRate(nowMs, tokens, { requestsPerMinute, tokensPerMinute, maxConcurrent }) {
    const [requests, used] = this.#lastMinute();
    if (maxConcurrent !== undefined && this.#held.size >= maxConcurrent) return { reason: /** @type {const} */ ("concurrency"), retryAfterMs: 1000, limit: `${maxConcurrent} requests at a time` };
    if (requestsPerMinute !== undefined && requests >= requestsPerMinute) {
      return { reason: /** @type {const} */ ("requests"), retryAfterMs: this.#freeAfterMs(nowMs, 1, requests - requestsPerMinute + 1), limit: `${requestsPerMinute} requests a minute` };
    }
    // A request that is larger than the limit may go out alone.
    if (tokensPerMinute !== undefined && used > 0 && used + tokens > tokensPerMinute) {
      return { reason: /** @type {const} */ ("tokens"), retryAfterMs: this.#freeAfterMs(nowMs, 2, used + tokens - tokensPerMinute), limit: `${tokensPerMinute} tokens a minute` };
    }
    return undefined;
  }

  /** When so many of them are older than a minute. @param {number} nowMs @param {1 | 2} column @param {number} count */
  #freeAfterMs(nowMs, column, count) {
    let sum = 0;
    for (const bucket of this.#minute) {
      sum += bucket[column];
      if (sum >= count) return Math.max(1, (bucket[0] + 1) * 1000 + MINUTE_MS - nowMs);
    }
    return MINUTE_MS;
  }

  #lastMinute() {
    return this.#minute.reduce(([requests, tokens], [, more, moreTokens]) => [requests + more, tokens + moreTokens], [0, 0]);
  }

  /** Time has passed. @param {number} nowMs @param {string} [except]  its holder is alive */
  #turn(nowMs, except) {
    const iso = new Date(nowMs).toISOString(), day = iso.slice(0, 10), month = iso.slice(0, 7);
    const totals = this.#totals;
    // Never back: of two machines one is behind, and a day that began again at every turn would have no end.
    if (totals.day < day) [totals.day, totals.daySpent] = [day, 0n];
    if (totals.month < month) [totals.month, totals.monthSpent] = [month, 0n];
    while (this.#minute.length > 0 && (this.#minute[0][0] + 1) * 1000 + MINUTE_MS <= nowMs) this.#minute.shift();
    for (const [id, { untilMs, pico, tokens }] of this.#held) {
      if (untilMs > nowMs || id === except) continue;
      // It may have been billed, and nobody is left who knows.
      this.#forget(id);
      this.#spend(pico, tokens);
    }
  }

  /** @param {string} id */
  #forget(id) {
    const held = this.#held.get(id);
    if (!held) return undefined;
    this.#held.delete(id);
    this.#table.delete(HELD + id);
    return held;
  }

  /** @param {bigint} pico @param {number} tokens */
  #spend(pico, tokens) {
    const totals = this.#totals;
    totals.spent += pico;
    totals.daySpent += pico;
    totals.monthSpent += pico;
    totals.requests += 1;
    totals.tokens += tokens;
    const { spent, daySpent, monthSpent, ...rest } = totals;
    this.#table.put(TOTALS, { ...rest, spent: String(spent), daySpent: String(daySpent), monthSpent: String(monthSpent) });
  }

  /** @param {number} nowMs @param {number} requests @param {number} tokens */
  #count(nowMs, requests, tokens) {
    if (requests === 0 && tokens === 0) return;
    const second = Math.floor(nowMs / 1000);
    const last = this.#minute.at(-1);
    if (last && last[0] >= second) {
      last[1] += requests;
      last[2] += tokens;
    } else this.#minute.push([second, requests, tokens]);
    this.#table.put(MINUTE, this.#minute);
  }
}
