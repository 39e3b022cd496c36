#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (!existsSync(fileURLToPath(main))) {
  process.stderr.write('mi-patterns is not built yet. Run "npm run setup" at the top of the repository first.\n');
  process.exit(2);
}
// From Node 22.8 on: what was compiled is kept, in the system's folder for temporary files, which a start takes a fifth less with.
module.enableCompileCache?.();
await import(main.href);
