import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type JsonObject } from '../src/objects/kubernetes-object.ts';
import { type ManifestFault, parseManifest, type RenderedObject } from '../src/objects/manifest.ts';
import { type AskHelm, kubernetesVersions, type RenderOptions } from '../src/render/render.ts';
import { environmentOfTools, run } from '../src/tools/run.ts';
import type { Diagnostic } from '@mi-patterns/inventory';
import { parseHelmError } from '../src/render/helm-errors.ts';
import { cacheFolder, provideInCache } from '../../../scripts/lib/cache.ts';

const repository = join(import.meta.dirname, '../../..');
const chart = join(repository, 'charts/micro-integrator');

/** One render, in the words of `helm template`. What is absent is our chart, as the release `orders`. */
export interface ToRender extends Pick<
  RenderOptions,
  'release' | 'namespace' | 'kubernetesVersion' | 'apiVersions' | 'isUpgrade' | 'skipSchemaValidation'
> {
  readonly values?: JsonObject;
  /** Instead of values: a file of `--values`, which helm reads. */
  readonly text?: string;
  /** Files that win over the text, later ones over earlier ones. */
  readonly further?: readonly string[];
  /** Read the text, and render nothing. */
  readonly onlyRead?: boolean;
  readonly chart?: string;
}

/** With the values that helm has read, where it was given a text that it can read. */
export type Outcome = { readonly read?: JsonObject } & (
  | {
      readonly state: 'rendered';
      readonly objects: readonly RenderedObject[];
      readonly faults: readonly ManifestFault[];
    }
  | { readonly state: 'refused'; readonly diagnostics: readonly Diagnostic[] }
);

interface Answer {
  readonly manifest: string;
  readonly error?: string;
  readonly values?: JsonObject;
}

/**
 * Renders the chart for tens of thousands of values with Helm's own engine in one process: a hundred renders a second,
 * where a `helm template` each takes minutes to start. Hands each outcome on in order, and keeps none.
 */
export async function renderMany<Item extends ToRender>(
  items: readonly Item[],
  each: (item: Item, outcome: Outcome) => void,
): Promise<void> {
  const child = await start();
  const ended = once(child, 'close');
  const fed = (async (): Promise<void> => {
    for (const item of items) if (!child.stdin.write(requestOf(item))) await once(child.stdin, 'drain');
    child.stdin.end();
  })();
  let index = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const item = items[index] as Item;
    each(item, outcomeOf(JSON.parse(line) as Answer, item));
    index += 1;
  }
  await fed;
  const [exitCode] = (await ended) as [number | null];
  if (exitCode !== 0 || index !== items.length)
    throw new Error(`Rendering ended with ${exitCode} after ${index} of ${items.length} values.`);
}

type Asked = (item: ToRender) => Promise<Answer>;

let running: Promise<Asked> | undefined;

/**
 * Renders once with the same engine, in a process that all tests of a file share: a tenth of the processor time of a
 * `helm template`.
 */
export async function renderOne(item: ToRender): Promise<Outcome> {
  return outcomeOf(await answerTo(item), item);
}

async function answerTo(item: ToRender): Promise<Answer> {
  running ??= startRenderer();
  return (await running)(item);
}

/** Asks the same process, for what judges values: as `helm template` with files of values. */
export const askRenderer: AskHelm = async (options, files, onOutput) => {
  const { release = 'release', namespace = 'default', kubernetesVersion = kubernetesVersions.at(-1) ?? '' } = options;
  const [text, ...further] = files.map((file) => readFileSync(file, 'utf8'));
  const item = { ...options, release, namespace, kubernetesVersion, values: {}, text: text ?? '', further };
  const { manifest, error } = await answerTo(item);
  if (error !== undefined) return { exitCode: 1, stdout: '', stderr: `Error: ${error}` };
  onOutput?.(manifest);
  return { exitCode: 0, stdout: onOutput === undefined ? manifest : '', stderr: '' };
};

async function startRenderer(): Promise<Asked> {
  const child = await start();
  const waiting: ((answer: Answer) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(JSON.parse(line) as Answer));
  child.once('close', (code) => {
    if (waiting.length > 0) throw new Error(`Rendering ended with ${code} before ${waiting.length} answers.`);
  });
  return (item) =>
    new Promise((done) => {
      waiting.push(done);
      child.stdin.write(requestOf(item));
    });
}

function requestOf(item: ToRender): string {
  const common = { chart, release: 'orders', namespace: 'orders', kubernetesVersion: kubernetesVersions.at(-1) };
  return `${JSON.stringify({ ...common, ...item })}\n`;
}

function outcomeOf({ manifest, error, values }: Answer, item: ToRender): Outcome {
  const read = values === undefined ? {} : { read: values };
  if (error === undefined) return { ...read, ...readable(manifest) };
  const unknown: Diagnostic = { code: 'MI-CHART-TEMPLATE', severity: 'error', message: error, hint: '' };
  const chartFolder = item.chart ?? chart;
  return { ...read, state: 'refused', diagnostics: parseHelmError(`Error: ${error}`, { chartFolder }) ?? [unknown] };
}

function readable(manifest: string): Outcome {
  try {
    return { state: 'rendered', ...parseManifest(manifest) };
  } catch (error) {
    return {
      state: 'rendered',
      objects: [],
      faults: [{ template: '', line: 1, message: `no YAML: ${String(error)}` }],
    };
  }
}

async function start(): Promise<ChildProcessWithoutNullStreams> {
  const child = spawn(await program(), [], { env: environmentOfTools(process.env), stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  return child;
}

/** Whether the program can be built here. Without Go the tests ask helm itself. */
export const canRenderMany = spawnSync('go', ['version']).status === 0;

/** For commands that run in the process of a test: Helm is asked in the process above. */
export const residentHelm: { readonly askHelm?: AskHelm } = canRenderMany ? { askHelm: askRenderer } : {};

/** The program, built from the pinned modules of the tools unless the cache has it of these sources. */
async function program(): Promise<string> {
  const tools = join(repository, 'scripts/tools');
  const hash = createHash('sha256');
  for (const source of ['render-many/main.go', 'render-many/engine.go', 'go.mod', 'go.sum'])
    hash.update(readFileSync(join(tools, source)));
  const folder = join(cacheFolder(), 'test-programs');
  const path = join(folder, `render-many-${hash.digest('hex').slice(0, 16)}`);
  return provideInCache(path, (partial) => {
    const flags = ['-trimpath', '-gcflags=all=-dwarf=false', '-ldflags', '-s -w'];
    return run(['go', 'build', '-C', tools, ...flags, '-o', partial, './render-many'], {
      environment: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' },
      timeout: 600_000,
    });
  });
}
