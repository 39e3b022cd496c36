import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type ProjectText, projectFiles, readProjectText, runHere, writeProject } from '../test/support/projects.ts';
import { each, filesBelow, type FuzzClass, raw, root } from './harness.ts';
import type { Random } from './mutate.ts';

const signs = [
  'a', '0', '_', '-', '.', '/', ' ', '\t', '\n', ':', '=', "'", '\\', '[', ']', '{', '}', '(', ')', '$', '@', '*', '?', ';', ',', '|', '%',
  '!', '#', '&amp;', '&#13;', '&lt;', '&gt;', '&quot;', 'Ä', '\u2028',
] as const; // prettier-ignore

const words = [
  'http://localhost:8290/', 'local://services/', 'gov:', 'conf:/', 'resources:', 'vfs:', 'file:///', 'jdbc:oracle:thin:', '://', 'a:b@',
  '${', '$ctx:', '$env{', '{uri.var.', "get-property('", '{${configs.', 'fn:', 'eyJ', 'password=', 'basic ', '0.', 'a-', 'a/', '/a', ':a',
  'services/', 'x.y.', '[[', '* ', '0 0 ',
] as const; // prettier-ignore

/** A value of about this many characters: what such a value begins with, and a part that goes on and on. */
function longValue(value: string, size: number, next: Random): string {
  const start = next.pick(['', value, next.pick(words)]);
  const part = next.pick(next.below(2) === 0 ? signs : words) + (next.below(2) === 0 ? '' : next.pick(signs));
  return start + part.repeat(Math.ceil(size / part.length)) + next.pick(['', 'x', value, '/', '}', "'"]);
}

/** Attributes and texts of elements, texts in quotes, and what stands after a colon or a `=`. */
const valueForm =
  /(?<=[\w.-]=")[^"\n]+(?=")|(?<=>)[^<>\n]*[^\s<>][^<>\n]*(?=<\/)|(?<=^\s*[\w.-]+\s*[:=] ?"?)[^"\n#]+/gm;

export const exampleProjects = (): readonly ProjectText[] =>
  ['orders', 'shop'].map((name) => ({
    name,
    about: '',
    faulty: [],
    says: [],
    unlike: undefined,
    files: new Map(
      filesBelow(join(root, 'examples', name), '.xml', '.toml', '.yaml', '.properties', 'Dockerfile').map((path) => [
        relative(join(root, 'examples', name), path),
        readFileSync(path, 'utf8'),
      ]),
    ),
  }));

/** A project with one value that is very long. */
export function withLongValue(projects: readonly ProjectText[], size: number, next: Random): ProjectText {
  const project = next.pick(projects);
  const [path, text] = next.pick([...project.files].filter(([, content]) => content.search(valueForm) >= 0));
  const found = next.pick([...text.matchAll(valueForm)]);
  const value = longValue(found[0], size, next);
  const changed = text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
  return { ...project, about: `${path}:${found.index}`, files: new Map([...project.files, [path, changed]]) };
}

/** Projects with a value of 300,000 characters: what is read takes a time that grows with the length alone. */
export const long: FuzzClass = async (next, count) => {
  const projects = [...projectFiles.map(readProjectText), ...exampleProjects()];
  const inputs = Array.from({ length: count }, () => () => withLongValue(projects, 300_000, next));
  const { faults } = await each(
    inputs,
    async (make) => {
      const project = make();
      const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
      try {
        writeProject(project, folder);
        for (const args of [
          ['plan', '.', '--report', 'r.html'],
          ['package', '.', '--out', 'o'],
        ]) {
          const { exitCode, stdout, stderr } = await runHere([...args], folder);
          const told = `${project.name} ${project.about}: ${args[0]}`;
          if (exitCode > 2 || stderr.includes('MI-INTERNAL'))
            throw new Error(`${told} ended with ${exitCode}: ${stderr.slice(0, 400)}`);
          if (raw.test(stdout + stderr)) throw new Error(`${told}: raw characters`);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    2,
  );
  return { faults, differences: [], oracle: 'no oracle' };
};
