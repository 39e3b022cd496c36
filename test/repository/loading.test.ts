import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from '../support/command.ts';
import { modulesLoadedBy } from '../support/imports.ts';

/** What brings a megabyte of code that runs when it is imported: 10 ms of each start, a tenth of a small plan. */
const heavy = [
  'packages/delivery/src/package/write-package.ts',
  'packages/values/src/generated/validate-values.js',
  'packages/values/src/yaml/read.ts',
];

describe('what a command loads at its start', () => {
  it.each(['scan', 'plan', 'explain'])('is for %s only what it runs', (command) => {
    const loaded = modulesLoadedBy([join(repository, `packages/cli/src/commands/${command}.ts`)], 'static');
    expect(loaded).toContain('packages/inventory/src/read-inventory.ts');
    expect(loaded.filter((file) => heavy.includes(file))).toEqual([]);
  });

  it('is for generate all of it', () => {
    const loaded = modulesLoadedBy([join(repository, 'packages/cli/src/commands/generate.ts')], 'static');
    expect(loaded).toEqual(expect.arrayContaining(heavy));
  });
});

describe('a run of a command whose answer is kept', () => {
  /** What differs from run to run, or with the language of the user, although every file and variable is the same. */
  const differing =
    /\b(?:(?:Date|performance)\.now|Math\.random|localeCompare|process\.(?:hrtime|uptime|pid|ppid|stdin|memoryUsage|cpuUsage|umask))\b|\b(?:new Date|Intl\.\w+|toLocale\w+)\(\)/;

  it('does not depend on time, chance or language', () => {
    for (const text of ['new Date()', 'a.toLocaleString()', 'Intl.Collator()', 'Date.now()', 'a.localeCompare(b)'])
      expect(text).toMatch(differing);
    const commands = ['scan', 'plan', 'explain'].map((name) =>
      join(repository, `packages/cli/src/commands/${name}.ts`),
    );
    const files = modulesLoadedBy(commands, 'all').filter((file) =>
      differing.test(readFileSync(join(repository, file), 'utf8')),
    );
    // The first shows progress, which is not kept. The second writes files, of which nothing is.
    expect(files).toEqual(['packages/cli/src/output/progress.ts', 'packages/inventory/src/files/temporary.ts']);
  });
});
