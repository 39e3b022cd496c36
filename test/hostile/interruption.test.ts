import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTool, type ToolName } from '@mi-patterns/helm';
import { describe, expect, it } from 'vitest';
import { contentOf, miPatterns, program, repository, temporaryFolder } from '../support/command.ts';
import { folderWith, pom } from './support.ts';

/** How the command is run, and the program it starts, which writes its number into a file `.started` beside itself. */
interface Interrupted {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly starts: string;
  readonly signal: keyof typeof exitOf;
}

/** Sends the command a signal once that program runs, and expects its exit code. The program's folder in /proc. */
async function interrupted(words: readonly string[], options: Interrupted): Promise<string> {
  const { cwd, environment, starts, signal } = options;
  const child = spawn(process.execPath, [program, ...words], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
  const ended = once(child, 'close');
  const file = `${starts}.started`;
  const started = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await expect.poll(started, { interval: 20 }).toMatch(/^\d+\n$/);
  child.kill(signal);
  expect(await ended).toEqual([exitOf[signal], null]);
  return `/proc/${started().trim()}`;
}

/** A tool as the command finds it, for a shell. */
async function commandOf(name: ToolName): Promise<string> {
  return (await findTool(name)).command.map((word) => `'${word}'`).join(' ');
}

/** A kubectl that knows a context, and no cluster. */
function kubectlWithContext(folder: string): string {
  const kubectl = join(folder, 'kubectl');
  const version = '{"clientVersion":{"gitVersion":"v1.37.0"}}';
  writeFileSync(
    kubectl,
    `#!/bin/sh\ncase "$*" in version*) echo '${version}' ;; *config*) echo test ;; *) exit 1 ;; esac\n`,
    { mode: 0o755 },
  );
  return kubectl;
}

const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';

function project(salt: string): string {
  const sequences = Array.from({ length: 60 }, (_, index) => [
    `p/src/main/wso2mi/artifacts/sequences/S${index}.xml`,
    `<sequence ${namespace} name="S${index}"><log><property name="x" value="${salt}"/></log></sequence>`,
  ]);
  const api = `<api ${namespace} name="A" context="/a"><resource methods="GET"><inSequence>${sequences.map((_, index) => `<sequence key="S${index}"/>`).join('')}</inSequence></resource></api>`;
  return folderWith({
    ...(Object.fromEntries(sequences) as Record<string, string>),
    'p/pom.xml': pom(),
    'p/src/main/wso2mi/artifacts/apis/A.xml': api,
    'mi-patterns.yaml':
      'artifacts: [p]\nrelease: orders\nimage: {repository: acme/orders, tag: 1.2.0}\nenvironments:\n  dev: {namespace: d}\n  prod: {namespace: p, replicas: 3}\n',
  });
}

const exitOf = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const signals = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/**
 * Starts the command, sends a signal after some milliseconds, and answers how it ended and the files of its own that it
 * left.
 */
function cutOff(
  cwd: string,
  signal: NodeJS.Signals,
  wait: number,
  out = 'made',
): Promise<{ readonly ended: number | NodeJS.Signals | null; readonly left: readonly string[] }> {
  // Temporary files are looked for there too.
  const env = { ...process.env, TMPDIR: cwd };
  return new Promise((done) => {
    const child = spawn(process.execPath, [program, 'generate', '--out', out], { cwd, env, stdio: 'ignore' });
    const timer = setTimeout(() => child.kill(signal), wait);
    child.once('close', (code, ended) => {
      clearTimeout(timer);
      done({ ended: code ?? ended, left: hidden(cwd).filter((name) => name.includes(`.${child.pid}-`)) });
    });
  });
}

const hidden = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /(^|\/)\.[^/]*\.(tmp|old)/.test(name))
    : [];

describe('a run that is cut off', () => {
  it('leaves nothing after Ctrl-C, and nothing after the next run', async () => {
    const before = project('one');
    await miPatterns(['generate', '--out', 'made'], { cwd: before });
    const right = contentOf(join(before, 'made'));
    const cwd = project('one');
    for (let round = 0; round < 12; round += 1) {
      const signal = (['SIGINT', 'SIGTERM', 'SIGKILL'] as const)[round % 3] ?? 'SIGINT';
      const { ended, left } = await cutOff(cwd, signal, 60 + round * 35);
      expect([0, 130, 143, signal]).toContain(ended);
      // What a killed run has left stays until a run comes as far as to look for it.
      if (signal !== 'SIGKILL') expect(left).toEqual([]);
    }
    expect((await miPatterns(['generate', '--out', 'made'], { cwd, environment: { TMPDIR: cwd } })).exitCode).toBe(0);
    expect([hidden(cwd), contentOf(join(cwd, 'made'))]).toEqual([[], right]);
  });

  it.each(signals)('leaves no empty folder after %s', async (signal) => {
    const cwd = project('one');
    const out = join('deep', 'made');
    await miPatterns(['generate', '--out', out], { cwd });
    const right = contentOf(join(cwd, out));
    for (let round = 0; round < 8; round += 1) {
      rmSync(join(cwd, 'deep'), { recursive: true, force: true });
      await cutOff(cwd, signal, 100 + round * 60, out);
      // A signal that comes when all is in its place leaves all of it.
      const content = existsSync(join(cwd, 'deep')) ? contentOf(join(cwd, out)) : right;
      expect([content, hidden(cwd)]).toEqual([right, []]);
    }
  });

  it.each(signals)('ends helm before it removes what helm writes, after %s', async (signal) => {
    const cwd = project('one');
    const temporary = temporaryFolder();
    // A helm that says when it starts to pack the chart, and writes it a while later.
    const helm = join(cwd, 'helm');
    writeFileSync(
      helm,
      `#!/bin/sh\nif [ "$1" = package ]; then echo $$ > "$0.started"; sleep 1; fi\nexec ${await commandOf('helm')} "$@"\n`,
      { mode: 0o755 },
    );
    const ended = await interrupted(['diff', '--env', 'prod', '--against', 'env:dev'], {
      cwd,
      environment: { TMPDIR: temporary, MI_PATTERNS_HELM: helm },
      starts: helm,
      signal,
    });
    await expect.poll(() => existsSync(ended)).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each(signals)('ends a program that asks a cluster, after %s', async (signal) => {
    const cwd = project('one');
    // A kubectl that says when it starts, and hangs as where no API server answers.
    const kubectl = join(cwd, 'kubectl');
    writeFileSync(kubectl, '#!/bin/sh\necho $$ > "$0.started"; exec sleep 60\n', { mode: 0o755 });
    const ended = await interrupted(['audit'], {
      cwd,
      environment: { PATH: `${cwd}:${process.env['PATH']}` },
      starts: kubectl,
      signal,
    });
    expect(existsSync(ended)).toBe(false);
  });

  it.each(signals)('ends what only looks at a cluster, after %s', async (signal) => {
    const cwd = project('one');
    // A helm that says when it is asked for the release, and hangs.
    const helm = join(cwd, 'helm');
    writeFileSync(
      helm,
      `#!/bin/sh\n[ "$1" = history ] || exec ${await commandOf('helm')} "$@"\necho $$ > "$0.started"\nexec sleep 60\n`,
      { mode: 0o755 },
    );
    const temporary = temporaryFolder();
    const ended = await interrupted(['rollout', '--env', 'prod', '--dry-run'], {
      cwd,
      environment: { TMPDIR: temporary, MI_PATTERNS_HELM: helm, MI_PATTERNS_KUBECTL: kubectlWithContext(cwd) },
      starts: helm,
      signal,
    });
    expect([existsSync(ended), readdirSync(temporary)]).toEqual([false, []]);
  });

  it.each(signals)('ends git, after %s', async (signal) => {
    const cwd = project('one');
    // A git that says when it starts, and hangs as where it fetches what a partial clone lacks.
    const git = join(cwd, 'git');
    writeFileSync(git, '#!/bin/sh\necho $$ > "$0.started"; exec sleep 60\n', { mode: 0o755 });
    const ended = await interrupted(['diff', '--env', 'prod', '--against', 'git:HEAD'], {
      cwd,
      environment: { PATH: `${cwd}:${process.env['PATH']}` },
      starts: git,
      signal,
    });
    expect(existsSync(ended)).toBe(false);
  });

  it.each(signals)('says nothing of programs that it ended, after %s', async (signal) => {
    const cwd = project('one');
    const helm = join(cwd, 'helm');
    // Two run at once. The first takes a second to end, so that the end of the other one is heard of.
    const slow = `mkdir "$0.slow" 2> /dev/null && { trap 'kill $!; sleep 1' TERM; sleep 60 & wait; exit; }`;
    writeFileSync(
      helm,
      `#!/bin/sh\n[ "$1" = template ] || exec ${await commandOf('helm')} "$@"\necho $$ >> "$0.started"\n${slow}\nexec sleep 60\n`,
      { mode: 0o755 },
    );
    const child = spawn(process.execPath, [program, 'generate', '--out', 'made'], {
      cwd,
      env: { ...process.env, MI_PATTERNS_HELM: helm },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const ended = once(child, 'close');
    const started = (): string => (existsSync(`${helm}.started`) ? readFileSync(`${helm}.started`, 'utf8') : '');
    await expect.poll(started, { interval: 20 }).toMatch(/^\d+\n\d+\n$/);
    await expect.poll(() => existsSync(`${helm}.slow`)).toBe(true);
    child.kill(signal);
    expect([await ended, said]).toEqual([[exitOf[signal], null], '']);
  });

  it('leaves nothing of a check that was killed after the next one', async () => {
    const cwd = project('one');
    const temporary = temporaryFolder();
    const helm = join(cwd, 'helm');
    writeFileSync(
      helm,
      `#!/bin/sh\n[ "$1" = template ] || exec ${await commandOf('helm')} "$@"\necho $$ >> "$0.started"\nexec sleep 60\n`,
      { mode: 0o755 },
    );
    const child = spawn(process.execPath, [program, 'generate', '--check'], {
      cwd,
      env: { ...process.env, TMPDIR: temporary, MI_PATTERNS_HELM: helm },
      stdio: 'ignore',
    });
    const packed = (): boolean =>
      readdirSync(temporary, { recursive: true, encoding: 'utf8' }).some((name) => name.endsWith('.car'));
    await expect.poll(packed, { interval: 20 }).toBe(true);
    const started = (): string => (existsSync(`${helm}.started`) ? readFileSync(`${helm}.started`, 'utf8') : '');
    await expect.poll(started, { interval: 20 }).toMatch(/^\d+\n/);
    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    for (const [pid] of started().matchAll(/\d+(?=\n)/g)) process.kill(Number(pid));
    await miPatterns(['generate', '--check'], { cwd, environment: { TMPDIR: temporary } });
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each(signals)('ends a credential helper, after %s', async (signal) => {
    const cwd = project('one');
    const server = createServer((_, response) => response.writeHead(401, { 'www-authenticate': 'Basic' }).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    // A helper that says when it starts, and waits as for somebody who opens a keychain.
    const helper = join(cwd, 'docker-credential-slow');
    writeFileSync(helper, '#!/bin/sh\necho $$ > "$0.started"; exec sleep 60\n', { mode: 0o755 });
    writeFileSync(join(cwd, 'config.json'), JSON.stringify({ credHelpers: { [host]: 'slow' } }));
    const ended = await interrupted(['package', 'p', '--out', 'made', '--push', `${host}/a/b`], {
      cwd,
      environment: { DOCKER_CONFIG: cwd, PATH: `${cwd}:${process.env['PATH']}` },
      starts: helper,
      signal,
    });
    expect(existsSync(ended)).toBe(false);
    server.closeAllConnections();
    server.close();
  });

  /** Not one that has ended and whose parent has not looked yet, nor another that got its number. */
  const isAtWork = (pid: string): boolean => {
    try {
      return /sleep|helm-unittest/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      return false;
    }
  };

  it.each(signals)('ends programs that follow the ended ones, after %s', async (signal) => {
    const cwd = project('one');
    // A helm-unittest that says when it starts, and takes its time; several run at once, others wait for their turn.
    const unittest = join(cwd, 'helm-unittest');
    writeFileSync(
      unittest,
      `#!/bin/sh\ncase "$*" in *--file*) echo $$ >> "$0.started"; exec sleep 60;; esac\nexec ${await commandOf('helm-unittest')} "$@"\n`,
      { mode: 0o755 },
    );
    const child = spawn(process.execPath, [program, 'test'], {
      cwd,
      env: { ...process.env, MI_PATTERNS_HELM_UNITTEST: unittest },
      stdio: 'ignore',
    });
    const ended = once(child, 'close');
    const started = (): readonly string[] =>
      existsSync(`${unittest}.started`) ? readFileSync(`${unittest}.started`, 'utf8').trim().split('\n') : [];
    await expect.poll(started, { interval: 20 }).not.toEqual([]);
    child.kill(signal);
    expect(await ended).toEqual([exitOf[signal], null]);
    await expect.poll(() => started().filter(isAtWork), { interval: 50 }).toEqual([]);
  });

  it('leaves alone what a run on another machine or in another container writes', async () => {
    const cwd = project('one');
    mkdirSync(join(cwd, 'made'));
    const [one, other] = ['.package.999999-000000000001-00000000.tmp', '.package.1-abcdefabcdef-00000000.tmp'];
    for (const name of [one, other]) mkdirSync(join(cwd, 'made', name));
    await miPatterns(['generate', '--out', 'made'], { cwd });
    // Names of another machine stay until they are a day old: its processes cannot be asked.
    expect(
      hidden(cwd)
        .map((name) => name.replace('made/', ''))
        .sort(),
    ).toEqual([other, one].sort());
  });

  it('two at once into one folder end with the files of one', async () => {
    const cwd = project('one');
    const [first, second] = await Promise.all([1, 2].map(() => miPatterns(['generate', '--out', 'made'], { cwd })));
    expect([first?.exitCode, second?.exitCode].every((code) => code === 0 || code === 2)).toBe(true);
    const { exitCode } = await miPatterns(['generate', '--out', 'made'], { cwd });
    expect([exitCode, hidden(cwd)]).toEqual([0, []]);
  });
});

describe('what cannot be written', () => {
  const withoutRoom = (kilobytes: number, use: (folder: string) => Promise<void>): Promise<boolean> => {
    const folder = mkdtempSync(join(tmpdir(), 'full-'));
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder]).status !== 0) {
      rmSync(folder, { recursive: true });
      return Promise.resolve(false);
    }
    return use(folder)
      .then(
        () => true,
        (error: unknown) => Promise.reject(error),
      )
      .finally(() => {
        spawnSync('umount', [folder]);
        rmSync(folder, { recursive: true, force: true });
      });
  };

  it.each([8, 24, 48])('a disk of %i kB: all or nothing, with the path and exit code 2', async (kilobytes) => {
    const cwd = project('one');
    const ran = await withoutRoom(kilobytes, async (folder) => {
      for (const args of [
        ['generate', '--out', join(folder, 'made')],
        ['package', 'p', '--out', join(folder, 'made')],
      ]) {
        const { exitCode, stderr } = await miPatterns(args, { cwd });
        if (exitCode === 0) rmSync(join(folder, 'made'), { recursive: true });
        else {
          expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/MI-WRITE-FAILED .*made/)]);
          expect(stderr).toContain('no space left');
          expect(
            [...hidden(folder), ...readdirSync(folder, { recursive: true })].filter((name) => name !== 'made'),
          ).toEqual([]);
        }
      }
    });
    if (!ran) console.warn('not run: a file system can only be mounted by root');
  });

  it('a full disk of temporary files: its path and exit code 2, whatever would have been written elsewhere', async () => {
    const cwd = project('one');
    const volume = 'artifacts: {source: imageVolume, imageVolume: {reference: "127.0.0.1:9/a/b:1"}}';
    writeFileSync(join(cwd, 'v.yaml'), `pattern: single-replica\n# ${'x'.repeat(30_000)}\n`);
    writeFileSync(
      join(cwd, 'push.yaml'),
      `${readFileSync(join(cwd, 'mi-patterns.yaml'), 'utf8')}values: {${volume}}\n`,
    );
    const before = contentOf(cwd);
    const ran = await withoutRoom(24, async (folder) => {
      for (const args of [
        ['validate', 'v.yaml'],
        ['generate', '--check'],
        ['generate', '--push', '--config', 'push.yaml'],
      ]) {
        const { exitCode, stderr } = await miPatterns(args, { cwd, environment: { TMPDIR: folder } });
        const sentence = `${folder}, the folder for temporary files, cannot be used: there is no space left on the disk.`;
        expect([args, exitCode, stderr]).toEqual([args, 2, expect.stringContaining(sentence)]);
        expect([readdirSync(folder), contentOf(cwd)]).toEqual([[], before]);
      }
    });
    if (!ran) console.warn('not run: a file system can only be mounted by root');
  });

  it('a full disk of the cache: the schemas are checked, and no part of one is left', async () => {
    const chart = join(repository, 'packages/helm/test/fixtures/tiny');
    const kinds = [{ group: '', kind: 'ConfigMap', version: 'v1' }];
    const schema = JSON.stringify({ 'x-kubernetes-group-version-kind': kinds, enum: ['x'.repeat(32_000)] });
    const schemas = folderWith(
      Object.fromEntries(
        [30, 31, 32, 33, 34, 35, 36, 37].flatMap((minor) => [
          [`v1.${minor}.0-local-strict/_definitions.json`, '{}'],
          [`v1.${minor}.0-local-strict/configmap-v1.json`, schema],
        ]),
      ),
    );
    const ran = await withoutRoom(16, async (folder) => {
      const [helm, kubeconform] = await Promise.all((['helm', 'kubeconform'] as const).map((name) => findTool(name)));
      const { exitCode, stderr } = await miPatterns(['test', '--chart', chart], {
        environment: {
          MI_PATTERNS_CACHE: folder,
          MI_PATTERNS_HELM: helm?.command[0],
          MI_PATTERNS_KUBECONFORM: kubeconform?.command[0],
          MI_PATTERNS_KUBERNETES_SCHEMAS: schemas,
        },
      });
      expect([exitCode, stderr]).toEqual([1, '']);
      expect(
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(part|tmp)$/.test(name)),
      ).toEqual([]);
    });
    if (!ran) console.warn('not run: a file system can only be mounted by root');
  });

  it.each([
    ['plan', 'p', '--report', 'locked/r.html'],
    ['generate', '--out', 'locked/made'],
    ['package', 'p', '--out', 'locked/made'],
  ])('a folder that may not be written ends %s with exit code 2', async (...args) => {
    const cwd = project('one');
    mkdirSync(join(cwd, 'locked'));
    chmodSync(join(cwd, 'locked'), 0o555);
    const { exitCode, stderr } = await miPatterns(args, { cwd, obeysModes: true });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('MI-WRITE-FAILED')]);
    chmodSync(join(cwd, 'locked'), 0o755);
  });
});

/** What makes Node answer as in a container under a number of its own. */
const unknownUser = `--import=data:text/javascript,${encodeURIComponent(
  "import os from 'node:os'; os.userInfo = os.homedir = () => { throw new Error('no such user'); };",
)}`;

describe('where it runs', () => {
  it.each([
    ['is not there', 'it does not exist', {}],
    ['may not be written', 'this user may not write to it', { obeysModes: true }],
  ])('a folder for temporary files that %s is named with what to do', async (_, reason, how) => {
    const cwd = project('one');
    const temporary = join(cwd, 'tmp');
    if ('obeysModes' in how) mkdirSync(temporary, { mode: 0o555 });
    writeFileSync(join(cwd, 'v.yaml'), 'pattern: single-replica\nimage: {repository: a, tag: "1"}\n');
    for (const args of [
      ['validate', 'v.yaml'],
      ['generate', '--out', 'made'],
      ['diff', '--env', 'prod', '--against', 'env:dev'],
    ]) {
      // Where nothing is kept, helm has to be asked.
      const environment = { TMPDIR: temporary, MI_PATTERNS_CACHE: join(cwd, 'cache') };
      const { exitCode, stderr } = await miPatterns(args, { cwd, environment, ...how });
      const sentence = `    ${temporary}, the folder for temporary files, cannot be used: ${reason}.`;
      expect([args[0], exitCode, stderr]).toEqual([args[0], 2, expect.stringContaining(sentence)]);
      expect(stderr).toMatch(/^error MI-TEMPORARY-FOLDER\n/);
    }
    expect(existsSync(join(cwd, 'made'))).toBe(false);
    // What needs no tool needs no such folder.
    const environment = { TMPDIR: temporary };
    expect((await miPatterns(['package', 'p', '--out', 'packed'], { cwd, environment, ...how })).exitCode).toBe(0);
    expect((await miPatterns(['plan', 'p', '--report', 'r.html'], { cwd, environment, ...how })).exitCode).toBe(0);
  });

  it.each([
    ['no home', { HOME: undefined }],
    ['an empty home', { HOME: '' }],
    ['a user whom the system does not know', { HOME: undefined, NODE_OPTIONS: unknownUser }],
    ['a home that is not there', { HOME: '/nonexistent/home' }],
    ['an odd locale', { LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
    ['no locale', { LANG: 'C', LC_ALL: 'C' }],
    ['another time zone', { TZ: 'Pacific/Apia' }],
  ])('%s makes the same files', async (_, environment) => {
    const [usual, odd] = [project('one'), project('one')];
    await miPatterns(['generate', '--out', 'made'], { cwd: usual });
    const { exitCode } = await miPatterns(['generate', '--out', 'made'], { cwd: odd, environment });
    expect([exitCode, contentOf(join(odd, 'made'))]).toEqual([0, contentOf(join(usual, 'made'))]);
  });

  it('a rollout names no file that is gone with it', async () => {
    const cwd = project('one');
    const environment = { MI_PATTERNS_KUBECTL: kubectlWithContext(cwd), KUBECONFIG: join(cwd, 'none') };
    const { stderr } = await miPatterns(['rollout', '--env', 'prod', '--dry-run'], { cwd, environment });
    expect(stderr).toMatch(/^warning .* {2}mi-patterns\.yaml:/m);
    expect(stderr).not.toContain(tmpdir() + '/.');
  });

  it('umask 077 keeps what goes into an image readable for everybody', () => {
    const cwd = project('one');
    const script = `umask 077; "${process.execPath}" "${program}" package p --out made >&2 && find made/image -type f -printf '%m %f\\n' | sed 's/ lease-guard.*/ guard/; /guard/!s/ .*//' | sort -u`;
    expect(spawnSync('sh', ['-c', script], { cwd, encoding: 'utf8' }).stdout).toBe('644\n755 guard\n');
  });

  it('values are written and read nowhere else', async () => {
    const cwd = project('one');
    const temporary = temporaryFolder();
    await miPatterns(['generate', '--out', 'made'], { cwd, environment: { TMPDIR: temporary } });
    writeFileSync(join(temporary, 'mine'), '');
    expect(readdirSync(temporary)).toEqual(['mine']);
  });
});
