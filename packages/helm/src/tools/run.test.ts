import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import { run } from './run.ts';
import { isToolFailure, type ToolFailure } from './tool-failure.ts';

const node = (script: string, ...rest: string[]): string[] => [process.execPath, '-e', script, ...rest];

async function failure(work: Promise<unknown>): Promise<ToolFailure> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isToolFailure(error)) throw new Error(`expected a ToolFailure, got ${String(error)}`);
  return error;
}

describe('run', () => {
  it('passes arguments as they are, without a shell', async () => {
    const result = await run(
      node('process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', '$(id)', '; ls', 'a b'),
    );
    expect(JSON.parse(result.stdout)).toEqual(['$(id)', '; ls', 'a b']);
  });

  it('gives stdin and environment', async () => {
    const result = await run(
      node('process.stdin.on("data", (d) => process.stdout.write(d + process.env.X + String(process.env.PWD)))'),
      { input: 'in', environment: { X: 'x', PWD: undefined } },
    );
    expect(result.stdout).toBe('inxundefined');
  });

  it.each([undefined, ''])('gives a home of the user where HOME is %j', async (HOME) => {
    const result = await run(node('process.stdout.write(process.env.HOME)'), { environment: { HOME } });
    expect(result.stdout).toBe(userInfo().homedir);
  });

  it('takes away what would lead helm and kubectl elsewhere than they are told', async () => {
    const environment = {
      HELM_DEBUG: 'true',
      HELM_NAMESPACE: 'other',
      HELM_KUBEAPISERVER: 'https://other',
      HELM_KUBECONTEXT: 'other',
      HELM_KUBETOKEN: 'other',
      HELM_DRIVER: 'configmap',
      KUBECONFIG: '/own',
      KUBERC: '/own',
    };
    const print = 'for (const name of process.argv.slice(1)) console.log(name + " " + process.env[name])';
    const { stdout } = await run(node(print, ...Object.keys(environment)), { environment });
    expect(stdout.split('\n').filter((line) => !line.endsWith(' undefined'))).toEqual([
      'HELM_DRIVER configmap',
      'KUBECONFIG /own',
      'KUBERC off',
      '',
    ]);
  });

  it('reports exit code and stderr without secrets', async () => {
    const error = await failure(run(node('console.error("\\u001b[31mtoken=abc"); process.exit(4)')));
    expect(error).toMatchObject({ code: 'MI-TOOL-FAILED', reason: 'exit', exitCode: 4, stderr: 'token=[hidden]' });
    expect(await run(node('process.exit(4)'), { expectedExitCodes: [0, 4] })).toMatchObject({ exitCode: 4 });
  });

  it.each([
    [['--context', 'c', '--namespace', 'n', '--request-timeout=30s', 'get', 'pods', '--output=json'], 'get pods'],
    [['--context', 'c', '--all-namespaces', '--request-timeout=60s', 'get', 'leases'], 'get leases'],
    [['--context', 'c', '--namespace', 'n', '--request-timeout=30s', 'apply', '--filename=-'], 'apply'],
    [['upgrade', 'orders', '--install'], 'upgrade'],
    [[], ''],
  ])('names what was called by %j', async (words, name) => {
    const { message } = await failure(run(['false', ...words]));
    expect(message).toBe(`${`false ${name}`.trim()} ended with exit code 1.`);
  });

  it('stops what takes too long, even when it ignores the polite signal', async () => {
    const error = await failure(
      run(node('process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'), { timeout: 300 }),
    );
    expect(error.reason).toBe('timeout');
  });

  it('takes nothing for too slow that ended while this process was busy', async () => {
    const running = run(['true'], { timeout: 4_000 });
    // Until the end of the program and the end of its time lie behind us.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_100);
    expect(await running).toMatchObject({ exitCode: 0 });
  });

  it('stops what writes too much', async () => {
    const error = await failure(
      run(node('setInterval(() => process.stdout.write("x".repeat(65536)), 1)'), { maximumOutput: 200_000 }),
    );
    expect(error.reason).toBe('too-much-output');
  });

  it('stops when aborted, and does not start when already aborted', async () => {
    const controller = new AbortController();
    const running = failure(run(node('setInterval(() => {}, 1000)'), { signal: controller.signal }));
    setTimeout(() => controller.abort(), 100);
    expect((await running).reason).toBe('aborted');
    expect((await failure(run(node(''), { signal: controller.signal }))).reason).toBe('aborted');
  });

  it('says when a program cannot be started', async () => {
    // Node does not even try to start with a word that is too long for the system.
    for (const command of [['/nonexistent/program'], node(' '.repeat(1024 * 1024))])
      expect(await failure(run(command))).toMatchObject({ reason: 'not-started', code: 'MI-TOOL-FAILED' });
  });
});
