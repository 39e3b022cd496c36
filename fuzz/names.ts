import { join } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { parseManifest } from '../packages/helm/src/index.ts';
import { inFolder, program, run } from './command.ts';
import { each, type FuzzClass } from './harness.ts';
import type { Random } from './mutate.ts';
import { api, artifacts, escaped, pom, task } from './project.ts';

const pieces = [
  'a',
  'B',
  '/',
  '\\',
  '..',
  '../',
  '.',
  ' ',
  '\n',
  '\r',
  '\t',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u009b31m',
  '::error::',
  ': ',
  ' #',
  '- ',
  '{{',
  '}}',
  '$(id)',
  '`id`',
  '"',
  "'",
  '&',
  '<',
  '>',
  '|',
  '*',
  '?',
  '%',
  '=',
  ',',
  '@',
  '!',
  'Größe',
  '日本',
  '😀',
  'constructor',
  '__proto__',
  'null',
  '\nRUN id\n',
  '\nFROM x',
  '-->',
  ']]>',
  'x'.repeat(120),
  '~',
  '[',
  ']',
  'META-INF',
  'con',
  '-rf',
  '--help',
] as const;
const wild = (next: Random): string =>
  Array.from({ length: 1 + next.below(5) }, () => next.pick(pieces))
    .join('')
    .trim() || 'n';

/** Every line of a Dockerfile that docker would run, by its first word. */
function checkPackage(folder: string): void {
  const dockerfile = readFileSync(join(folder, 'image/Dockerfile'), 'utf8');
  const instructions = dockerfile
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const foreign = instructions.find((line) => !/^(ARG|FROM|COPY|USER|ENTRYPOINT|ENV|LABEL|WORKDIR)\b/.test(line));
  if (foreign !== undefined) throw new Error(`the Dockerfile says ${foreign}`);
  const maps = join(folder, 'configmaps.yaml');
  if (!existsSync(maps)) return;
  const { objects, faults } = parseManifest(readFileSync(maps, 'utf8'));
  const wrong = objects.some(
    ({ object }) =>
      object.kind !== 'ConfigMap' ||
      Object.keys(object['binaryData'] ?? {}).some((key) => !/^[-._a-zA-Z0-9]+$/.test(key)),
  );
  if (wrong || faults.length > 0) throw new Error('a ConfigMap with a key that Kubernetes refuses');
}

const idsOf = (output: string): string =>
  (JSON.parse(output) as { artifacts: { id: string }[] }).artifacts
    .map(({ id }) => id)
    .sort()
    .join('\n');

/**
 * Names of artifacts, files, projects and versions on their way through every command; a package holds what was read.
 */
export const names: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => ({
    'p/pom.xml': pom(
      next.below(3) === 0 ? escaped(wild(next)) : 'p',
      next.below(4) === 0 ? escaped(wild(next)) : '1.0.0',
    ),
    [`${artifacts}/tasks/A.xml`]: task(wild(next)),
    [`${artifacts}/apis/B.xml`]: api(wild(next)),
    [`${artifacts}/apis/${wild(next)
      .replace(/[/\\\0]/g, '_')
      .slice(0, 60)}.xml`]: api('C'),
  }));
  const { faults } = await each(
    inputs,
    (files) =>
      inFolder(files, async (folder) => {
        const before = await run(program, ['scan', 'p', '--json'], folder);
        await run(program, ['plan', 'p', '--report', 'o/r.html', '--diagram', 'o/d.mmd'], folder);
        const packed = await run(program, ['package', 'p', '--out', 'o/p', '--format', 'image', 'configmap'], folder);
        await run(program, ['generate', 'p', '--out', 'o/g'], folder);
        if (packed.code !== 0) return;
        checkPackage(join(folder, 'o/p'));
        const after = await run(program, ['scan', 'o/p/image/carbonapps', '--json'], folder);
        if (idsOf(before.output) !== idsOf(after.output))
          throw new Error(`packed ${idsOf(before.output)} and read ${idsOf(after.output)}`);
      }),
    6,
  );
  return { faults, differences: [], oracle: 'its invariants' };
};
