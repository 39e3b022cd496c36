#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write('mi-patterns is not built yet. Run "npm run setup" at the top of the repository first.\n');
  process.exit(2);
}
await import(main.href);
