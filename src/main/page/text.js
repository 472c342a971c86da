const pad = (number, digits = 2) => String(number).padStart(digits, "0");

const numbers = new Intl.NumberFormat("en-US");

export const count = (number) => numbers.format(number);

export const counted = (number, one, many = one + "s") =>
  count(number) + " " + (number === 1 ? one : many);

/** `2026-01-31`, of milliseconds since 1970, in UTC. */
export function day(ms) {
  const at = new Date(ms);
  return at.getUTCFullYear() + "-" + pad(at.getUTCMonth() + 1) + "-" + pad(at.getUTCDate());
}

export function clock(ms) {
  const at = new Date(ms);
  return pad(at.getUTCHours()) + ":" + pad(at.getUTCMinutes()) + ":" + pad(at.getUTCSeconds());
}

export const time = (ms) => day(ms) + " " + clock(ms);

export const exactTime = (ms) => time(ms) + "." + pad(new Date(ms).getUTCMilliseconds(), 3) + " UTC";

/** The time that a person typed, in UTC; NaN if it is none. */
export function readTime(text) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
  if (parts === null) {
    return NaN;
  }
  const [year, month, date, hour, minute, second] = parts.slice(1).map((part) => Number(part ?? 0));
  const ms = Date.UTC(year, month - 1, date, hour, minute, second);
  return day(ms) === text.trim().slice(0, 10) ? ms : NaN;
}

export function duration(ms) {
  if (ms < 0) {
    return "";
  }
  if (ms < 1000) {
    return Math.round(ms) + " ms";
  }
  if (ms < 60_000) {
    return (ms / 1000).toFixed(ms < 9950 ? 1 : 0) + " s";
  }
  const seconds = Math.round(ms / 1000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) {
    return days + " d " + hours + " h";
  }
  return hours > 0 ? hours + " h " + minutes + " min" : minutes + " min " + (seconds % 60) + " s";
}

export function bytes(number) {
  if (number < 0) {
    return "";
  }
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  let value = number;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return value.toFixed(unit > 0 && value < 9.95 ? 1 : 0) + " " + units[unit];
}

/** A number for an axis, short. */
export function short(number) {
  for (const [size, unit] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (number >= size) {
      return Number((number / size).toFixed(1)) + unit;
    }
  }
  return String(Number(number.toFixed(1)));
}

export function percent(part, whole) {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return (share > 0 && share < 0.1 ? "< 0.1" : share.toFixed(share > 0 && share < 10 ? 1 : 0)) + " %";
}
