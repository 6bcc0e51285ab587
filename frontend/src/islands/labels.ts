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
