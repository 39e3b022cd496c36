/** Elements of a list that are made into text at a time: few calls, and text small enough to be forgotten soon. */
const batch = 100;

/**
 * Version of every document of `--json`. It changes when a field loses its meaning or goes away, not when one is added.
 */
export const jsonFormatVersion = 1;

/**
 * Writes the document with its `formatVersion`, as `JSON.stringify(…, null, 2)` and a line break would, a part at a
 * time: the whole text of a large inventory would need several times its own size in memory. A member may be a
 * generator, which counts as the list of what it yields.
 */
export function printJson(document: object, write: (text: string) => void): void {
  write(`{\n  "formatVersion": ${jsonFormatVersion}`);
  const lead = ',\n';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    if (Array.isArray(value) || isGenerator(value)) writeList(`${lead}  ${JSON.stringify(key)}: [`, value, write);
    else write(lead + JSON.stringify({ [key]: value }, null, 2).slice('{\n'.length, -'\n}'.length));
  }
  write('\n}\n');
}

function isGenerator(value: unknown): value is Generator<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.iterator in value;
}

function writeList(head: string, list: Iterable<unknown>, write: (text: string) => void): void {
  let lead = `${head}\n`;
  let part: unknown[] = [];
  const flush = (): void => {
    const text = JSON.stringify({ '': part }, null, 2);
    write(lead + text.slice('{\n  "": [\n'.length, -'\n  ]\n}'.length));
    lead = ',\n';
    part = [];
  };
  for (const element of list) {
    part.push(element);
    if (part.length === batch) flush();
  }
  if (part.length > 0) flush();
  write(lead === `${head}\n` ? `${head}]` : '\n  ]');
}
