// Bundles the style sheet, the frame and the islands into src/becq/web/static/built/.
// `node build.mjs [--watch | --tests]`
import { build, context } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/becq/web/static/built");
const modules = join(here, "node_modules");

/** One SVG with a <symbol> per icon, so that a page fetches all icons once. */
function writeSprite() {
  const names = JSON.parse(readFileSync(join(here, "icons.json"), "utf8"));
  const symbols = Object.entries(names).map(([name, source]) => {
    const svg = readFileSync(join(modules, "lucide-static/icons", `${source}.svg`), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  // Becq's own mark: activity halving at equal steps.
  const mark = "M2.5 3H6v18H2.5zM8 12h3.5v9H8zM13.500 16.500H17V21h-3.500zM19 18.750h3.500V21H19z";
  symbols.push(`<symbol id="mark" viewBox="0 0 24 24"><path fill="currentColor" stroke="none" d="${mark}"/></symbol>`);
  writeFileSync(
    join(out, "mark.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#00869e" d="${mark}"/></svg>\n`,
  );
  writeFileSync(
    join(out, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${symbols.join("")}</svg>\n`,
  );
}

/** The licences of everything that ends up in the built files, to be shipped beside them. */
function writeLicences() {
  const parts = ["echarts", "zrender", "tslib", "htmx.org", "lucide-static"].map((name) => {
    const folder = join(modules, name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const texts = readdirSync(folder)
      .filter((file) => /^(licen[cs]e|notice|copyrightnotice)(\.|$)/i.test(file))
      .map((file) => readFileSync(join(folder, file), "utf8").trim());
    return `${name} ${version} (${license})\n\n${texts.join("\n\n")}\n`;
  });
  writeFileSync(join(out, "LICENSES.txt"), parts.join(`\n${"=".repeat(78)}\n\n`));
}

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  target: ["es2022", "chrome109", "firefox115", "safari16"],
  legalComments: "none",
  logLevel: "warning",
  loader: { ".svg": "text" },
};

if (process.argv.includes("--tests")) {
  const tests = readdirSync(join(here, "tests")).map((file) => join("tests", file));
  await build({ ...shared, entryPoints: tests, outdir: "built-tests", outExtension: { ".js": ".mjs" }, minify: false, platform: "node", target: "node20", format: "esm" });
} else {
  if (existsSync(out)) rmSync(out, { recursive: true });
  mkdirSync(out, { recursive: true });
  writeSprite();
  writeLicences();
  const options = {
    ...shared,
    format: "iife",
    entryPoints: { becq: "src/frame/main.ts", islands: "src/islands/main.ts" },
    outdir: out,
  };
  const style = { ...shared, entryPoints: { becq: "src/style/becq.css" }, outdir: out };
  if (process.argv.includes("--watch")) {
    for (const each of [options, style]) await (await context(each)).watch();
  } else {
    await build(options);
    await build(style);
  }
}
