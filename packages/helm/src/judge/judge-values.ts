import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compareDiagnostics, type Diagnostic, temporaryFolder, writeTemporary } from '@mi-patterns/inventory';
import {
  checkValues,
  type CheckedValues,
  describe,
  faultDiagnostics,
  isMapping,
  readValues,
  type ValidateOptions,
  type ValuesText,
} from '@mi-patterns/values';
import { judgedBefore } from './judged-before.ts';
import { placedRefusals } from './placed-refusals.ts';
import { readFault } from '../render/helm-errors.ts';
import { type AskHelm, type ChartJudgement, judgeChart } from '../render/render.ts';
import { chartFiles } from '../tools/chart-files.ts';
import { isToolFailure } from '../tools/tool-failure.ts';

/**
 * What a cluster may have besides Kubernetes. Without it the chart leaves objects out, does not judge their values, and
 * warns of what the cluster lacks, which nobody knows here.
 */
const optionalApis = [
  'autoscaling.k8s.io/v1',
  'external-secrets.io/v1',
  'gateway.networking.k8s.io/v1',
  'gateway.networking.k8s.io/v1/BackendTLSPolicy',
  'keda.sh/v1alpha1',
  'monitoring.coreos.com/v1',
  'route.openshift.io/v1',
  'secrets-store.csi.x-k8s.io/v1',
];

export interface JudgeOptions extends ValidateOptions {
  /** Folder of the chart. */
  readonly chart: string;
  /** Name of the release, for the length of names; a single letter when absent. */
  readonly release?: string | undefined;
  /**
   * Digest of this program, where it may be kept that the chart accepts the values: another program may read otherwise
   * what helm says.
   */
  readonly keptFor?: string | undefined;
  /** The newest tested version when absent. */
  readonly kubernetesVersion?: string | undefined;
  /** What is known of the values already, for the same plan. */
  readonly checked?: CheckedValues;
  readonly signal?: AbortSignal;
  /** Called once helm runs. */
  readonly onStart?: () => void;
  /** How Helm is asked; by a process of `helm template` when absent. */
  readonly ask?: AskHelm | undefined;
}

/**
 * Every finding about a values file, with its line: the schema's, the plan's, and what the chart refuses or warns of
 * when helm renders it. Without helm a warning says that the chart was not asked.
 */
export async function judgeValues(text: string, path: string, options: JudgeOptions): Promise<readonly Diagnostic[]> {
  const checked = options.checked ?? checkValues(text, path, options);
  if (checked.values === undefined) return checked.diagnostics;
  const found = await chartFindings({ text, path, base: options.base }, checked, options);
  return [...checked.diagnostics, ...found].toSorted(compareDiagnostics);
}

async function chartFindings(
  file: ValuesText,
  { values, breaksSchema, refused }: CheckedValues,
  options: JudgeOptions,
): Promise<readonly Diagnostic[]> {
  try {
    const onStart = (): void => {
      options.onStart?.();
      // Nearly every chart warns of something, and the place of a warning is looked up in the file: it is read while
      // helm works.
      setImmediate(() => void readValues(file));
    };
    const { refused: said, warnings } = await judged(file, {
      ...options,
      onStart,
      skipSchemaValidation: breaksSchema,
    });
    if (!breaksSchema) return [...placedRefusals(said, file), ...faultDiagnostics(file, warnings)];
    const faults = said.flatMap(({ message }) => readFault(message) ?? []);
    if (refused.length === 0 || faults.length === 0) return faultDiagnostics(file, faults);
    // What follows from a value that the schema refuses is not said of the values without it.
    const without = await judged(
      { text: JSON.stringify(withoutPaths(values, refused)), path: file.path },
      { ...options, skipSchemaValidation: true },
    );
    const sentences = new Set(without.refused.flatMap(({ message }) => readFault(message)?.sentence ?? []));
    return faultDiagnostics(
      file,
      faults.filter(({ sentence }) => sentences.has(sentence)),
    );
  } catch (error) {
    if (!isToolFailure(error) || error.reason !== 'missing') throw error;
    return [
      describe(
        'MI-VALUES-NOT-RENDERED',
        'Only the schema was checked: helm was not found, so the rules of the chart (patterns, isolation, names, ports, memory) were not checked.',
        { path: file.path, line: 1, column: 1 },
      ),
    ];
  }
}

/** What the chart says of the texts of values files, which are not read again: a pipe can be read only once. */
async function judged(
  { text, path, base = [] }: ValuesText,
  options: JudgeOptions & { readonly skipSchemaValidation: boolean },
): Promise<Pick<ChartJudgement, 'refused' | 'warnings'>> {
  const { chart, release = 'r', kubernetesVersion, signal, onStart, keptFor, ask, skipSchemaValidation } = options;
  const version = kubernetesVersion === undefined ? {} : { kubernetesVersion };
  const told = { release, ...version, apiVersions: optionalApis, skipSchemaValidation };
  const layers = [...base, { text, path }];
  const texts = layers.map((one) => one.text);
  const before = keptFor === undefined ? undefined : await judgedBefore(chart, { texts, options: told, keptFor });
  const whole = (recordedBytes: number): readonly Diagnostic[] =>
    tooLarge(recordedBytes, texts.join('\n'), { path, chart });
  if (before?.accepted !== undefined)
    return { refused: whole(before.accepted.recordedBytes), warnings: before.accepted.warnings };
  const folder = temporaryFolder();
  try {
    const files = layers.map((one, index) => ({ ...one, file: join(folder.path, `${index}.yaml`) }));
    for (const one of files) writeTemporary(one.file, one.text);
    const { refused, warnings, recordedBytes } = await judgeChart({
      chart,
      values: files.map(({ file }) => file),
      ...told,
      signal,
      onStart,
      ask,
    });
    if (refused.length === 0) before?.keep({ warnings, recordedBytes });
    const named = refused.map((diagnostic) => files.reduce(ofUser, diagnostic));
    return { refused: [...named, ...whole(recordedBytes)], warnings };
  } finally {
    folder.remove();
  }
}

/** Bytes that Helm's record of a release has: a Secret holds 1 MiB, and what is compressed stands in it as base64. */
const mostRecorded = (1024 * 1024 * 3) / 4;

/** Whether Helm's record of the release may be too large. What is compressed here is not quite what Helm compresses. */
function tooLarge(
  ofManifest: number,
  text: string,
  { path, chart }: { readonly path: string; readonly chart: string },
): readonly Diagnostic[] {
  if (ofManifest === 0) return [];
  const recorded = ofManifest + gzipSync(text, { level: 9 }).length + recordedChart(chart);
  if (recorded < 0.9 * mostRecorded) return [];
  const size = (recorded / mostRecorded).toFixed(1);
  const message = `Helm's record of this release takes about ${size} MiB, compressed, and a Secret holds 1 MiB: an install or upgrade is likely to fail.`;
  return [describe('MI-VALUES-RELEASE-SIZE', message, { path, line: 1, column: 1 })];
}

/** Bytes of the chart in a record: its templates and what lies beside them. */
function recordedChart(folder: string): number {
  const text = chartFiles(folder, { ofHelm: true })
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
  return gzipSync(text, { level: 9 }).length;
}

/** What helm says of a temporary file is said of the file that the user has. */
function ofUser(diagnostic: Diagnostic, { file, path }: { readonly file: string; readonly path: string }): Diagnostic {
  const { source } = diagnostic;
  return {
    ...diagnostic,
    message: diagnostic.message.replaceAll(file, path),
    ...(source?.path === file ? { source: { ...source, path } } : {}),
  };
}

/** A copy without what is at the paths. */
function withoutPaths(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (Array.isArray(value)) return value.map((entry, index) => withoutPaths(entry, below(paths, String(index))));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => {
      const deeper = below(paths, key);
      return deeper.some(({ length }) => length === 0) ? [] : [[key, withoutPaths(entry, deeper)]];
    }),
  );
}

function below(paths: readonly (readonly string[])[], key: string): readonly (readonly string[])[] {
  return paths.filter(([first]) => first === key).map((path) => path.slice(1));
}
