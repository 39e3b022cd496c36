import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isToolFailure, type RunResult, ToolFailure } from '@mi-patterns/helm';
import { patientTools } from './patient-tools.ts';
import type { Tools } from './tools.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const refused = 'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?';
const unreachable =
  'Error: kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": connect: connection refused';
const midway =
  'Error: UPGRADE FAILED: Get "https://127.0.0.1:1/apis": dial tcp 127.0.0.1:1: connect: connection refused';

/** Runs a command against a cluster that says `stderr` for some seconds; answers what came of it, and when. */
async function asked(
  words: readonly ['helm' | 'kubectl', string],
  stderr: string,
  seconds: number,
  { patient = true, pause }: { readonly patient?: boolean; readonly pause?: () => Promise<void> } = {},
): Promise<{ readonly end: string; readonly after: number; readonly waits: readonly number[]; readonly tools: Tools }> {
  const begin = performance.now();
  const run = async (): Promise<RunResult> => {
    if (performance.now() - begin >= seconds * 1000) return { exitCode: 0, stdout: '', stderr: '' };
    throw new ToolFailure({ reason: 'exit', message: '', hint: '', stderr });
  };
  const inner: Tools = { helm: run, kubectl: run, helmMajor: async () => 4 };
  const passing = async (milliseconds: number): Promise<void> => void vi.advanceTimersByTime(milliseconds);
  const waits: number[] = [];
  const tools = patientTools(
    inner,
    () => patient,
    pause ?? passing,
    (longest) => waits.push(longest),
  );
  const [tool, word] = words;
  const end = await tools[tool]([word]).then(
    () => 'done',
    (error: unknown) => (isToolFailure(error) ? 'failed' : 'thrown'),
  );
  return { end, after: (performance.now() - begin) / 1000, waits, tools };
}

it.each([
  [['kubectl', 'get'], refused],
  [
    ['kubectl', 'scale'],
    'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
  ],
  [['helm', 'history'], unreachable],
  [['helm', 'history'], midway],
  [['helm', 'upgrade'], unreachable],
] as const)('%j goes on when the cluster is back after 20 s', async (words, stderr) => {
  expect(await asked(words, stderr, 20)).toMatchObject({
    end: 'done',
    after: 20,
    waits: Array.from({ length: 10 }, () => 40),
  });
});

it.each([
  ['helm has begun', ['helm', 'upgrade'], midway],
  ['the login is not known', ['kubectl', 'get'], 'error: You must be logged in to the server (Unauthorized)'],
  [
    'a node does not answer',
    ['kubectl', 'exec'],
    'error: Internal error occurred: error sending request: Post "https://:10250/exec/a": connection refused',
  ],
  ['the answer is no', ['kubectl', 'get'], 'Error from server (Forbidden): pods is forbidden: User "a" cannot list'],
] as const)('fails at once where %s', async (_why, words, stderr) => {
  expect(await asked(words, stderr, 20)).toMatchObject({ end: 'failed', after: 0, waits: [] });
});

it('waits for no cluster that was never there, and ends with the pause', async () => {
  expect(await asked(['kubectl', 'get'], refused, 20, { patient: false })).toMatchObject({ end: 'failed', after: 0 });
  const pause = (): Promise<void> => Promise.reject(new Error('aborted'));
  expect(await asked(['kubectl', 'get'], refused, 20, { pause })).toMatchObject({ end: 'failed', after: 0 });
});

it('waits in vain once only', async () => {
  const { end, after, tools } = await asked(['kubectl', 'get'], refused, 1000);
  expect([end, after]).toEqual(['failed', 42]);
  const before = performance.now();
  await expect(tools.kubectl(['get'])).rejects.toThrow('refused');
  expect(performance.now()).toBe(before);
});
