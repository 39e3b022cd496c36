import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareText, temporaryFolder } from '@mi-patterns/inventory';
import { parse } from 'yaml';
import { isJsonObject, run, ToolFailure } from '@mi-patterns/helm';
import { machineTools, type Tools } from '../tools/tools.ts';

/** Where a chart comes from. */
export type ChartSource =
  | { readonly type: 'path'; /** Folder or .tgz. */ readonly path: string }
  | { readonly type: 'repository'; readonly repository: string; readonly name: string; readonly version?: string }
  | { readonly type: 'oci'; readonly reference: string; readonly version?: string };

/** A chart on this machine, so that what is digested, compared and installed is the same bytes. */
export interface FetchedChart {
  /** Folder of the chart. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /**
   * Of the names and bytes of its files, whatever it was packed in: the same chart has the same digest from every
   * source.
   */
  readonly digest: string;
  /** Removes what was fetched. */
  readonly dispose: () => void;
}

function chartArguments(source: ChartSource): readonly string[] {
  if (source.type === 'path') return [source.path];
  return source.type === 'oci' ? [source.reference] : [source.name, '--repo', source.repository];
}

/**
 * Brings a chart to a folder. Repositories and registries are reached by helm itself, with the logins that `helm repo
 * add` and `helm registry login` keep. Throws a ToolFailure when helm cannot fetch it or it is no chart.
 */
export async function fetchChart(source: ChartSource, tools: Tools = machineTools): Promise<FetchedChart> {
  const { path: into, remove: dispose } = temporaryFolder();
  try {
    const from = chartArguments(source);
    if (source.type === 'path') await unpack(source.path, into, tools);
    else
      await tools.helm(
        [
          'pull',
          ...from,
          ...(source.version === undefined ? [] : ['--version', source.version]),
          '--untar',
          '--untardir',
          into,
        ],
        { timeout: 300_000 },
      );
    const folder = readdirSync(into)
      .map((name) => join(into, name))
      .find((path) => statSync(path).isDirectory());
    if (folder === undefined) throw notAChart(from[0] ?? '');
    return describe(folder, dispose);
  } catch (error) {
    dispose();
    throw error;
  }
}

/** A folder is packed first: then `.helmignore` has done its work, and the files are those a repository would give. */
async function unpack(path: string, into: string, tools: Tools): Promise<void> {
  const isFolder = statSync(path).isDirectory();
  const packed = isFolder ? join(into, 'packed') : into;
  if (isFolder) await tools.helm(['package', path, '--destination', packed]);
  const file = isFolder ? join(packed, readdirSync(packed)[0] ?? '') : path;
  await run(['tar', '-xzf', file, '-C', into]);
  if (isFolder) rmSync(packed, { recursive: true, force: true });
}

function describe(folder: string, dispose: () => void): FetchedChart {
  let text: string;
  try {
    text = readFileSync(join(folder, 'Chart.yaml'), 'utf8');
  } catch {
    throw notAChart(folder);
  }
  const chart: unknown = parse(text);
  if (!isJsonObject(chart) || typeof chart.name !== 'string' || typeof chart.version !== 'string')
    throw notAChart(folder);
  return { folder, name: chart.name, version: chart.version, digest: digestOf(folder), dispose };
}

function notAChart(what: string): ToolFailure {
  return new ToolFailure({
    reason: 'unexpected-output',
    message: `${what} holds no Helm chart.`,
    hint: 'Check `chart` in mi-patterns.yaml.',
  });
}

/**
 * Digest of a chart's files by name and bytes. Chart.yaml counts by its content, because helm writes it anew when it
 * packs.
 */
function digestOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((file) => file !== 'Chart.lock')
    .sort(compareText);
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(join(folder, file));
    const content = file === 'Chart.yaml' ? JSON.stringify(sorted(parse(bytes.toString('utf8')))) : bytes;
    hash.update(`${file}\0${createHash('sha256').update(content).digest('hex')}\n`);
  }
  return `sha256:${hash.digest('hex')}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
