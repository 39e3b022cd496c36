import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  kubernetesVersions,
  parseManifest,
  run,
  type JsonObject,
  type ManifestFault,
  type RenderedObject,
} from '@mi-patterns/helm';
import type { Diagnostic } from '@mi-patterns/inventory';
import { parseHelmError } from '../../../packages/helm/src/helm-errors.ts';
import { toolFolder } from '../../../scripts/lib/tools.ts';
import { chart, repository } from '../../support/places.ts';

export interface ToRender {
  readonly values: JsonObject;
  readonly skipSchemaValidation: boolean;
}

export type Outcome =
  | {
      readonly state: 'rendered';
      readonly objects: readonly RenderedObject[];
      readonly faults: readonly ManifestFault[];
    }
  | { readonly state: 'refused'; readonly diagnostics: readonly Diagnostic[] };

/**
 * Renders the chart for tens of thousands of values with Helm's own engine in one process: a hundred renders a second,
 * where a `helm template` each takes minutes to start. Hands each outcome on in order, and keeps none.
 */
export async function renderMany<Item extends ToRender>(
  items: readonly Item[],
  apiVersions: readonly string[],
  each: (item: Item, outcome: Outcome) => void,
): Promise<void> {
  const child = spawn(await program(), [chart, kubernetesVersions.at(-1) ?? '', ...apiVersions], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const fed = (async (): Promise<void> => {
    for (const { values, skipSchemaValidation } of items) {
      if (!child.stdin.write(`${JSON.stringify({ values, skipSchemaValidation })}\n`)) await once(child.stdin, 'drain');
    }
    child.stdin.end();
  })();
  let index = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    each(items[index] as Item, outcomeOf(JSON.parse(line) as { readonly manifest: string; readonly error?: string }));
    index += 1;
  }
  await fed;
  const [exitCode] = (await ended) as [number | null];
  if (exitCode !== 0 || index !== items.length)
    throw new Error(`Rendering ended with ${exitCode} after ${index} of ${items.length} values.`);
}

function outcomeOf({ manifest, error }: { readonly manifest: string; readonly error?: string }): Outcome {
  if (error === undefined) return readable(manifest);
  const unknown: Diagnostic = { code: 'MI-CHART-TEMPLATE', severity: 'error', message: error, hint: '' };
  return { state: 'refused', diagnostics: parseHelmError(`Error: ${error}`, { chartFolder: chart }) ?? [unknown] };
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

/** Built from the pinned modules of the tools; the result of an earlier build is reused by Go itself. */
async function program(): Promise<string> {
  mkdirSync(toolFolder(), { recursive: true });
  const path = join(toolFolder(), 'render-many');
  await run(
    [
      'go',
      'build',
      '-C',
      join(repository, 'scripts/tools'),
      '-trimpath',
      '-gcflags=all=-dwarf=false',
      '-ldflags',
      '-s -w',
      '-o',
      path,
      join(import.meta.dirname, 'main.go'),
    ],
    {
      environment: { CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false -mod=readonly' },
    },
  );
  return path;
}
