import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/command.ts';
import {
  configurationOf,
  projectFiles,
  type ProjectText,
  readProjectText,
  runHere,
  writeProject,
} from '../support/projects.ts';

interface PlanDocument {
  readonly diagnostics: readonly { readonly code: string; readonly severity: string }[];
}

const folders = new Map<string, string>();

/** Writes a project once. */
function written(project: ProjectText): { readonly cwd: string; readonly flags: readonly string[] } {
  const cwd = folders.get(project.name) ?? temporaryFolder();
  if (!folders.has(project.name)) writeProject(project, cwd);
  folders.set(project.name, cwd);
  return { cwd, flags: configurationOf(project) };
}

const projects = projectFiles.map((file) => readProjectText(file));

// What a real Micro Integrator makes of the same projects: runtime/projects.test.ts.
describe('projects of our own, as odd as real ones', () => {
  test.each(projects)(
    '$name: the plan says what keeps a pod from becoming ready, and nothing else is an error',
    async (project) => {
      const { cwd, flags } = written(project);
      const { stdout } = await runHere(['plan', '.', '--json', ...flags], cwd);
      const told = (JSON.parse(stdout) as PlanDocument).diagnostics.filter(({ severity }) => severity !== 'info');
      expect(told.map(({ code }) => code)).toEqual(expect.arrayContaining([...project.says]));
      // A project that a server refuses is never planned without a word.
      if (project.faulty.length > 0) expect(project.says).not.toEqual([]);
      else expect(told.filter(({ severity }) => severity === 'error')).toEqual([]);
    },
  );

  test.each(projects.filter(({ faulty }) => faulty.length === 0))(
    '$name: its values are valid, and its package has archives',
    async (project) => {
      const { cwd, flags } = written(project);
      const generated = await runHere(['generate', '.', '--out', 'out', ...flags], cwd);
      expect(generated.exitCode, generated.stderr).toBe(0);
      const values = readdirSync(join(cwd, 'out')).filter((name) => /^values.*\.yaml$/.test(name));
      const validated = await runHere(['validate', ...values.map((name) => join('out', name)), ...flags], cwd);
      expect(validated.exitCode, validated.stdout + validated.stderr).toBe(0);
      const packages = join(cwd, 'out', 'package');
      const images = existsSync(join(packages, 'image'))
        ? [packages]
        : readdirSync(packages).map((name) => join(packages, name));
      for (const image of images)
        expect(readdirSync(join(image, 'image', 'carbonapps')).filter((name) => name.endsWith('.car'))).not.toEqual([]);
    },
  );

  test('there are projects with every kind of artifact', () => {
    const all = projects.flatMap(({ files }) => [...files.keys()]).join('\n');
    for (const kind of [
      'apis',
      'connectors',
      'data-services',
      'data-sources',
      'endpoints',
      'inbound-endpoints',
      'local-entries',
      'message-processors',
      'message-stores',
      'proxy-services',
      'sequences',
      'tasks',
      'templates',
    ])
      expect(all).toContain(`/${kind}/`);
  });
});
