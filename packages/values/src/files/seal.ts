import { createHash } from 'node:crypto';

const line = /^# mi-patterns: sha256:([0-9a-f]{64})(?: .*)?$/;

/**
 * Text with a first line that holds the digest of all below it, so that a later run can tell whether somebody has
 * edited the file. `text` must be in a format in which `#` starts a comment.
 */
export function seal(text: string): string {
  return `# mi-patterns: sha256:${digest(text)}\n${text}`;
}

/** `intact`: as generated. `edited`: generated, then changed. `foreign`: has no seal. */
export type SealState = 'intact' | 'edited' | 'foreign';

/** Whether a text still is what {@link seal} made. Line ends do not count: git may change them. */
export function sealState(text: string): SealState {
  const normal = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  const end = normal.indexOf('\n');
  const found = line.exec(end < 0 ? normal : normal.slice(0, end));
  if (found === null) return 'foreign';
  return found[1] === digest(end < 0 ? '' : normal.slice(end + 1)) ? 'intact' : 'edited';
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
