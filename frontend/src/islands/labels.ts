/** Placing labels beside points so that none covers another label or a symbol; what finds no room is left out. */

export interface Anchor {
  x: number;
  y: number;
  width: number;
}

export interface Placed {
  x: number;
  y: number;
}

interface Box {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

const hits = (a: Box, b: Box) => a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2;

/** Left end and baseline of each label, in order of importance; null where there is no room. */
export function place(anchors: readonly Anchor[], size: { width: number; height: number }, radius = 8, line = 14): (Placed | null)[] {
  const symbols = anchors.map(({ x, y }) => ({ x1: x - radius, y1: y - radius, x2: x + radius, y2: y + radius }));
  const taken: Box[] = [];
  return anchors.map(({ x, y, width }, own) => {
    if (x < 0 || y < 0 || x > size.width || y > size.height) return null;
    const gap = radius + 2;
    const middle = y - line / 2;
    const corners: [number, number][] = [
      [x + gap, middle], [x - gap - width, middle], [x - width / 2, y - gap - line], [x - width / 2, y + gap],
      [x + gap - 3, y - gap - line + 5], [x + gap - 3, y + gap - 5], [x - gap - width + 3, y - gap - line + 5], [x - gap - width + 3, y + gap - 5],
    ];
    for (const [left, top] of corners) {
      const box = { x1: left, y1: top, x2: left + width, y2: top + line };
      if (box.x1 < 2 || box.y1 < 2 || box.x2 > size.width - 2 || box.y2 > size.height - 2) continue;
      if (taken.some((other) => hits(box, other)) || symbols.some((other, i) => i !== own && hits(box, other))) continue;
      taken.push(box);
      return { x: left, y: top + line - 3 };
    }
    return null;
  });
}

/**
 * Points moved apart until they are `least` from each other, but none further than `most` from where it is, unless
 * more stand on its very spot than find room so near: those are laid in rings about it.
 */
export function separate(points: readonly [number, number][], least = 15, most = 16): [number, number][] {
  const moved = points.map(([x, y]) => [x, y] as [number, number]);
  const reach = points.map(() => most);
  for (const together of onOneSpot(points)) {
    // A new ring where the one before is full; drawings agree, because only the order of the points counts.
    let ring = 0;
    for (let placed = 0; placed < together.length; ring += 1) {
      const waiting = together.length - placed;
      const widest = (ring + 1) * (least + 1);
      const room = Math.floor(Math.PI / Math.asin(Math.min(1, least / (2 * widest))));
      const here = Math.min(waiting, room);
      const radius = ring === 0 ? Math.min(widest, here < 2 ? 0 : (least + 0.5) / (2 * Math.sin(Math.PI / here))) : widest;
      for (let k = 0; k < here; k += 1, placed += 1) {
        const i = together[placed]!;
        const angle = (2 * Math.PI * k) / here + ring / 2;
        moved[i] = [moved[i]![0] + radius * Math.cos(angle), moved[i]![1] + radius * Math.sin(angle)];
        reach[i] = Math.max(most, radius + 1);
      }
    }
  }
  for (let round = 0; round < 12; round += 1) {
    let calm = true;
    const near = neighbours(moved, least);
    for (let i = 0; i < moved.length; i += 1)
      for (const j of near(i)) {
        const a = moved[i]!;
        const b = moved[j]!;
        let [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        let apart = Math.hypot(dx, dy);
        if (apart >= least) continue;
        calm = false;
        if (apart < 0.01) [dx, dy, apart] = [Math.cos(j), Math.sin(j), 1];
        const push = (least - Math.min(apart, least)) / 2 + 0.2;
        const [ux, uy] = [(dx / apart) * push, (dy / apart) * push];
        moved[i] = [a[0] - ux, a[1] - uy];
        moved[j] = [b[0] + ux, b[1] + uy];
      }
    if (calm) break;
  }
  return moved.map(([x, y], i) => {
    const [x0, y0] = points[i]!;
    const far = Math.hypot(x - x0, y - y0);
    const limit = reach[i]!;
    return far <= limit ? [x, y] : [x0 + ((x - x0) * limit) / far, y0 + ((y - y0) * limit) / far];
  });
}

/** Of each point the later ones that may be nearer than `reach`: all of a few, those of the cells about it of many. */
function neighbours(points: readonly [number, number][], reach: number): (i: number) => number[] {
  if (points.length <= 150) return (i) => Array.from({ length: points.length - i - 1 }, (_, k) => i + 1 + k);
  const cell = 2 * reach;
  const key = (x: number, y: number) => `${Math.floor(x / cell)} ${Math.floor(y / cell)}`;
  const cells = new Map<string, number[]>();
  points.forEach(([x, y], i) => {
    const there = cells.get(key(x, y));
    if (there) there.push(i);
    else cells.set(key(x, y), [i]);
  });
  const start = points.map(([x, y]) => [x, y] as const);
  return (i) => {
    const [x, y] = start[i]!;
    const found: number[] = [];
    for (const dx of [-cell, 0, cell]) for (const dy of [-cell, 0, cell]) for (const j of cells.get(key(x + dx, y + dy)) ?? []) if (j > i) found.push(j);
    return found.sort((a, b) => a - b);
  };
}

/** Numbers of the points that share a spot (a twentieth of a pixel), where there are at least two. */
function onOneSpot(points: readonly [number, number][]): number[][] {
  const spots = new Map<string, number[]>();
  points.forEach(([x, y], i) => {
    const key = `${Math.round(20 * x)} ${Math.round(20 * y)}`;
    const there = spots.get(key);
    if (there) there.push(i);
    else spots.set(key, [i]);
  });
  return [...spots.values()].filter((each) => each.length > 1);
}
