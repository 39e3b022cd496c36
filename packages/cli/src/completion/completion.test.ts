import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../../bin/mi-patterns.js', import.meta.url));
const orders = fileURLToPath(new URL('../../../../examples/orders', import.meta.url));
const broken = mkdtempSync(join(tmpdir(), 'completion-'));
writeFileSync(join(broken, 'mi-patterns.yaml'), 'environments: [');
/** A project with names that a shell would split or run. */
const odd = mkdtempSync(join(tmpdir(), 'completion-'));
mkdirSync(join(odd, 'p/src/main/wso2mi/artifacts/apis'), { recursive: true });
writeFileSync(join(odd, 'mi-patterns.yaml'), 'artifacts: [p]\n');
writeFileSync(
  join(odd, 'p/pom.xml'),
  '<project><artifactId>p</artifactId><version>1</version><properties><projectType>integration-project</projectType></properties></project>',
);
for (const [index, name] of [
  'Bill:v1.0',
  'Größe',
  'a$(touch ran)',
  'a`touch ran`',
  'a b',
  'a;touch ran',
  "a'",
].entries())
  writeFileSync(
    join(odd, `p/src/main/wso2mi/artifacts/apis/${index}.xml`),
    `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/${index}"><resource methods="GET"><inSequence/></resource></api>`,
  );
const bin = mkdtempSync(join(tmpdir(), 'completion-bin-'));
writeFileSync(join(bin, 'mi-patterns'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`, { mode: 0o755 });
const withCommand = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${bin}:${process.env['PATH']}` });
afterAll(() => [broken, odd, bin].forEach((folder) => rmSync(folder, { recursive: true })));

/** What bash puts in place of the last word of a line, and how the command is registered. */
const inBash = (line: string, cwd: string): string =>
  execFileSync(
    'bash',
    [
      '-c',
      'source <(mi-patterns complete bash); COMP_LINE=$1 COMP_POINT=${#1}; __mi_patterns_complete 2> /dev/null; echo "${COMPREPLY[*]}"; complete -p mi-patterns',
      'bash',
      line,
    ],
    { cwd, encoding: 'utf8', env: withCommand() },
  );

/** What the shell's script asks for: the words typed so far, the last of them unfinished. */
function complete(cwd: string, ...words: readonly string[]): { candidates: string[]; directive: string } {
  const text = execFileSync(process.execPath, [command, 'complete', '--', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = text.trimEnd().split('\n');
  return { candidates: lines.slice(0, -1).map((line) => line.split('\t')[0] ?? ''), directive: lines.at(-1) ?? '' };
}

describe('completion', () => {
  it('knows commands, options and their choices', () => {
    expect(complete(orders, 'roll').candidates).toEqual(['rollout', 'rollback']);
    expect(complete(orders, 'plan', '--pattern', '').candidates).toEqual([
      'single-replica',
      'multiple-replicas',
      'coordinated',
    ]);
  });

  it('knows commands to explain, and shells', () => {
    expect(complete(orders, 'help', 'roll')).toEqual({ candidates: ['rollout', 'rollback'], directive: ':4' });
    expect(complete(orders, 'complete', '')).toEqual({
      candidates: ['bash', 'zsh', 'fish', 'powershell'],
      directive: ':4',
    });
  });

  it('knows the environments of the project', () => {
    expect(complete(orders, 'rollout', '--env', 's').candidates).toEqual(['staging']);
  });

  it('knows artifacts by id and by name, and codes', () => {
    expect(complete(orders, 'explain', 'task/rec').candidates).toEqual(['task/recurringOrder_Task']);
    expect(complete(orders, 'explain', 'recurringOrder').candidates).toEqual(['recurringOrder_Task']);
    expect(complete(orders, 'explain', 'MI-ISO-STATE').candidates).toEqual(['MI-ISO-STATE-PVC']);
  });

  it.each([
    [['--json', 'plan', '--pattern', 'mul'], ['multiple-replicas']],
    [['--json', '--config', 'mi-patterns.yaml', 'rollout', '--env', 's'], ['staging']],
    [
      ['--config=mi-patterns.yaml', '--no-color', 'roll'],
      ['rollout', 'rollback'],
    ],
    [['--quiet', 'explain', 'task/rec'], ['task/recurringOrder_Task']],
    [['--json', '--q'], ['--quiet']],
  ])('knows options before the command: %j', (words, candidates) => {
    expect(complete(orders, ...words).candidates).toEqual(candidates);
  });

  it('reads the configuration that the line names', () => {
    const file = join(orders, 'mi-patterns.yaml');
    expect(complete(broken, 'rollout', '--config', file, '--env', 's').candidates).toEqual(['staging']);
    expect(complete(broken, `--config=${file}`, 'explain', 'task/rec').candidates).toEqual([
      'task/recurringOrder_Task',
    ]);
  });

  it.each([
    ['scan', 's'],
    ['--json', 'scan', 's'],
    ['--json', '--config', 'm'],
    ['validate', ''],
    ['plan', '--config', 'm'],
    ['plan', '--verbose', 'm'],
    ['generate', '--out', ''],
  ])('leaves %j to the shell, which knows the files', (...words) => {
    expect(complete(orders, ...words)).toEqual({ candidates: [], directive: ':0' });
  });

  it.each(['bash', 'zsh', 'fish'])('%s parses its script', (shell) => {
    const text = execFileSync(process.execPath, [command, 'complete', shell], { encoding: 'utf8' });
    const script = join(broken, `script.${shell}`);
    writeFileSync(script, text);
    if (spawnSync(shell, ['-c', 'true']).status !== 0) return;
    expect(spawnSync(shell, ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  it('bash completes commands, and files where they belong', () => {
    const registered = 'complete -o default -F __mi_patterns_complete mi-patterns\n';
    expect(inBash('mi-patterns sc', orders)).toBe(`scan\n${registered}`);
    expect(inBash('mi-patterns scan s', orders)).toBe(`\n${registered}`);
  });

  it.each([
    ['mi-patterns rollout --env=s', 'staging'],
    ['mi-patterns rollout --config "mi-patterns.yaml" --env s', 'staging'],
    ["mi-patterns explain 'task/rec", ''],
    // bash itself has kept what stands before the colon.
    ['mi-patterns explain api/Bill:v', 'v1.0'],
  ])('bash completes %s', (line, completed) => {
    expect(inBash(line, line.includes('Bill') ? odd : orders).split('\n')[0]).toBe(completed);
  });

  it('no name of a project is run, and none is offered that a shell splits or runs', () => {
    for (const line of [
      'mi-patterns explain ',
      'mi-patterns explain a',
      'mi-patterns explain `touch ran` $(touch ran)',
    ])
      expect(inBash(line, odd)).not.toContain('ran');
    expect(readdirSync(odd).toSorted()).toEqual(['mi-patterns.yaml', 'p']);
    expect(complete(odd, 'explain', 'api/').candidates).toEqual(['api/Bill:v1.0', 'api/Größe']);
  });

  it.skipIf(spawnSync('zsh', ['-c', 'true']).status !== 0)(
    'zsh takes a colon for a part of a name (skipped without zsh)',
    () => {
      const script = join(broken, 'script.zsh');
      writeFileSync(script, execFileSync(process.execPath, [command, 'complete', 'zsh'], { encoding: 'utf8' }));
      // What zsh does with candidates it shows in a terminal only; here they are printed instead.
      const asking = `compdef() {}; source ${script}; _describe() { print -rl -- "\${(@P)2}" }; words=(mi-patterns explain api/) CURRENT=3; _mi-patterns`;
      expect(execFileSync('zsh', ['-f', '-c', asking], { cwd: odd, encoding: 'utf8', env: withCommand() })).toBe(
        'api/Bill\\:v1.0:\napi/Größe:\n',
      );
    },
  );

  it.each([['x'], ['plan', '--pattern', 'x'], ['rollout', '--env', 'x']])('knows no file for %j', (...words) => {
    expect(complete(orders, ...words)).toEqual({ candidates: [], directive: ':4' });
  });

  it('says nothing about a project that cannot be read', () => {
    expect(complete(broken, 'rollout', '--env', '').candidates).toEqual([]);
  });
});
