// What time it is, anywhere.

/**
 * @param {string} [timeZone] an IANA name, `Asia/Tokyo`; left out: the visitor's
 * @param {Date} [now]
 */
export function clock(timeZone, now = new Date()) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = timeZone || own;
  let format;
  try {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "longOffset" });
  } catch {
    throw new Error(`time_zone: "${timeZone}" is no name of a time zone; one is "Europe/Lisbon"`);
  }
  return { time_zone: zone, local_time: format.format(now), utc: now.toISOString() };
}

/**
 * The zone whose city a text names, `Asia/Tokyo` for "What time is it in Tokyo?".
 * @param {string} text
 * @returns {string | undefined}
 */
export function zoneIn(text) {
  const flat = ` ${text.toLowerCase().replace(/[^\p{L}]+/gu, " ")} `;
  return Intl.supportedValuesOf("timeZone").find((zone) => flat.includes(` ${zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ").toLowerCase()} `));
}
