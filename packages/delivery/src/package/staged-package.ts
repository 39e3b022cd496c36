import { join, relative, resolve } from 'node:path';
import {
  compareDiagnostics,
  type Diagnostic,
  hasErrors,
  isTemporary,
  noTemporaryFolder,
  printableLines,
} from '@mi-patterns/inventory';
import type { Plan, PlannedDelivery } from '@mi-patterns/planner';
import { type Transaction, writeFailed } from '@mi-patterns/values';
import { digestOf, type FileDigest, filesBelow, WriteFault, writeHashed } from './hashed-file.ts';
import { manifestOf } from './manifest.ts';
import { commitNow, manifestName, stageFolder, type Staging } from './output-folder.ts';
import type { PackagedSet } from './packaged-set.ts';

/** Where a package goes, and how it takes its place. */
export interface StagingOptions {
  readonly out: string;
  /** `out` as people see it. */
  readonly shown: string;
  /** Overwrites files of an earlier package that were changed since. */
  readonly force?: boolean;
  /** Says what would become of the folder and leaves it as it is. */
  readonly dryRun?: boolean;
  /** The package takes its place with the transaction; without one at once. */
  readonly transaction?: Transaction;
}

/** What every kind of package is made from and says. */
export interface StagedPackage {
  readonly state: 'created' | 'updated' | 'unchanged' | 'refused';
  readonly delivery: PlannedDelivery;
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a package is made from, and what is known before it is. */
interface Start<Content> {
  readonly plan: Plan;
  readonly delivery: PlannedDelivery;
  readonly before: readonly Diagnostic[];
  /** What a package says of itself that was not made. */
  readonly nothing: Content;
}

/** Fills a folder and adds what it finds; undefined when the folder must not be kept. */
type Fill<Content> = (folder: string, diagnostics: Diagnostic[]) => Promise<Filled<Content> | undefined>;

interface Filled<Content> {
  readonly content: Content;
  readonly sets: readonly PackagedSet[];
  /** Digests that are known, by path. */
  readonly digests?: ReadonlyMap<string, FileDigest>;
}

/**
 * Writes a package into a folder beside `out` first, which then takes its place with its manifest: all of it or
 * nothing. With an error among the findings, before it or on the way, nothing is written.
 */
export async function writeStaged<Content extends object>(
  options: StagingOptions,
  { plan, delivery, before, nothing }: Start<Content>,
  fill: Fill<Content>,
): Promise<StagedPackage & Content> {
  const refused = (diagnostics: readonly Diagnostic[]): StagedPackage & Content => ({
    ...nothing,
    delivery,
    state: 'refused',
    files: [],
    diagnostics: diagnostics.toSorted(compareDiagnostics),
  });
  if (hasErrors(before)) return refused(before);
  const staging = stageFolder(resolve(options.out), options);
  if ('diagnostics' in staging) return refused([...before, ...staging.diagnostics]);
  let isHandedOn = false;
  try {
    const diagnostics = [...before];
    const filled = await fill(staging.folder, diagnostics);
    if (filled === undefined) return refused(diagnostics);
    const files = filesBelow(staging.folder);
    const listed = files.map((path) => {
      const written = join(staging.folder, path);
      return { path, ...(filled.digests?.get(written) ?? digestOf(written)) };
    });
    writeHashed(join(staging.folder, manifestName), jsonText(manifestOf(plan, delivery, filled.sets, listed)));
    isHandedOn = options.transaction !== undefined;
    return {
      ...filled.content,
      delivery,
      state: stateAfter(staging, options),
      files: [...files, manifestName],
      diagnostics: diagnostics.toSorted(compareDiagnostics),
    };
  } catch (error) {
    if (!(error instanceof WriteFault)) throw error;
    if (isTemporary(error.path)) throw noTemporaryFolder(error.cause);
    return refused([...before, writeFailed(join(options.shown, relative(staging.folder, error.path)), error.cause)]);
  } finally {
    if (!isHandedOn) staging.discard();
  }
}

/** Puts the folder in place, now or with the transaction, and says what that does. */
function stateAfter(staging: Staging, { transaction, dryRun }: StagingOptions): StagedPackage['state'] {
  transaction?.add(staging);
  return transaction !== undefined || dryRun === true ? staging.state() : commitNow(staging);
}

/** JSON that an editor or terminal can show: names stay true, as escapes. */
export function jsonText(value: unknown): string {
  return printableLines(`${JSON.stringify(value, null, 2)}\n`);
}
