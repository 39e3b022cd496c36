import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfiguration, validateValues } from '@mi-patterns/values';
import { repository } from '../support/command.ts';

const out = join(repository, 'out/tutorial');
const page = readFileSync(join(repository, 'docs/getting-started.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text.trim());

/** What each command of the page must print, as the page says. */
const expected: Readonly<Record<string, RegExp>> = {
  scan: /Must run in one place only[\s\S]*recurringOrder_Task[\s\S]*every 60 s[\s\S]*recurringOrder_Task\.xml:3/,
  explain: /recurringOrder_Task/,
  'plan examples/orders --report': /coordinated[\s\S]*recurring-order-task/,
  'plan examples/orders --isolate': /coordinated/,
  generate: /values-prod\.yaml/,
  validate: /valid/,
};

describe('docs/getting-started.md', () => {
  beforeAll(() => rmSync(out, { recursive: true, force: true }));

  it('begins with the set-up that the tests have done', () => {
    expect(commands[0]).toBe('npm run setup');
  });

  it('has a command for each step', () => {
    const rest = commands.slice(1).map((command) => command.replace('npm run --silent mi-patterns -- ', ''));
    expect(rest.map((command) => Object.keys(expected).find((start) => command.startsWith(start)))).toEqual(
      Object.keys(expected),
    );
  });

  it.each(commands.slice(1))('%s', (command) => {
    const printed = execFileSync('sh', ['-c', command], { cwd: repository, encoding: 'utf8' });
    const [, pattern] = Object.entries(expected).find(([start]) => command.includes(`mi-patterns -- ${start}`)) ?? [];
    expect(printed).toMatch(pattern ?? /never/);
  });

  it('leaves what it names', () => {
    const files = ['plan.html', 'plan.svg', 'values-dev.yaml', 'values-staging.yaml', 'package/image/Dockerfile'];
    expect(files.filter((file) => !existsSync(join(out, file)))).toEqual([]);
  });
});

describe('the YAML of the guides', () => {
  const folders = ['docs/patterns', 'docs/how-to'];
  const samples = folders.flatMap((folder) =>
    readdirSync(join(repository, folder)).flatMap((name) =>
      [...readFileSync(join(repository, folder, name), 'utf8').matchAll(/^ *```yaml\n([\s\S]*?)^ *```$/gm)].map(
        ([, text = ''], index) => ({ place: `${folder}/${name} ${index + 1}`, text: withoutIndent(text) }),
      ),
    ),
  );

  it('is there', () => {
    expect(samples.length).toBeGreaterThan(7);
  });

  it.each(samples)('$place is valid', ({ text }) => {
    const isConfiguration = /^(verdicts|isolate|artifacts|chart):/.test(text);
    const image = /^image:/m.test(text) ? '' : 'image: {repository: acme/orders, tag: "1"}\n';
    const { diagnostics } = isConfiguration
      ? readConfiguration(text, 'mi-patterns.yaml')
      : { diagnostics: validateValues(text + image, 'values.yaml') };
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

function withoutIndent(text: string): string {
  const indent = /^ */.exec(text)?.[0] ?? '';
  return text.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}
