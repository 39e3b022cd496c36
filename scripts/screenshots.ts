import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { $ } from 'zx';
import { readArguments } from './lib/arguments.ts';
import { digestOfPage, openReport, reportPictures, withDigest } from '../test/support/report-pictures.ts';
import { browserProgram, launchBrowser } from '../test/support/browser.ts';

readArguments({
  run: 'npm run screenshots --',
  summary: 'Takes the pictures of the report of examples/shop in docs/images. It needs chromium on PATH.',
});
if (browserProgram === undefined) throw new Error('There is no chromium on PATH; on Debian: apt-get install chromium.');
const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'screenshots-'));
const browser = await launchBrowser();
try {
  const report = join(folder, 'report.html');
  // Exit code 1: the sample has errors to show.
  await $({ cwd: root, nothrow: true })`npm run --silent mi-patterns -- plan examples/shop --report ${report}`.quiet();
  for (const [name, hash, height] of reportPictures) {
    const page = await browser.newPage({ viewport: { width: 1240, height }, colorScheme: 'light' });
    await openReport(page, pathToFileURL(report).href, hash);
    const picture = withDigest(await page.screenshot(), await digestOfPage(page));
    writeFileSync(join(root, 'docs', 'images', `${name}.png`), picture);
    process.stdout.write(`docs/images/${name}.png\n`);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
