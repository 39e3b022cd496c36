import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ZipFile } from 'yazl';
import { contents, deployedBy, packageInput } from './package.ts';

vi.mock(import('../../packages/delivery/src/package/guard.ts'), async (original) =>
  (await import('../support/small-guard.ts')).withSmallPrograms(await original()),
);

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';

/** Kinds by the folder of a project, with a document of that kind and the type in an archive. */
const documents = {
  apis: {
    kind: 'api',
    type: 'synapse/api',
    text: (name: string) =>
      `<api ${synapse} name="${name}" context="/${encodeURIComponent(name)}"><resource methods="GET"><inSequence><respond/></inSequence></resource></api>`,
  },
  sequences: {
    kind: 'sequence',
    type: 'synapse/sequence',
    text: (name: string) => `<sequence ${synapse} name="${name}"><log/></sequence>`,
  },
  endpoints: {
    kind: 'endpoint',
    type: 'synapse/endpoint',
    text: (name: string) => `<endpoint ${synapse} name="${name}"><address uri="http://backend/"/></endpoint>`,
  },
  'local-entries': {
    kind: 'local-entry',
    type: 'synapse/local-entry',
    text: (name: string) => `<localEntry ${synapse} key="${name}">text</localEntry>`,
  },
  tasks: {
    kind: 'task',
    type: 'synapse/task',
    text: (name: string) =>
      `<task ${synapse} name="${name}" group="synapse.simple.quartz" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger interval="60"/><property name="injectTo" value="sequence"/><property name="sequenceName" value="nowhere"/><property name="message"><m xmlns=""/></property></task>`,
  },
  'inbound-endpoints': {
    kind: 'inbound-endpoint',
    type: 'synapse/inbound-endpoint',
    text: (name: string) =>
      `<inboundEndpoint ${synapse} name="${name}" protocol="file" sequence="nowhere" onError="nowhere" suspend="false"><parameters><parameter name="interval">1000</parameter><parameter name="transport.vfs.FileURI">file:///in/${encodeURIComponent(name)}</parameter></parameters></inboundEndpoint>`,
  },
} as const;
type Folder = keyof typeof documents;

interface Generated {
  readonly type: 'project' | 'archive';
  readonly artifacts: readonly {
    readonly folder: Folder;
    readonly name: string;
    readonly role: string | null;
    readonly quote: '"' | "'";
  }[];
  readonly folders: boolean;
  readonly metadata: boolean;
}

// Few names, so that artifacts of different kinds in one application often have the same.
const artifact = fc.record({
  folder: fc.constantFrom(...(Object.keys(documents) as Folder[])),
  name: fc.constantFrom('Orders', 'orders', 'order_Task', 'a.b', 'with space', 'Ünicode', 'x-1', 'x1'),
  role: fc.constantFrom(
    'EnterpriseIntegrator',
    'EnterpriseServiceBus',
    'DataServicesServer',
    'SomebodyElse',
    'Enterprise',
    null,
  ),
  quote: fc.constantFrom('"' as const, "'" as const),
});
/** A server accepts one of them by a name. */
const inOneList: ReadonlySet<Folder> = new Set<Folder>(['sequences', 'endpoints', 'local-entries']);
const application: fc.Arbitrary<Generated> = fc.record({
  type: fc.constantFrom('project' as const, 'archive' as const),
  artifacts: fc.uniqueArray(artifact, {
    minLength: 1,
    maxLength: 8,
    selector: ({ folder, name }) =>
      `${inOneList.has(folder) ? 'listed' : folder} ${name.toLowerCase().replace(/\W/g, '')}`,
  }),
  folders: fc.boolean(),
  metadata: fc.boolean(),
});
// A task of its own gives every input something to run, and something that must run once.
const input = fc.array(application, { minLength: 1, maxLength: 3 });

async function write(folder: string, applications: readonly Generated[]): Promise<string[]> {
  const expected: string[] = [];
  const put = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  for (const [number, { type, artifacts, ...form }] of applications.entries()) {
    const named = [
      ...artifacts,
      { folder: 'tasks' as const, name: 'last', role: 'EnterpriseIntegrator', quote: '"' as const },
    ].map((one) => ({ ...one, name: `${one.name}${number}` }));
    expected.push(...named.map(({ folder: kind, name }) => `${documents[kind].kind}/${name}`));
    if (type === 'project') {
      put(
        `p${number}/pom.xml`,
        `<project><groupId>g</groupId><artifactId>app${number}</artifactId><version>1.0.0-SNAPSHOT</version><packaging>pom</packaging><properties><projectType>integration-project</projectType><project.runtime.version>4.6.0</project.runtime.version></properties></project>`,
      );
      for (const [index, one] of named.entries())
        put(
          `p${number}/src/main/wso2mi/artifacts/${one.folder}/file${index}.xml`,
          documents[one.folder].text(one.name),
        );
    } else put(`app${number}.car`, await archive(number, named, form));
  }
  return expected;
}

function archive(
  number: number,
  artifacts: Generated['artifacts'],
  { folders, metadata }: Pick<Generated, 'folders' | 'metadata'>,
): Promise<Buffer> {
  const zip = new ZipFile();
  const names = artifacts.map(({ folder, name }) => `${documents[folder].kind}-${name}`);
  const list = artifacts.map(
    ({ role, quote: q }, index) =>
      `<!-- "${index}" --><dependency\n  artifact=${q}${names[index]}${q}  version=${q}1.0.0${q}${role === null ? '' : ` serverRole = ${q}${role}${q}`} include=${q}true${q}/>`,
  );
  const text = `<?xml version="1.0"?><artifacts><artifact name="app${number}" version="1.0.0" type="carbon/application">${list.join('')}</artifact></artifacts>`;
  zip.addBuffer(Buffer.from(text), 'artifacts.xml');
  for (const [index, { folder, name }] of artifacts.entries()) {
    if (folders) zip.addEmptyDirectory(`f${index}/`);
    zip.addBuffer(
      Buffer.from(
        `<artifact name="${names[index]}" version="1.0.0" type="${documents[folder].type}"><file>x.xml</file></artifact>`,
      ),
      `f${index}/artifact.xml`,
    );
    zip.addBuffer(Buffer.from(documents[folder].text(name)), `f${index}/x.xml`);
  }
  if (metadata) zip.addBuffer(Buffer.from(text), 'metadata.xml');
  zip.end();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    zip.outputStream.on('data', (piece: Buffer) => pieces.push(piece));
    zip.outputStream.on('end', () => resolve(Buffer.concat(pieces)));
    zip.outputStream.on('error', reject);
  });
}

describe('generated projects and archives', () => {
  test.each(['roles', 'archives'] as const)('%s: every artifact is delivered, each stateful one once', async (mode) => {
    await fc.assert(
      fc.asyncProperty(input, async (applications) => {
        const work = mkdtempSync(join(tmpdir(), 'mi-generated-'));
        try {
          const expected = await write(join(work, 'in'), applications);
          const { packaged, workloads } = await packageInput(work, 'in', join(work, 'out'), mode);
          const clash = packaged.diagnostics.some(({ code }) => code === 'MI-PLAN-NAME-CLASH');
          if (clash) return;
          expect(packaged.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
          const deployed = deployedBy(join(work, 'out'), mode, workloads);
          const stateful = expected.filter((id) => /^(task|inbound-endpoint)\//.test(id));
          const all = [...deployed.values()].flat().map(({ id }) => id);
          expect([...new Set(all)].toSorted()).toEqual(expected.toSorted());
          expect(all.filter((id) => stateful.includes(id)).toSorted()).toEqual(stateful.toSorted());
          for (const { name, stateful: own } of workloads) {
            const ids = (deployed.get(name) ?? []).map(({ id }) => id);
            expect(ids.filter((id) => stateful.includes(id)).toSorted()).toEqual(own.toSorted());
            if (mode === 'roles')
              expect(ids.filter((id) => !stateful.includes(id)).toSorted()).toEqual(
                expected.filter((id) => !stateful.includes(id)).toSorted(),
              );
          }
          await packageInput(work, 'in', join(work, 'again'), mode);
          expect(contents(join(work, 'again'))).toEqual(contents(join(work, 'out')));
        } finally {
          rmSync(work, { recursive: true, force: true });
        }
      }),
      { numRuns: 20, seed: 20_261_123, endOnFailure: true },
    );
  });
});
