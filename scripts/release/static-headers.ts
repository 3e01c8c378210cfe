import type { HeaderRule } from "./headers.ts";

/**
 * The table as a `_headers` file, which Netlify, Cloudflare Pages and others read from the folder they publish.
 *
 * They compress by themselves and say so, so the `.gz` and `.br` beside the script are not theirs to serve.
 */
export function renderStaticHeaders(table: readonly HeaderRule[]): string {
  const rules = table.map(({ path, type, headers }) => {
    const lines = [["Content-Type", type] as const, ...headers].map(([name, value]) => `  ${name}: ${value}`);
    return [path, ...lines].join("\n");
  });
  return `# Made by npm run release from scripts/release/headers.ts: change it there.\n\n${rules.join("\n\n")}\n`;
}
