import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compareText, type Diagnostic, redact, temporaryFolder, writeTemporary } from '@mi-patterns/inventory';
import { finding } from '../findings/catalogue.ts';
import { displayName, isJsonObject, type KubernetesObject } from '../objects/kubernetes-object.ts';
import { fullVersion, prepareSchemas, schemaFileName } from './kubernetes-schemas.ts';
import type { RenderedObject } from '../objects/manifest.ts';
import { run, type RunResult } from '../tools/run.ts';
import { findTool } from '../tools/tools.ts';
import { ToolFailure } from '../tools/tool-failure.ts';

export interface SchemaCheck {
  readonly kubernetesVersion: string;
  readonly diagnostics: readonly Diagnostic[];
  /** How many objects were compared with a schema. */
  readonly checked: number;
  /**
   * Types that this version of Kubernetes does not define, so that nothing was compared: `gateway.networking.k8s.io/v1
   * HTTPRoute`.
   */
  readonly notChecked: readonly string[];
}

export interface SchemaCheckOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

interface Answer {
  readonly status: string;
  readonly message: string;
}

/**
 * Compares sets of objects with the JSON schemas of one version of Kubernetes, strict: unknown fields are faults. One
 * run of kubeconform compiles each schema once. Throws a ToolFailure when kubeconform or the schemas are missing, or
 * when an object that has a schema was not compared.
 */
export async function checkSeveral(
  sets: readonly (readonly RenderedObject[])[],
  kubernetesVersion: string,
  options: SchemaCheckOptions = {},
): Promise<SchemaCheck[]> {
  const kubeconform = await findTool('kubeconform', options.environment);
  const folder = temporaryFolder();
  try {
    const schemas = await prepareSchemas(
      kubernetesVersion,
      sets.flat().map((rendered) => rendered.object),
      join(folder.path, 'schemas'),
      options.environment,
    );
    const hasSchema = (object: KubernetesObject): boolean => schemas.known.has(schemaFileName(object));
    const files = sets.flatMap((objects, set) =>
      objects.flatMap(({ object }, index) => (hasSchema(object) ? [{ name: `${set}-${index}.json`, object }] : [])),
    );
    const objectFolder = join(folder.path, 'objects');
    mkdirSync(objectFolder);
    for (const { name, object } of files) writeTemporary(join(objectFolder, name), JSON.stringify(object));
    const command = [
      ...kubeconform.command,
      '-strict',
      '-output',
      'json',
      '-verbose',
      '-kubernetes-version',
      fullVersion(kubernetesVersion),
      ...schemas.locations.flatMap((location) => ['-schema-location', location]),
      objectFolder,
    ];
    const answers =
      files.length === 0
        ? new Map<string, Answer>()
        : readAnswers(await run(command, { expectedExitCodes: [0, 1], signal: options.signal }), command);
    return sets.map((objects, set) =>
      summarise(objects, {
        kubernetesVersion,
        hasSchema,
        answerOf: (index) => answers.get(`${set}-${index}.json`),
        command,
      }),
    );
  } finally {
    folder.remove();
  }
}

/** A run of kubeconform for a set of objects. */
interface Run {
  readonly kubernetesVersion: string;
  readonly hasSchema: (object: KubernetesObject) => boolean;
  /** What it says of the object at an index. */
  readonly answerOf: (index: number) => Answer | undefined;
  readonly command: readonly string[];
}

function summarise(objects: readonly RenderedObject[], checking: Run): SchemaCheck {
  const { kubernetesVersion, hasSchema, answerOf, command } = checking;
  const diagnostics: Diagnostic[] = [];
  const notChecked = new Set<string>();
  let checked = 0;
  for (const [index, { object, template }] of objects.entries()) {
    if (!hasSchema(object)) {
      notChecked.add(`${object.apiVersion} ${object.kind}`);
      continue;
    }
    const answer = answerOf(index);
    if (answer?.status === statusValid) checked += 1;
    else if (answer?.status === 'statusInvalid') {
      checked += 1;
      for (const fault of faults(answer.message)) {
        diagnostics.push(
          finding(
            'MI-KUBERNETES-SCHEMA',
            `${displayName(object)}, ${fault.path}: ${fault.message}.`,
            `${template === '' ? 'The object' : template} must follow the Kubernetes API; look for a passed-through value of the wrong type or name.`,
          ),
        );
      }
    } else {
      throw new ToolFailure({
        reason: 'unexpected-output',
        message: `kubeconform did not check ${displayName(object)} although Kubernetes ${kubernetesVersion} defines it${answer === undefined ? '' : `: ${answer.message || answer.status}`}.`,
        hint: 'Remove the folder kubeconform-schemas from the cache and run the command again.',
        command,
      });
    }
  }
  return { kubernetesVersion, diagnostics, checked, notChecked: [...notChecked].sort(compareText) };
}

/** What kubeconform says of each file; of one that it names more than once, the worst. */
function readAnswers({ stdout, exitCode }: RunResult, command: readonly string[]): Map<string, Answer> {
  const unexpected = (message: string): ToolFailure =>
    new ToolFailure({
      reason: 'unexpected-output',
      message,
      hint: 'Check that MI_PATTERNS_KUBECONFORM or the PATH names the real tool.',
      command,
    });
  let report: unknown;
  try {
    report = JSON.parse(stdout);
  } catch {
    throw unexpected('kubeconform wrote no JSON.');
  }
  const resources =
    isJsonObject(report) && Array.isArray(report.resources) ? report.resources.filter(isJsonObject) : [];
  const answers = new Map<string, Answer>();
  for (const resource of resources) {
    const name = basename(String(resource.filename));
    const answer = { status: String(resource.status), message: redact(String(resource.msg ?? '')).trim() };
    if ((answers.get(name)?.status ?? statusValid) === statusValid) answers.set(name, answer);
  }
  if (exitCode !== 0 && [...answers.values()].every(({ status }) => status === statusValid))
    throw unexpected(`kubeconform ended with exit code ${exitCode} but reported no fault.`);
  return answers;
}

const statusValid = 'statusValid';

/**
 * The places and reasons in kubeconform's one-line message: `- at '/spec/replicas': got string, want null or integer`.
 */
function faults(message: string): { readonly path: string; readonly message: string }[] {
  const found = message
    .split(/(?<!\s)\s+- at '/)
    .slice(1)
    .map((part) => ({ pointer: part.slice(0, part.indexOf("': ")), text: part.slice(part.indexOf("': ") + 3).trim() }))
    .filter(({ text }) => !/^(?:validation failed|'?(?:allOf|anyOf|oneOf)'? failed.*)$/.test(text));
  if (found.length === 0) return [{ path: 'the object', message: message || 'does not follow the schema' }];
  return found.map(({ pointer, text }) => ({ path: fieldPath(pointer), message: text }));
}

/** `/spec/containers/0/name` → `spec.containers[0].name`. */
function fieldPath(pointer: string): string {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const steps = parts.map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`));
  return steps.join('').replace(/^\./, '') || 'the object';
}
