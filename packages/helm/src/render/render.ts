import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Diagnostic, temporaryFolder, writeTemporary } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import pins from '../../../../scripts/tools.json' with { type: 'json' };
import { chartWarnings, warningsLabel } from './chart-warnings.ts';
import { type ChartFinding, parseHelmError } from './helm-errors.ts';
import type { JsonObject } from '../objects/kubernetes-object.ts';
import { checkManifest, type ManifestFault, parseManifest, type RenderedObject } from '../objects/manifest.ts';
import { run, type RunResult } from '../tools/run.ts';
import { findTool, type Tool } from '../tools/tools.ts';
import { ToolFailure } from '../tools/tool-failure.ts';

/** Kubernetes versions that charts are tested with, oldest first: `1.30`, … */
export const kubernetesVersions: readonly string[] = pins.kubernetesVersions;

export interface RenderOptions {
  /** Folder, packed chart or OCI reference. */
  readonly chart: string;
  /** Files and plain values, later ones win. */
  readonly values?: readonly (string | JsonObject)[];
  /** `release` when absent. */
  readonly release?: string;
  /** `default` when absent. */
  readonly namespace?: string;
  /** The newest tested version when absent: helm's own default differs between its builds. */
  readonly kubernetesVersion?: string;
  /** Further API versions the cluster has, for example `gateway.networking.k8s.io/v1/HTTPRoute`. */
  readonly apiVersions?: readonly string[];
  readonly isUpgrade?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly helm?: Tool;
  readonly signal?: AbortSignal | undefined;
  /** Called once helm runs. */
  readonly onStart?: (() => void) | undefined;
  /** How Helm is asked; by a process of `helm template` when absent. */
  readonly ask?: AskHelm | undefined;
}

/** Asks Helm for the manifest of a chart with the values of files, later ones win. Exit code 1: Helm refuses them. */
export type AskHelm = (
  options: RenderOptions,
  files: readonly string[],
  onOutput?: (text: string) => void,
) => Promise<RunResult>;

export type RenderResult =
  | { readonly state: 'rendered'; readonly objects: readonly RenderedObject[]; readonly manifest: string }
  | { readonly state: 'refused'; readonly diagnostics: readonly Diagnostic[] };

/**
 * Renders a chart with `helm template`, offline. `refused` says why the values do not fit or a template failed.
 * Throws a ToolFailure when helm is missing, or fails for a reason that lies neither in the values nor in the chart.
 */
export async function renderChart(options: RenderOptions): Promise<RenderResult> {
  const answer = await template(options);
  return 'refused' in answer ? { state: 'refused', diagnostics: answer.refused } : readManifest(answer.manifest);
}

/** What a chart says of values. */
export interface ChartJudgement {
  /** Why {@link renderChart} would refuse the values; empty when it renders. */
  readonly refused: readonly Diagnostic[];
  /** What the chart warns of; empty when it refuses the values. */
  readonly warnings: readonly ChartFinding[];
  /** About how many bytes the manifest takes in Helm's record of the release. */
  readonly recordedBytes: number;
}

/** Renders a chart for what it says of the values, and keeps nothing of what it renders. */
export async function judgeChart(options: RenderOptions): Promise<ChartJudgement> {
  const check = checkManifest((part) => part.includes(`${warningsLabel}: "warnings"`));
  let length = 0;
  let pieces = 0;
  let sample = '';
  const answer = await template({ ...options, values: [...(options.values ?? []), warningsWritten] }, (text) => {
    length += text.length;
    pieces += 1;
    if (pieces % sampled === 0) sample += text;
    check.take(text);
  });
  if ('refused' in answer) return { refused: answer.refused, warnings: [], recordedBytes: 0 };
  const recordedBytes =
    length < smallestCounted ? 0 : (gzipSync(sample, { level: 9 }).length / Math.max(1, sample.length)) * length;
  const { faults, wanted } = check.end();
  return { refused: faults.map(manifestFault), warnings: chartWarnings(wanted), recordedBytes };
}

/** Values may leave the ConfigMap of the warnings out. */
const warningsWritten = { warnings: { configMap: true } };

/** One of so many pieces of a large manifest is compressed to know how much all of it shrinks. */
const sampled = 8;
/** Characters of a manifest; a shorter one shrinks far below the limit of a record. */
const smallestCounted = 8 * 1024 * 1024;

/** The manifest that helm prints, empty when `onOutput` takes it; or why helm refuses. */
async function template(
  options: RenderOptions,
  onOutput?: (text: string) => void,
): Promise<{ readonly manifest: string } | { readonly refused: readonly Diagnostic[] }> {
  const missing = await missingFiles(options);
  if (missing.length > 0) return { refused: missing };
  return withValueFiles(options.values ?? [], async (files, fileNames) => {
    const { exitCode, stdout, stderr } = await (options.ask ?? askByProcess)(options, files, onOutput);
    if (exitCode === 0) return { manifest: stdout };
    const refused = parseHelmError(stderr, { chartFolder: await chartFolder(options.chart), fileNames });
    if (refused !== undefined) return { refused };
    throw new ToolFailure({
      reason: 'exit',
      message: 'helm template failed.',
      hint: 'helm says why above; correct that and run the command again.',
      command: await templateCommand(options, files),
      exitCode,
      stderr,
    });
  });
}

const askByProcess: AskHelm = async (options, files, onOutput) =>
  run(await templateCommand(options, files), {
    expectedExitCodes: [0, 1],
    signal: options.signal,
    onStart: options.onStart,
    // Thousands of workloads on a busy machine.
    timeout: 600_000,
    ...(onOutput === undefined ? {} : { onOutput }),
  });

async function templateCommand(options: RenderOptions, files: readonly string[]): Promise<string[]> {
  const helm = options.helm ?? (await findTool('helm'));
  return [
    ...helm.command,
    'template',
    options.release ?? 'release',
    options.chart,
    '--namespace',
    options.namespace ?? 'default',
    ...renderArguments(options, files),
  ];
}

/** Options that `helm template`, `helm lint`, `helm upgrade` and so on have in common. */
export function renderArguments(
  options: Pick<RenderOptions, 'kubernetesVersion' | 'apiVersions' | 'isUpgrade' | 'skipSchemaValidation'>,
  files: readonly string[],
): string[] {
  return [
    ...files.flatMap((file) => ['--values', commaSafe(file)]),
    '--kube-version',
    options.kubernetesVersion ?? newestKubernetesVersion(),
    ...(options.apiVersions ?? []).flatMap((version) => ['--api-versions', version]),
    ...(options.isUpgrade ? ['--is-upgrade'] : []),
    ...(options.skipSchemaValidation ? ['--skip-schema-validation'] : []),
  ];
}

/** The path of a file as an option of helm or kubectl that takes several: they split it at commas, as a line of CSV. */
export function commaSafe(file: string): string {
  return /[",]/.test(file) ? `"${file.replaceAll('"', '""')}"` : file;
}

/** The version that is rendered for where none is asked for. */
export function newestKubernetesVersion(): string {
  return kubernetesVersions.at(-1) ?? '1.37';
}

/**
 * Writes plain values to files that only this user can read, gives all files in order to the work, and removes them.
 * The map holds what to call those files in messages.
 */
export async function withValueFiles<Result>(
  values: readonly (string | JsonObject)[],
  work: (files: readonly string[], names: ReadonlyMap<string, string>) => Promise<Result>,
): Promise<Result> {
  if (values.every((value) => typeof value === 'string')) return work(values, new Map());
  const folder = temporaryFolder();
  try {
    const names = new Map<string, string>();
    const files = values.map((value, index) => {
      if (typeof value === 'string') return value;
      const file = join(folder.path, `${index}.json`);
      writeTemporary(file, JSON.stringify(value));
      names.set(file, `values ${index + 1}`);
      return file;
    });
    return await work(files, names);
  } finally {
    folder.remove();
  }
}

/**
 * What the last few manifests hold: most versions of Kubernetes get the same, and reading one takes as long as
 * rendering it.
 */
const lastRead = new Map<string, RenderResult>();
const mostKept = { manifests: 6, length: 512 * 1024 } as const;

function readManifest(manifest: string): RenderResult {
  const known = lastRead.get(manifest);
  if (known !== undefined) return known;
  const result = resultOf(manifest);
  if (manifest.length <= mostKept.length) lastRead.set(manifest, result);
  for (const oldest of lastRead.keys()) if (lastRead.size > mostKept.manifests) lastRead.delete(oldest);
  return result;
}

function resultOf(manifest: string): RenderResult {
  const { objects, faults } = parseManifest(manifest);
  if (faults.length === 0) return { state: 'rendered', objects, manifest };
  return { state: 'refused', diagnostics: faults.map(manifestFault) };
}

/** Says of a fault of a manifest where it is. */
export function manifestFault({ template: written, line, message }: ManifestFault): Diagnostic {
  return finding(
    'MI-CHART-TEMPLATE',
    `${written || 'The chart'} writes a manifest that Kubernetes refuses, line ${line} of what it writes: ${message}`,
    'This is a bug in the chart, or a fault in text that the values copy unchanged into the manifest.',
  );
}

/** Values files and chart folders that are not there: helm's own word for it does not say which option named them. */
async function missingFiles(options: RenderOptions): Promise<Diagnostic[]> {
  const looksLocal = !/^[a-z][a-z0-9+.-]*:\/\//.test(options.chart);
  const files = [
    ...(looksLocal ? [{ path: options.chart, what: 'The chart' }] : []),
    ...(options.values ?? []).flatMap((value) =>
      typeof value === 'string' ? [{ path: value, what: 'The values file' }] : [],
    ),
  ];
  const exists = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return files
    .filter((_, index) => !exists[index])
    .map(({ path, what }) =>
      finding('MI-CHART-MISSING', `${what} ${path} does not exist.`, 'Check the path.', { path, line: 1, column: 1 }),
    );
}

async function chartFolder(chart: string): Promise<string | undefined> {
  return (await stat(chart).then(
    (found) => found.isDirectory(),
    () => false,
  ))
    ? chart
    : undefined;
}
