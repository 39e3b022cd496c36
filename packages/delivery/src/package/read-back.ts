import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  type Diagnostic,
  type Inventory,
  readBackArchive,
  readRegularFile,
  type WrittenArchive,
} from '@mi-patterns/inventory';
import type { DeliveredArchive, Plan } from '@mi-patterns/planner';
import { parseAllDocuments } from 'yaml';
import { finding } from '../findings/catalogue.ts';

/** What the Dockerfile of a package is made of; nothing that a project says may add another. */
const instructions = /^(#|ARG |FROM |LABEL |COPY |USER |ENTRYPOINT |$)/;

/** Says what is wrong with an archive that was just written, for what it is to deliver. */
export type ArchiveCheck = (written: WrittenArchive, wanted: DeliveredArchive) => Diagnostic[];

/**
 * A check that reads an archive as MI would, before it is called part of a package: every entry point that it is to
 * deliver must be in it, and nothing may be wrong with it that was not wrong before.
 */
export function archiveCheck(before: { readonly inventory: Inventory; readonly plan: Plan }): ArchiveCheck {
  const known = new Set(before.inventory.diagnostics.map(({ code }) => code));
  return (written, { file, artifacts }) => {
    const found = readBackArchive(written);
    const wrong = found.diagnostics.find(
      ({ severity, code }) => severity === 'error' && /^MI-(ZIP|CAR|XML|READ)-/.test(code) && !known.has(code),
    );
    const lost = artifacts
      .map(({ delivery }) => delivery.artifact)
      .find((id) => before.plan.verdicts.has(id) && !found.artifacts.has(id));
    const problem = wrong?.message ?? (lost === undefined ? undefined : `${lost} is not in it`);
    return problem === undefined ? [] : [notReadBack(`The archive ${file}`, problem)];
  };
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
