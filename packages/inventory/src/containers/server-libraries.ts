import { basename, join } from 'node:path';
import { readLibrary } from './contents.ts';
import { filesIn } from './disk.ts';
import { type ApplicationDraft, type Context, startOf } from './draft.ts';

/** Reads the JARs in `lib` and `dropins` of a server's home, which are there for all that it deploys. */
export function readServerLibraries(context: Context, home: string, applications: readonly ApplicationDraft[]): void {
  const jarsIn = (folder: string): string[] =>
    filesIn(context, join(home, folder)).filter((file) => file.endsWith('.jar'));
  const libraries = jarsIn('lib');
  for (const file of [...libraries, ...withoutBundles(jarsIn('dropins'), libraries)])
    addServerLibrary(context, file, context.display(file), applications);
}

/** Adds a library, from a file on disk or from its bytes. */
export function addServerLibrary(
  context: Context,
  input: string | Buffer,
  path: string,
  applications: readonly ApplicationDraft[],
): void {
  const name = path.slice(path.lastIndexOf('/') + 1, -'.jar'.length);
  const parsed = readLibrary(context, input, { name, source: startOf(path), role: 'other' });
  context.findings.artifacts.push({ parsed, version: '', deliveries: [], beside: applications });
}

/**
 * JARs of `dropins` without the bundles that each start of the server makes there of the JARs in `lib`
 * (`a-1.jar` → `a_1_1.0.0.jar`; Utils.createBundle of wso2/carbon-kernel).
 */
function withoutBundles(dropins: readonly string[], libraries: readonly string[]): string[] {
  const bundles = new Set(libraries.map((file) => `${basename(file, '.jar').replaceAll('-', '_')}_1.0.0.jar`));
  return dropins.filter((file) => !bundles.has(basename(file)));
}
