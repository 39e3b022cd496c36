import { readFileSync, writeFileSync } from 'node:fs';
import { comparison, comparisonFile } from './lib/comparison/document.ts';

/** Writes docs/comparison.md. With --check it only says whether the file is what both charts render now. */
try {
  const text = await comparison();
  if (process.argv.includes('--check')) {
    if (readFileSync(comparisonFile, 'utf8') !== text)
      throw new Error('docs/comparison.md is not what the charts render now: run npx tsx scripts/compare.ts.');
  } else {
    writeFileSync(comparisonFile, text);
    process.stdout.write(`Written: ${comparisonFile}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
