/** Colour stands for states only, so curves differ by tone and dashes and carry their names. */
export const LINES = [
  { token: "--accent", type: "solid", width: 2 },
  { token: "--ink-2", type: "solid", width: 1.5 },
  { token: "--accent", type: [7, 4], width: 2 },
  { token: "--ink-2", type: [7, 4], width: 1.5 },
  { token: "--accent", type: [2, 3], width: 2 },
  { token: "--ink-2", type: [2, 3], width: 1.5 },
  { token: "--accent", type: [11, 3, 2, 3], width: 2 },
  { token: "--ink-2", type: [11, 3, 2, 3], width: 1.5 },
] as const;
