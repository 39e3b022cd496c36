import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '@mi-patterns/helm';
import { isMapping, layerValues, type Values } from '@mi-patterns/values';
import { parse, parseAllDocuments } from 'yaml';
import { chart } from '../support/command.ts';

/** Settings that a suite and each of its tests can have. */
interface Settings {
  readonly set?: Values;
  readonly values?: readonly string[];
  readonly release?: { readonly name?: string };
  readonly capabilities?: { readonly minorVersion?: string };
  readonly kubernetesProvider?: object;
}

interface Test extends Settings {
  readonly it: string;
  readonly asserts: readonly { readonly failedTemplate?: { readonly errorPattern?: string } }[];
}

interface Suite extends Settings {
  readonly suite: string;
  readonly tests: readonly Test[];
}

/** A test of the chart's own suites, as input for anything that judges values. */
export interface SuiteCase {
  readonly name: string;
  readonly values: JsonObject;
  readonly release: string;
  readonly kubernetesVersion: string | undefined;
  /** What runs in the cluster decides, which values do not tell. */
  readonly needsCluster: boolean;
  /** Whether the chart refuses, as helm-unittest has seen. */
  readonly isRefused: boolean;
  /** Codes of the faults that the test names. */
  readonly codes: readonly string[];
}

/** Every test of the suites under charts/micro-integrator/tests. */
export function suiteCases(): readonly SuiteCase[] {
  const folder = join(chart, 'tests');
  return readdirSync(folder)
    .filter((file) => file.endsWith('_test.yaml'))
    .flatMap((file) => parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((text) => text.toJS() as Suite))
    .flatMap((suite) => suite.tests.map((test) => caseOf(folder, suite, test)));
}

function caseOf(folder: string, suite: Suite, test: Test): SuiteCase {
  const files = [...(suite.values ?? []), ...(test.values ?? [])].map(
    (file) => parse(readFileSync(join(folder, file), 'utf8')) as Values,
  );
  const sets = [suite.set, test.set].flatMap((set) =>
    Object.entries(set ?? {}).map(([path, value]) => at(path, value)),
  );
  const patterns = test.asserts.flatMap(({ failedTemplate }) => failedTemplate?.errorPattern ?? []);
  const minor = (test.capabilities ?? suite.capabilities)?.minorVersion;
  return {
    name: `${suite.suite}: ${test.it}`,
    values: [...files, ...sets].reduce(layerValues, {}) as JsonObject,
    release: test.release?.name ?? suite.release?.name ?? 'RELEASE-NAME',
    kubernetesVersion: minor === undefined ? undefined : `1.${minor}`,
    needsCluster: (test.kubernetesProvider ?? suite.kubernetesProvider) !== undefined,
    isRefused: test.asserts.some((assert) => 'failedTemplate' in assert),
    codes: patterns.flatMap((pattern) => pattern.match(/MI-VALUES-[A-Z]+(-[A-Z]+)*/g) ?? []),
  };
}

/** The value at a path as helm-unittest reads it: `a.b`, `a["b.c"]`, `a[0]`. */
function at(path: string, value: unknown): Values {
  const keys = [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)];
  const whole = keys.reduceRight<unknown>(
    (inner, [, quoted, index, word]) => (index === undefined ? { [quoted ?? word ?? '']: inner } : [inner]),
    value,
  );
  if (!isMapping(whole)) throw new Error(`${path} does not begin with a key.`);
  return whole;
}
