import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Page } from 'playwright-core';

/** Pictures of the report of examples/shop in docs/images: name, the page, the height of the window. */
export const reportPictures = [
  ['report', '', 1240],
  ['report-list', '#/explore?show=finding', 820],
  ['report-artifact', '#/artifact/task%2FReconcileNightly', 900],
] as const;

/** Opens a page of the report, and waits until it shows. */
export async function openReport(page: Page, report: string, hash: string): Promise<void> {
  await page.goto(report + hash);
  if (hash !== '') await page.waitForFunction('document.getElementById("view").childElementCount > 0');
}

/** What a page shows, in a digest that no font and no machine changes: its text, its style and its pictures. */
export async function digestOfPage(page: Page): Promise<string> {
  const shown = await page.evaluate(
    "[document.body.innerText, ...[...document.querySelectorAll('style, .picture svg')].map((one) => one.textContent)].join('\\n')",
  );
  return createHash('sha256').update(String(shown)).digest('hex');
}

const signature = 8;
const keyword = 'Page';

/** A PNG that tells which page it shows: a text chunk behind its header (https://www.w3.org/TR/png-3/#11tEXt). */
export function withDigest(png: Buffer, digest: string): Buffer {
  const header = signature + 12 + png.readUInt32BE(signature);
  const content = Buffer.from(`tEXt${keyword}\0${digest}`, 'latin1');
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length - 4);
  check.writeUInt32BE(crc32(content));
  return Buffer.concat([png.subarray(0, header), length, content, check, png.subarray(header)]);
}

/** The digest in a PNG; undefined where it has none. */
export function digestIn(png: Buffer): string | undefined {
  for (let at = signature; at + 8 <= png.length; at += 12 + png.readUInt32BE(at)) {
    const [name = '', digest] = png.toString('latin1', at + 4, at + 8 + png.readUInt32BE(at)).split('\0');
    if (name === `tEXt${keyword}`) return digest;
  }
  return undefined;
}
