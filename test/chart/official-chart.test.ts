import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { officialFolder, seeThrough } from '../../scripts/lib/comparison/charts.ts';
import { comparison, comparisonFile } from '../../scripts/lib/comparison/document.ts';
import { prove } from '../../scripts/lib/comparison/prove.ts';
import { weaknesses } from '../../scripts/lib/comparison/weaknesses.ts';
import { repository, temporaryFolder } from '../support/command.ts';
import { objects, resident } from './support.ts';
import { valueAt } from './values-paths.ts';

const official = officialFolder();

describe('faults of the official chart that ours is free of', () => {
  for (const { id, title, ours } of weaknesses) {
    it(`${id} ${title}`, async () => {
      const outcome = await prove(ours, repository);
      expect(outcome, `${ours.command}\n${outcome.printed.slice(0, 2000)}`).toMatchObject({ holds: true });
    });
  }

  it('are sixteen, numbered without a gap', () => {
    expect(weaknesses.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, index) => `W${index + 1}`));
  });
});

// Without the official chart the first fault alone is skipped, for all of them.
const faultsToProve = official === undefined ? weaknesses.slice(0, 1) : weaknesses;

describe.skipIf(official === undefined)(
  `the same faults in the official chart${official === undefined ? ' (skipped: it is not beside this checkout)' : ''}`,
  () => {
    for (const { id, title, theirs } of faultsToProve) {
      it(`${id} not so there: ${title}`, async () => {
        const outcome = await prove(theirs, official ?? '');
        expect(outcome, `${theirs.command}\n${outcome.printed.slice(0, 2000)}`).toMatchObject({ holds: true });
      });
    }
  },
);

describe('W3: the stop, run by a shell', () => {
  let script = '';
  beforeAll(async () => {
    const [deployment] = (await objects({})).filter(({ kind }) => kind === 'Deployment');
    const command = valueAt(deployment, ['spec', 'template', 'spec', 'containers']) as readonly {
      readonly lifecycle: { readonly preStop: { readonly exec: { readonly command: readonly string[] } } };
    }[];
    script = command[0]?.lifecycle.preStop.exec.command.at(-1) ?? '';
  });

  it('ends the process of wso2carbon.pid by SIGTERM and waits for its end', async () => {
    const home = join(temporaryFolder(), 'home');
    mkdirSync(home);
    // Stands for the JVM: it needs a second to drain, and writes how it was told.
    const server = spawn(
      'sh',
      ['-c', `trap 'sleep 1; echo drained > ${home}/told; exit 0' TERM; echo up; while :; do sleep 0.1; done`],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    writeFileSync(join(home, 'wso2carbon.pid'), `${server.pid}\n`);
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    await once(server.stdout, 'data');
    const started = Date.now();
    await new Promise<void>((resolve, reject) =>
      execFile('sh', ['-c', script], { env: { ...process.env, WSO2_SERVER_HOME: home } }, (error) =>
        error === null ? resolve() : reject(error),
      ),
    );
    await ended;
    expect(readFileSync(join(home, 'told'), 'utf8')).toBe('drained\n');
    expect(Date.now() - started).toBeGreaterThanOrEqual(900);
  });
});

describe('docs/comparison.md', () => {
  it('says what both charts render now', async () => {
    seeThrough(resident);
    expect((await comparison()).split('\n')).toEqual(readFileSync(comparisonFile, 'utf8').split('\n'));
  });

  it('leaves no row in which ours has less', () => {
    const rows = readFileSync(comparisonFile, 'utf8')
      .split('\n')
      .filter((line) => /^\| /.test(line))
      .map((line) => line.split(' | '));
    expect(
      rows.filter(([, theirs, ours]) => theirs?.startsWith('yes') && ours === 'no').map(([feature]) => feature),
    ).toEqual([]);
    expect(rows.filter(([, , ours]) => ours === 'no').map(([feature]) => feature)).toEqual([]);
    expect(rows.length).toBeGreaterThan(90);
  });
});
