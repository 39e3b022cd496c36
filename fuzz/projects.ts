import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writePackage } from '../packages/delivery/src/index.ts';
import { readInventory } from '../packages/inventory/src/index.ts';
import { plan, type PlanOptions } from '../packages/planner/src/index.ts';
import { options } from '../packages/planner/test/builder.ts';
import { each, type FuzzClass } from './harness.ts';
import type { Random } from './mutate.ts';
import { artifacts, pom } from './project.ts';
import { checkPlan, textOf } from './plans.ts';

const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';
const inbound = (name: string, protocol: string, parameters: string): string =>
  `<inboundEndpoint ${namespace} name="${name}" protocol="${protocol}" sequence="sequences${name}" onError="sequences${name}" suspend="false"><parameters>${parameters}</parameters></inboundEndpoint>`;

/** A file of each folder, by the name of the artifact and what its mediators do. */
const folders: Readonly<Record<string, (name: string, mediators: string) => string>> = {
  apis: (name, mediators) =>
    `<api ${namespace} name="${name}" context="/${name}"><resource methods="GET"><inSequence>${mediators}</inSequence></resource></api>`,
  'proxy-services': (name, mediators) =>
    `<proxy ${namespace} name="${name}" transports="http https" startOnLoad="true"><target><inSequence>${mediators}</inSequence></target></proxy>`,
  sequences: (name, mediators) => `<sequence ${namespace} name="${name}">${mediators}</sequence>`,
  tasks: (name) =>
    `<task ${namespace} name="${name}" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger cron="0 0 3 * * ?"/><property name="message"><m xmlns=""/></property></task>`,
  'inbound-endpoints': (name) =>
    inbound(
      name,
      'file',
      `<parameter name="interval">1000</parameter><parameter name="transport.vfs.FileURI">/in</parameter>`,
    ),
  'message-stores': (name) => `<messageStore ${namespace} name="${name}"/>`,
  'message-processors': (name) =>
    `<messageProcessor ${namespace} name="${name}" messageStore="messagestores${name}" class="org.apache.synapse.message.processor.impl.sampling.SamplingProcessor"><parameter name="interval">1000</parameter><parameter name="sequence">sequences${name}</parameter></messageProcessor>`,
  endpoints: (name) => `<endpoint ${namespace} name="${name}"><address uri="http://example.com/"/></endpoint>`,
};

const letters = ['A', 'B', 'C', 'Ä'] as const;
const nameIn = (folder: string, letter: string): string => `${folder.replace('-', '')}${letter}`;

function mediatorsOf(next: Random): string {
  const kinds = [
    (letter: string) => `<sequence key="${nameIn('sequences', letter)}"/>`,
    (letter: string) => `<store messageStore="${nameIn('message-stores', letter)}"/>`,
    (letter: string) => `<call><endpoint key="${nameIn('endpoints', letter)}"/></call>`,
    () => '<log level="full"/>',
  ];
  return Array.from({ length: next.below(4) }, () => next.pick(kinds)(next.pick(letters))).join('');
}

/** One to three projects that use each other's artifacts, some of which are missing. */
export function projectsOf(next: Random): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (let number = 1 + next.below(3); number > 0; number -= 1) {
    const project = `p${number}`;
    files.set(`${project}/pom.xml`, pom(project));
    for (const [folder, text] of Object.entries(folders))
      for (const letter of letters)
        if (next.below(4) === 0)
          // The name says the project now and then, so that few names are taken twice.
          files.set(
            `${project}/${artifacts.replace('p/', '')}/${folder}/${letter}.xml`,
            text(nameIn(folder, letter) + next.pick(['', '', project]), mediatorsOf(next)),
          );
  }
  return files;
}

const idsOf = (read: readonly { readonly id: string }[]): string =>
  [...new Set(read.map(({ id }) => id))].sort().join('\n');

/** Throws when a project breaks an invariant. */
async function check(
  files: ReadonlyMap<string, string>,
  wanted: Pick<PlanOptions, 'isolate' | 'delivery'>,
): Promise<'packed' | 'refused'> {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    const paths = [...new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''))];
    const read = await readInventory(paths, { cwd: folder });
    const asked = options({ ...wanted, coordination: 'isolate', replicas: 2 });
    const made = plan(read, asked);
    if (!made.diagnostics.some(({ severity }) => severity === 'error')) checkPlan(made);
    const turned = plan(await readInventory(paths.toReversed(), { cwd: folder }), asked);
    if (textOf(made) !== textOf(turned)) throw new Error('the order of the paths changes the plan');
    const packed = await writePackage(read, made, {
      cwd: folder,
      out: join(folder, 'out'),
      shown: 'out',
      formats: ['image'],
      defaultRuntimeVersion: '4.4.0',
    });
    if (packed.state === 'refused') return 'refused';
    const sets: readonly (readonly [path: string, ids: string])[] =
      made.delivery === 'roles'
        ? [['carbonapps', idsOf(read.artifacts)]]
        : made.workloads.map(({ name, artifacts: ids }) => [`archives/${name}`, idsOf(ids.map((id) => ({ id })))]);
    for (const [path, ids] of sets) {
      const again = idsOf((await readInventory([`out/image/${path}`], { cwd: folder })).artifacts);
      if (ids !== again) throw new Error(`${path}: packed\n${ids}\nand read\n${again}`);
    }
    return 'packed';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Whole projects: the order of the paths changes no byte of the plan, each stateful artifact runs once, and what is
 * packed is what was read.
 */
export const projects: FuzzClass = async (next, count) => {
  const inputs = Array.from({ length: count }, () => ({
    files: projectsOf(next),
    isolate: next.pick(['each', 'one'] as const),
    delivery: next.pick(['roles', 'archives'] as const),
  }));
  const { answers, faults } = await each(inputs, ({ files, ...wanted }) => check(files, wanted));
  const packed = answers.filter((answer) => answer === 'packed').length;
  return { faults, differences: [], oracle: `its invariants, ${packed} packed` };
};
