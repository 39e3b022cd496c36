import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../support/describe-with.ts';
import { runCommandLine } from '../../packages/cli/src/command-line.ts';
import type { Context } from '../../packages/cli/src/context/context.ts';
import { car, type TestArtifact } from './car.ts';
import { type OrderSystem, startOrderSystem, writeOrders } from './orders.ts';
import { findRuntime, type Server, startServer, until } from './server.ts';

const runtime = findRuntime();
if ('missing' in runtime) console.warn(`Nothing is tried on a real Micro Integrator: ${runtime.missing}.`);
const available = 'folder' in runtime ? runtime : undefined;

const defaults = 'EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer';
const work = mkdtempSync(join(tmpdir(), 'mi-delivery-'));
const servers: Server[] = [];

let system: OrderSystem;

async function start(
  ...parameters: Parameters<typeof startServer> extends [unknown, ...infer Rest] ? Rest : never
): Promise<Server> {
  const server = await startServer(available!, ...parameters);
  servers.push(server);
  return server;
}

const status = async (url: string, body?: string): Promise<number> =>
  (
    await fetch(url, {
      signal: AbortSignal.timeout(60_000),
      ...(body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    })
  ).status;
const readiness = async (server: Server): Promise<{ status: number; body: string }> => {
  const answer = await fetch(`${server.internal}/healthz`, { signal: AbortSignal.timeout(60_000) });
  return { status: answer.status, body: await answer.text() };
};
const archivesIn = (...folder: string[]): string[] =>
  readdirSync(join(work, ...folder)).map((name) => join(work, ...folder, name));

async function packageOrders(project: string, name: string, ...flags: string[]): Promise<void> {
  const output: string[] = [];
  const context: Context = {
    cwd: work,
    environment: process.env,
    stdout: (text) => void output.push(text),
    stderr: (text) => void output.push(text),
    columns: undefined,
    colour: false,
    interactive: false,
  };
  const exitCode = await runCommandLine(['package', project, '--out', join(work, name), ...flags], context);
  expect(exitCode, output.join('')).toBe(0);
}

describeWith(
  'missing' in runtime ? runtime.missing : undefined,
  'on a real Micro Integrator (4.3.0, built from source)',
  () => {
    beforeAll(async () => {
      system = await startOrderSystem();
      const project = writeOrders(join(work, 'orders'), system.port);
      await packageOrders(project, 'by-roles');
      await packageOrders(project, 'by-archives', '--delivery', 'archives');
    });

    afterAll(async () => {
      await Promise.all(servers.map((server) => server.stop()));
      system?.close();
      rmSync(work, { recursive: true, force: true });
    });

    test('one archive, two servers: the API in both, the task in the one that has its role', async () => {
      const archives = archivesIn('by-roles', 'image', 'carbonapps');
      const stateless = await start({ archives, arguments: [`-DserverRoles=${defaults}`] });
      expect(await readiness(stateless)).toMatchObject({ status: 200 });
      expect(await status(`${stateless.http}/orders`, '{"order":1}')).toBe(200);
      // Two ticks' time: a task that had been deployed would have fired.
      await new Promise((done) => setTimeout(done, 2500));
      expect(system.seen).toMatchObject({ recurring: 0, scheduled: 0 });

      const isolated = await start({
        archives,
        arguments: [`-DserverRoles=${defaults},MiIsolatedRecurringOrderTask`],
      });
      expect(await readiness(isolated)).toMatchObject({ status: 200 });
      await until(
        () => system.seen.recurring >= 2,
        () => `the task did not fire:\n${isolated.log().slice(-3000)}`,
      );
      expect(await status(`${isolated.http}/orders`, '{"order":2}')).toBe(200);
      expect(system.seen.scheduled).toBe(0);
      expect(stateless.deployed().join()).not.toContain('Task');
      expect(isolated.deployed()).toEqual([...stateless.deployed(), 'StartupTask recurringOrder_Task']);
      await Promise.all([stateless.stop(), isolated.stop()]);
    });

    test('an image that is started without roles deploys everything', async () => {
      const before = await system.seenOfEnded();
      const server = await start({
        archives: archivesIn('by-roles', 'image', 'carbonapps'),
        entrypoint: join(work, 'by-roles', 'image', 'entrypoint.sh'),
      });
      await until(
        () => system.seen.recurring > before.recurring && system.seen.scheduled > before.scheduled,
        () => `not all tasks fired:\n${server.log().slice(-3000)}`,
      );
      expect(await status(`${server.http}/orders`, '{"order":3}')).toBe(200);
      await server.stop();
    });

    test('an image whose release has forgotten a role does not start', () => {
      const { status: exitCode, stderr } = spawnSync(
        'sh',
        [join(work, 'by-roles', 'image', 'entrypoint.sh'), `-DserverRoles=${defaults}`],
        {
          encoding: 'utf8',
          env: {
            ...process.env,
            MI_PATTERNS_RELEASE_ROLES: 'MiIsolatedSchedulOrderTask',
            MI_PATTERNS_ENTRYPOINT: '/bin/false',
          },
        },
      );
      expect({ exitCode, stderr }).toEqual({
        exitCode: 78,
        stderr: expect.stringMatching(
          /no server of this release has the role\(s\) MiIsolatedRecurringOrderTask, .* Not starting\./,
        ),
      });
    });

    test('divided archives: each server has what its entry points need, and nothing else', async () => {
      const before = await system.seenOfEnded();
      const [stateless, isolated] = await Promise.all([
        start({ archives: archivesIn('by-archives', 'workloads', 'integration', 'image', 'carbonapps') }),
        start({ archives: archivesIn('by-archives', 'workloads', 'recurring-order-task', 'image', 'carbonapps') }),
      ]);
      await until(
        () => system.seen.recurring >= before.recurring + 2,
        () => `the task did not fire:\n${isolated.log().slice(-3000)}`,
      );
      expect(system.seen.scheduled).toBe(before.scheduled);
      expect(await status(`${stateless.http}/orders`, '{"order":4}')).toBe(200);
      expect(await status(`${isolated.http}/orders`, '{"order":5}')).toBe(404);
      expect(stateless.deployed()).toEqual([
        'API OrderAPI',
        'Endpoint OrderBackendEP',
        'Sequence OrderErrorSeq',
        'Sequence PlaceOrderSeq',
      ]);
      expect(isolated.deployed()).toEqual([
        'Endpoint OrderBackendEP',
        'Sequence OrderErrorSeq',
        'Sequence RecurringOrderSeq',
        'StartupTask recurringOrder_Task',
      ]);
      for (const server of [stateless, isolated]) expect(await readiness(server)).toMatchObject({ status: 200 });
      await Promise.all([stateless.stop(), isolated.stop()]);
    });

    test('what MI leaves out without becoming unready, and what makes it unready', async () => {
      const write = async (
        name: string,
        artifacts: readonly TestArtifact[],
        options: Parameters<typeof car>[2] = {},
      ): Promise<string> => {
        const path = join(work, `${name}.car`);
        writeFileSync(path, await car(name, artifacts, options));
        return path;
      };
      const silent = await Promise.all([
        write('sound', [{ name: 'Sound' }]),
        // A server role is a regular expression over the artifact's role, and must match all of it.
        write('roles', [
          { name: 'ByPattern', role: 'Team7' },
          { name: 'ByPart', role: 'Team7Blue' },
          { name: 'ByOther', role: 'Nobody' },
        ]),
        write('norole', [{ name: 'WithoutRole', role: null }, { name: 'BesideIt' }]),
        write('nofolders', [{ name: 'NoFolderEntries' }], { folders: false }),
        write('missing', [{ name: 'Listed' }, { name: 'Absent', absent: true }]),
        write('unknown', [{ name: 'UnknownType', type: 'event/receiver' }, { name: 'BesideUnknown' }]),
        write('metadata', [{ name: 'InBoth' }, { name: 'NotInMetadata', inMetadata: false }], { metadata: true }),
        write('ownrole', [{ name: 'OwnRoleIsNotRead', ownRole: 'Nobody' }]),
        write('filtered', [{ name: 'AllFiltered', role: 'Nobody' }]),
      ]);
      const faulty = await Promise.all([
        write('healthy', [{ name: 'Healthy' }]),
        write('faulty', [
          { name: 'FirstOfFaulty' },
          {
            name: 'SecondOfFaulty',
            content:
              '<sequence xmlns="http://ws.apache.org/ns/synapse" name="SecondOfFaulty"><nosuchmediator/></sequence>',
          },
        ]),
      ]);
      const [quiet, unready] = await Promise.all([
        start({ archives: silent, arguments: [`-DserverRoles=${defaults},Team[0-9]`] }),
        start({ archives: faulty }),
      ]);
      expect(quiet.deployed()).toEqual(
        ['BesideUnknown', 'ByPattern', 'InBoth', 'OwnRoleIsNotRead', 'Sound'].map((name) => `Sequence ${name}`),
      );
      expect(await readiness(quiet)).toMatchObject({ status: 200 });
      expect(quiet.log()).toMatch(/Some dependencies were not satisfied in cApp:missing_1\.0\.0/);
      expect(quiet.log()).toMatch(
        /No artifacts found to be deployed in this server\. Ignoring Carbon Application : filtered\.car/,
      );
      expect(await readiness(unready)).toEqual({ status: 500, body: expect.stringMatching(/faulty\.car/) });
      expect(unready.log()).toMatch(/Reverting successfully deployed artifacts in the CApp/);
      expect(unready.deployed()).toContain('Sequence Healthy');
      await Promise.all([quiet.stop(), unready.stop()]);
    });
  },
);
