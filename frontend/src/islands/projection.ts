/** Mercator (spherical) and great-circle distance: enough for a plain map of sites. */

const RADIUS_KM = 6371.0088;
const rad = (degrees: number) => (degrees * Math.PI) / 180;

export function mercator(lat: number, lon: number): [number, number] {
  const bounded = Math.max(-85, Math.min(85, lat));
  return [rad(lon), -Math.log(Math.tan(Math.PI / 4 + rad(bounded) / 2))];
}

export function unproject(x: number, y: number): { lat: number; lon: number } {
  return { lon: (x * 180) / Math.PI, lat: (2 * Math.atan(Math.exp(-y)) * 180) / Math.PI - 90 };
}

export function distanceKm(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * RADIUS_KM * Math.asin(Math.sqrt(h));
}

/** A round length (1, 2 or 5 times a power of ten) of at most `longest`. */
export function roundLength(longest: number): number {
  const power = 10 ** Math.floor(Math.log10(longest));
  return [5, 2, 1].map((each) => each * power).find((each) => each <= longest) ?? power;
}
