import { expect, it } from 'vitest';
import { type KubernetesObject, type RunOptions, type RunResult, ToolFailure } from '@mi-patterns/helm';
import { dryRunApply, liveObjects } from './dry-run.ts';
import type { Tools } from '../tools/tools.ts';

const object = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n' },
});

/** A kubectl that fails with these words when it is asked about an object of that name, and knows all others. */
function place(name: string, words: string) {
  const kubectl = async (
    command: readonly string[],
    { input = '', expectedExitCodes = [0] }: RunOptions = {},
  ): Promise<RunResult> => {
    const fails = input.includes(`"${name}"`);
    if (fails && expectedExitCodes.includes(1)) return { exitCode: 1, stdout: '', stderr: words };
    if (fails)
      throw new ToolFailure({
        reason: 'exit',
        message: 'no',
        hint: '',
        command: ['kubectl', ...command],
        exitCode: 1,
        stderr: words,
      });
    return { exitCode: 0, stdout: input, stderr: '' };
  };
  return { namespace: 'n', context: 'c', release: 'r', tools: { kubectl } as unknown as Tools };
}
const forbidden = (verb: string): string =>
  `Error from server (Forbidden): configmaps "b" is forbidden: User "u" cannot ${verb} resource "configmaps" in API group "" in the namespace "n"`;
const abc = ['a', 'b', 'c'].map(object);

it.each([
  forbidden('get'),
  'Error from server (Timeout): the server was unable to return a response in the time allotted',
  'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
])('never takes an object that cannot be read for one that does not exist: %s', async (words) => {
  await expect(liveObjects(place('b', words), abc)).rejects.toMatchObject({ code: 'MI-TOOL-FAILED', stderr: words });
});

it('asks once where kubectl was stopped: nothing is known of any object then', async () => {
  let asked = 0;
  const kubectl = (): Promise<never> => {
    asked += 1;
    throw new ToolFailure({ reason: 'timeout', message: 'It was stopped.', hint: '', command: ['kubectl'] });
  };
  const there = { namespace: 'n', context: 'c', release: 'r', tools: { kubectl } as unknown as Tools };
  await expect(dryRunApply(there, abc)).rejects.toMatchObject({ message: 'It was stopped.' });
  await expect(liveObjects(there, abc)).rejects.toMatchObject({ message: 'It was stopped.' });
  expect(asked).toBe(2);
});

it('leaves out an object whose kind the cluster does not know', async () => {
  const words = 'error: resource mapping not found for name: "b": no matches for kind "ConfigMap" in version "v1"';
  expect([...(await liveObjects(place('b', words), abc)).values()].map(({ metadata }) => metadata.name)).toEqual([
    'a',
    'c',
  ]);
});

it('says what the API server refuses, and what to do about it', async () => {
  const refused = async (words: string) => (await dryRunApply(place('b', words), abc)).refusals;
  expect(await refused(forbidden('patch'))).toMatchObject([
    { code: 'MI-UPGRADE-REFUSED', hint: expect.stringMatching(/^Ask for the role `edit`.*Nothing was rolled out/) },
  ]);
  const webhook =
    'Error from server (InternalError): Internal error occurred: failed calling webhook "w.acme.io": failed to call webhook: Post "https://w.acme.svc:443/?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused';
  expect(await refused(webhook)).toMatchObject([
    {
      code: 'MI-UPGRADE-REFUSED',
      hint: expect.stringMatching(
        /Restore the service behind the admission webhook w\.acme\.io, or ask.*Nothing was rolled out/,
      ),
    },
  ]);
  const denied = 'Error from server (BadRequest): admission webhook "w.acme.io" denied the request: no owner label';
  expect(await refused(denied)).toMatchObject([{ hint: expect.stringMatching(/rule.*Nothing was rolled out/) }]);
  const invalid = 'Error from server (Invalid): ConfigMap "b" is invalid: data: Invalid value: "x"';
  expect(await refused(invalid)).toMatchObject([{ hint: 'Correct the values. Nothing was rolled out.' }]);
});

it.each([
  'The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?',
  'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
])('is no refusal when the cluster does not answer: %s', async (words) => {
  await expect(dryRunApply(place('b', words), abc)).rejects.toMatchObject({ stderr: words });
});
