import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { car, type CarOptions, connector, type TestArtifact } from './car.ts';
import { findRuntime, type Server, startServer } from './server.ts';

const runtime = findRuntime();
if ('missing' in runtime) console.warn(`What MI does with archives is not seen on a real server: ${runtime.missing}.`);
const work = mkdtempSync(join(tmpdir(), 'mi-archives-'));
const servers: Server[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(work, { recursive: true, force: true });
});

async function write(
  file: string,
  name: string,
  artifacts: readonly TestArtifact[],
  options: CarOptions = {},
): Promise<string> {
  const path = join(work, file);
  writeFileSync(path, await car(name, artifacts, options));
  return path;
}

async function start(archives: readonly string[]): Promise<Server> {
  if ('missing' in runtime) throw new Error(runtime.missing);
  const server = await startServer(runtime, { archives });
  servers.push(server);
  return server;
}

const healthy = async (server: Server): Promise<{ status: number; body: string }> => {
  const answer = await fetch(`${server.internal}/healthz`, { signal: AbortSignal.timeout(60_000) });
  return { status: answer.status, body: await answer.text() };
};
const descriptor = (name: string, versioned: boolean, dependencies = ''): string =>
  `<project><id>g__${name}__1.0.0</id><versionedDeployment>${versioned}</versionedDeployment><fatCarEnabled>${dependencies !== ''}</fatCarEnabled><dependencies>${dependencies}</dependencies></project>`;
const resource = (name: string, path: string): string =>
  `<resources><item><file>${name}</file><path>${path}</path><mediaType>text/plain</mediaType></item></resources>`;
const api = (name: string, sequence: string): string =>
  `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/${name.toLowerCase()}"><resource methods="GET"><inSequence>${sequence}</inSequence></resource></api>`;

describe.skipIf('missing' in runtime)(
  'what a real Micro Integrator (4.3.0, built from source) does with archives (skipped without its classes)',
  () => {
    test('names, lists, fat archives and other kinds of artifacts', async () => {
      const greeting =
        '<hello.hi/><payloadFactory media-type="json"><format>{"said":"$1"}</format><args><arg evaluator="xml" expression="1"/></args></payloadFactory><respond/>';
      const archives = await Promise.all([
        // Two applications with the same name and version: the first file in the alphabet is deployed.
        write('a-same.car', 'same', [{ name: 'FirstOfSame' }]),
        write('b-same.car', 'same', [{ name: 'SecondOfSame' }]),
        write('c-same.car', 'same', [{ name: 'OtherVersion' }], { version: '2.0.0' }),
        // What the folder is called does not count, nor does what is not listed.
        write('folder.car', 'folder', [
          { name: 'AnyFolder', folder: 'x' },
          { name: 'Unlisted', unlisted: true },
        ]),
        // MI reads descriptor.xml and unpacks dependencies/ from 4.5 on.
        car('inner', [{ name: 'InsideOfFat' }]).then((inner) =>
          write('fat.car', 'fat', [{ name: 'OutsideOfFat' }], {
            descriptor: descriptor(
              'fat',
              false,
              '<dependency groupId="g" artifactId="inner" version="1.0.0" type="car"/>',
            ),
            nested: { 'inner.car': inner },
          }),
        ),
        write('versioned.car', 'versioned', [{ name: 'Versioned' }], { descriptor: descriptor('versioned', true) }),
        // Roles count for every kind of artifact, not only for those of Synapse.
        write('registry.car', 'registry', [
          {
            name: 'kept',
            type: 'registry/resource',
            file: 'registry-info.xml',
            content: resource('kept.txt', '/_system/governance/seen'),
            more: { 'resources/': '', 'resources/kept.txt': 'kept' },
          },
          {
            name: 'dropped',
            role: 'Nobody',
            type: 'registry/resource',
            file: 'registry-info.xml',
            content: resource('dropped.txt', '/_system/governance/seen'),
            more: { 'resources/': '', 'resources/dropped.txt': 'dropped' },
          },
        ]),
        write('connector.car', 'connector', [
          { name: 'hello-connector', type: 'synapse/lib', file: 'hello-1.0.0.zip', content: await connector() },
          { name: 'Greeter', type: 'synapse/api', content: api('Greeter', greeting) },
        ]),
      ]);
      const server = await start(archives);
      expect(server.deployed()).toEqual([
        'API Greeter',
        'Sequence AnyFolder',
        'Sequence FirstOfSame',
        'Sequence OtherVersion',
        'Sequence OutsideOfFat',
        'Sequence Versioned',
        'Synapse Library {org.wso2.carbon.connector}hello',
      ]);
      expect(server.log()).toMatch(/Two applications can't have the same Id/);
      expect(await healthy(server)).toMatchObject({ status: 200 });
      const registry = join(server.home, 'registry', 'governance', 'seen');
      expect(existsSync(registry) ? readdirSync(registry).filter((name) => name.endsWith('.txt')) : []).toEqual([
        'kept.txt',
      ]);
      expect((await fetch(`${server.http}/greeter`, { signal: AbortSignal.timeout(60_000) })).status).toBe(200);
      await server.stop();
    });
  },
);
