import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  type Diagnostic,
  type Inventory,
  readBackArchives,
  readRegularFile,
  type WrittenArchive,
} from '@mi-patterns/inventory';
import type { DeliverySet, Plan } from '@mi-patterns/planner';
import { parseAllDocuments } from 'yaml';
import { finding } from '../findings/catalogue.ts';

/** What the Dockerfile of a package is made of; nothing that a project says may add another. */
const instructions = /^(#|ARG |FROM |LABEL |COPY |USER |ENTRYPOINT |$)/;

/**
 * Reads archives that were just written as MI would, before they are called a package: every entry point that the set
 * delivers must be in them, and nothing may be wrong with them that was not wrong before.
 */
export function checkArchives(
  archives: readonly WrittenArchive[],
  set: DeliverySet,
  before: { readonly inventory: Inventory; readonly plan: Plan },
): Diagnostic[] {
  const { artifacts, diagnostics } = readBackArchives(archives);
  const known = new Set(before.inventory.diagnostics.map(({ code }) => code));
  const wrong = diagnostics.find(
    ({ severity, code }) => severity === 'error' && /^MI-(ZIP|CAR|XML|READ)-/.test(code) && !known.has(code),
  );
  const lost = set.archives
    .flatMap((archive) => archive.artifacts.map(({ delivery }) => delivery.artifact))
    .find((id) => before.plan.verdicts.has(id) && !artifacts.has(id));
  const problem = wrong?.message ?? (lost === undefined ? undefined : `${lost} is not in them`);
  return problem === undefined ? [] : [notReadBack(`The archives of ${set.name}`, problem)];
}

/** Parses ConfigMaps that were just written: keys that Kubernetes takes, with the bytes of the archives. */
export function checkConfigMaps(
  text: string,
  archives: readonly { readonly path: string; readonly digest: string }[],
): Diagnostic[] {
  const found = new Map<string, string>();
  for (const document of parseAllDocuments(text)) {
    const { binaryData = {} } = (document.toJS() ?? {}) as { readonly binaryData?: Readonly<Record<string, string>> };
    for (const [key, data] of Object.entries(binaryData))
      if (/^[-._a-zA-Z0-9]{1,253}$/.test(key)) found.set(key, digestOf(Buffer.from(data, 'base64')));
  }
  const lost = archives.find(({ path, digest }) => found.get(basename(path)) !== digest);
  return lost === undefined ? [] : [notReadBack('configmaps.yaml', `${basename(lost.path)} is not in it`)];
}

/** Looks at each instruction of a Dockerfile that was just written. */
export function checkDockerfile(file: string): Diagnostic[] {
  const lines = readRegularFile(file)
    .toString('utf8')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n');
  const wrong = lines.find((line) => !instructions.test(line));
  return wrong === undefined ? [] : [notReadBack('The Dockerfile', `it has the line ${wrong}`)];
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function notReadBack(what: string, problem: string): Diagnostic {
  return finding(
    'MI-PKG-READ-BACK',
    `${what} cannot be read back as intended: ${problem.replace(/\.$/, '')}.`,
    'Nothing was written. Check the name of the artifact first; otherwise report this as a bug in mi-patterns.',
  );
}
