/** Instants in a site's time zone. All pages name the zone. */

export interface Wall {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 is Sunday. */
  weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string): Intl.DateTimeFormat {
  let found = formats.get(zone);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
    formats.set(zone, found);
  }
  return found;
}

/** Calendar and clock in `zone` at the epoch millisecond `at`. */
export function wall(at: number, zone: string): Wall {
  const parts: Record<string, number> = {};
  for (const part of format(zone).formatToParts(at)) parts[part.type] = Number(part.value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return { year, month, day, hour, minute, second, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/** Milliseconds that the clock in `zone` is ahead of UTC. */
export function offset(at: number, zone: string): number {
  const w = wall(at, zone);
  return Date.UTC(w.year, w.month - 1, w.day, w.hour, w.minute, w.second) - Math.floor(at / 1000) * 1000;
}

const two = (n: number) => String(n).padStart(2, "0");

export function formatTime(at: number, zone: string, seconds = false): string {
  const w = wall(at, zone);
  return `${two(w.hour)}:${two(w.minute)}${seconds ? `:${two(w.second)}` : ""}`;
}

export function formatInstant(at: number, zone: string, year = false): string {
  const w = wall(at, zone);
  return `${year ? `${w.year}-` : ""}${two(w.month)}-${two(w.day)} ${two(w.hour)}:${two(w.minute)}`;
}

/** "UTC+8", "UTC+5:30". */
export function zoneLabel(at: number, zone: string): string {
  const minutes = Math.round(offset(at, zone) / 60000);
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? "−" : "+"}${Math.floor(size / 60)}${size % 60 ? `:${two(size % 60)}` : ""}`;
}
