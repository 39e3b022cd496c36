import { readFileSync, writeFileSync } from 'node:fs';
import { readArguments } from './lib/arguments.ts';
import { comparison, comparisonFile } from './lib/comparison/document.ts';

/** Writes docs/comparison.md from what both charts render. */
const { values } = readArguments({
  run: 'npx tsx scripts/compare.ts',
  summary: 'Writes docs/comparison.md from what this chart and the official one render.',
  options: { check: { type: 'boolean', description: 'only say whether the file is what both charts render now' } },
});
const text = await comparison();
if (!values.check) {
  writeFileSync(comparisonFile, text);
  process.stdout.write(`Written: ${comparisonFile}\n`);
} else if (readFileSync(comparisonFile, 'utf8') !== text) {
  process.stderr.write('docs/comparison.md is not what the charts render now: run npx tsx scripts/compare.ts.\n');
  process.exitCode = 1;
}
