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
  const put = (text: string): void => {
    write(lead + text);
    lead = ',\n';
    isEmpty = false;
  };
  const flush = (): void => {
    if (part.length > 0) put(inside(JSON.stringify({ '': form.together(part) }, null, 2), 1));
    part = [];
  };
  for (const element of elements) {
    if (form === list && isLarge(element)) {
      flush();
      put('    {');
      writeLarge(element, write);
    } else part.push(element);
    if (part.length === batch) flush();
  }
  flush();
  write(isEmpty ? `${head}${form.open}${form.close}` : `\n  ${form.close}`);
}

/** Elements of a list of names that are made into text at a time. */
const largeBatch = 1000;

/** True for an object with a list that is too long to become text at once, as a workload with all artifacts has. */
function isLarge(element: unknown): element is object {
  return (
    typeof element === 'object' && element !== null && !Array.isArray(element) && Object.values(element).some(isLong)
  );
}

function isLong(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > largeBatch;
}

/** Writes what follows the opening brace of an object in a list. */
function writeLarge(element: object, write: (text: string) => void): void {
  let lead = '\n';
  for (const [key, value] of Object.entries(element)) {
    if (value === undefined) continue;
    if (isLong(value)) writeLong(`${lead}      ${JSON.stringify(key)}: [\n`, value, write);
    else write(lead + inside(JSON.stringify({ '': [{ [key]: value }] }, null, 2), 2));
    lead = ',\n';
  }
  write('\n    }');
}

function writeLong(head: string, value: readonly unknown[], write: (text: string) => void): void {
  for (let start = 0; start < value.length; start += largeBatch) {
    const part = value.slice(start, start + largeBatch);
    write((start === 0 ? head : ',\n') + inside(JSON.stringify({ '': [{ '': part }] }, null, 2), 3));
  }
  write('\n      ]');
}

/** What opens and closes the values that JSON is wrapped into, so that it is indented as deep as it will stand. */
const wrappers = [
  ['{\n  "": [\n', '\n  ]\n}'],
  ['{\n  "": [\n    {\n', '\n    }\n  ]\n}'],
  ['{\n  "": [\n    {\n      "": [\n', '\n      ]\n    }\n  ]\n}'],
] as const;

/** The lines inside of so many wrappers. */
function inside(text: string, depth: 1 | 2 | 3): string {
  const [open, close] = wrappers[depth - 1] ?? wrappers[0];
  return text.slice(open.length, -close.length);
}
