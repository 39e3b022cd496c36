/** Elements of a list that are made into text at a time: few calls, and text small enough to be forgotten soon. */
const batch = 100;

/**
 * Version of every document of `--json`. It changes when a field loses its meaning or goes away, not when one is added.
 */
export const jsonFormatVersion = 1;

/**
 * Writes the document with its `formatVersion`, as `JSON.stringify(…, null, 2)` and a line break would, a part at a
 * time: the whole text of a large inventory would need several times its own size in memory. A member may be a
 * generator, which counts as the list of what it yields, or a map, which counts as an object.
 */
export function printJson(document: object, write: (text: string) => void): void {
  write(`{\n  "formatVersion": ${jsonFormatVersion}`);
  const lead = ',\n';
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    const head = `${lead}  ${JSON.stringify(key)}: `;
    if (Array.isArray(value) || isGenerator(value)) writeParts(head, value, list, write);
    else if (value instanceof Map) writeParts(head, value, members, write);
    else write(lead + JSON.stringify({ [key]: value }, null, 2).slice('{\n'.length, -'\n}'.length));
  }
  write('\n}\n');
}

function isGenerator(value: unknown): value is Generator<unknown> {
  return typeof value === 'object' && value !== null && 'next' in value && Symbol.iterator in value;
}

/** How some elements are written together. */
interface Form {
  readonly open: string;
  readonly close: string;
  readonly together: (elements: readonly unknown[]) => unknown;
}

const list: Form = { open: '[', close: ']', together: (elements) => elements };
const members: Form = {
  open: '{',
  close: '}',
  together: (entries) => Object.fromEntries(entries as Iterable<readonly [string, unknown]>),
};

function writeParts(head: string, elements: Iterable<unknown>, form: Form, write: (text: string) => void): void {
  let lead = `${head}${form.open}\n`;
  let part: unknown[] = [];
  let isEmpty = true;
  const flush = (): void => {
    const text = JSON.stringify({ '': form.together(part) }, null, 2);
    write(lead + text.slice('{\n  "": [\n'.length, -'\n  ]\n}'.length));
    lead = ',\n';
    part = [];
    isEmpty = false;
  };
  for (const element of elements) {
    part.push(element);
    if (part.length === batch) flush();
  }
  if (part.length > 0) flush();
  write(isEmpty ? `${head}${form.open}${form.close}` : `\n  ${form.close}`);
}
