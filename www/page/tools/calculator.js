// Arithmetic, read and computed here: no `eval`, which the page's policy forbids.

const FUNCTIONS = /** @type {Record<string, (...values: number[]) => number>} */ ({
  sqrt: Math.sqrt, abs: Math.abs, round: Math.round, floor: Math.floor, ceil: Math.ceil, ln: Math.log, log: Math.log10, log2: Math.log2, exp: Math.exp,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, min: Math.min, max: Math.max, pow: Math.pow,
});
/** @type {Record<string, number>} */
const CONSTANTS = { pi: Math.PI, e: Math.E };

const TOKEN = /\s*(?:(\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([a-z][a-z0-9]*)|(\*\*|[-+*/%^(),!×÷−·]))/iy;
/** @type {Record<string, string>} */
const SAME = { "×": "*", "·": "*", "÷": "/", "−": "-", "**": "^" };
const MOST_CHARACTERS = 1000, DEEPEST = 100;

/**
 * @param {string} expression with `+ - * / % ^ !`, brackets, functions and `pi`; `50% of 80` and `15%` are per cent
 * @returns {number} throws an Error that names the place
 */
export function calculate(expression) {
  if (expression.length > MOST_CHARACTERS) throw new Error(`expression: longer than ${MOST_CHARACTERS} characters`);
  return new Reader(expression).whole();
}

class Reader {
  /** @type {{ text: string, at: number, kind: "number" | "name" | "mark" }[]} */
  #tokens = [];
  #next = 0;
  #depth = 0;

  /** @param {string} text */
  constructor(text) {
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw new Error(`expression: "${text.slice(at, at + 12).trim()}" at character ${at + text.slice(at).search(/\S/) + 1} is no arithmetic`);
      const [whole, number, name, mark] = match;
      const begin = at + whole.length - whole.trimStart().length + 1;
      if (number !== undefined) this.#tokens.push({ text: number.replaceAll("_", ""), at: begin, kind: "number" });
      else if (name !== undefined) this.#tokens.push({ text: name.toLowerCase(), at: begin, kind: "name" });
      else this.#tokens.push({ text: SAME[mark] ?? mark, at: begin, kind: "mark" });
    }
  }

  whole() {
    if (this.#tokens.length === 0) throw new Error("expression: empty");
    const value = this.#sum();
    const rest = this.#tokens[this.#next];
    if (rest) throw new Error(`expression: "${rest.text}" at character ${rest.at} is one too many`);
    if (!Number.isFinite(value)) throw new Error("expression: the result is not a finite number");
    return value;
  }

  /** @param {...string} texts */
  #take(...texts) {
    const token = this.#tokens[this.#next];
    if (!token || !texts.includes(token.text)) return undefined;
    this.#next += 1;
    return token.text;
  }

  #sum() {
    // Deeper than anybody writes: a stack has an end.
    if (++this.#depth > DEEPEST) throw new Error("expression: too deep");
    let value = this.#product();
    for (let mark = this.#take("+", "-"); mark; mark = this.#take("+", "-")) value = mark === "+" ? value + this.#product() : value - this.#product();
    this.#depth -= 1;
    return value;
  }

  #product() {
    let value = this.#signed();
    for (let mark = this.#take("*", "/", "%", "of", "mod"); mark; mark = this.#take("*", "/", "%", "of", "mod")) {
      const right = this.#signed();
      value = mark === "/" ? value / right : mark === "%" || mark === "mod" ? value % right : value * right;
    }
    return value;
  }

  /** @returns {number} */
  #signed() {
    let sign = 1;
    for (let mark = this.#take("-", "+"); mark; mark = this.#take("-", "+")) if (mark === "-") sign = -sign;
    return sign * this.#power();
  }

  /** @returns {number} `2^3^2` is 2^9, and `-2^2` is -4 */
  #power() {
    const base = this.#postfix();
    return this.#take("^") ? base ** this.#signed() : base;
  }

  #postfix() {
    let value = this.#value();
    for (;;) {
      if (this.#take("!")) value = factorial(value);
      // Per cent, unless a value follows: then it is the rest of a division.
      else if (this.#tokens[this.#next]?.text === "%" && !this.#valueFollows()) {
        this.#next += 1;
        value /= 100;
      } else return value;
    }
  }

  #valueFollows() {
    const after = this.#tokens[this.#next + 1];
    return after !== undefined && (after.kind === "number" || after.text === "(" || (after.kind === "name" && after.text !== "of"));
  }

  /** @returns {number} */
  #value() {
    const token = this.#tokens[this.#next];
    if (!token) throw new Error("expression: it ends too early");
    this.#next += 1;
    if (token.kind === "number") return Number(token.text);
    if (token.text === "(") {
      const value = this.#sum();
      if (!this.#take(")")) throw new Error(`expression: the bracket at character ${token.at} is never closed`);
      return value;
    }
    const call = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
    if (call) {
      if (!this.#take("(")) throw new Error(`expression: ${token.text} at character ${token.at} wants brackets`);
      const values = [this.#sum()];
      while (this.#take(",")) values.push(this.#sum());
      if (!this.#take(")")) throw new Error(`expression: the brackets of ${token.text} are never closed`);
      return call(...values);
    }
    if (Object.hasOwn(CONSTANTS, token.text)) return /** @type {number} */ (CONSTANTS[token.text]);
    throw new Error(`expression: "${token.text}" at character ${token.at} is no value`);
  }
}

/** @param {number} of */
function factorial(of) {
  if (!Number.isInteger(of) || of < 0 || of > 170) throw new Error("expression: a factorial takes a whole number from 0 to 170");
  let value = 1;
  for (let factor = 2; factor <= of; factor++) value *= factor;
  return value;
}
