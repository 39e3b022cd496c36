import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reservePorts } from '../support/ports.ts';
import {
  compiler,
  configurationOf,
  projectFiles,
  type ProjectText,
  readProjectText,
  runHere,
  writeProject,
} from '../support/projects.ts';
import { car, type TestArtifact } from './car.ts';
import { findRuntime, type Server, startServer, until } from './server.ts';

const runtime = findRuntime();
if ('missing' in runtime) console.warn(`Projects are not deployed on a real server: ${runtime.missing}.`);
const work = mkdtempSync(join(tmpdir(), 'mi-projects-'));
const servers: Server[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  rmSync(work, { recursive: true, force: true });
});

interface PlanDocument {
  readonly workloads: readonly { readonly type: string; readonly ports: readonly { readonly number: number }[] }[];
  readonly verdicts: Readonly<Record<string, unknown>>;
  readonly roles: Readonly<Record<string, string>>;
}

interface Tried {
  readonly project: ProjectText;
  readonly plan: PlanDocument;
  readonly archives: readonly string[];
}

const tried: Tried[] = [];

/** The project with ports that no other server has. Those that it names begin with 183. */
function onPorts(block: number, project: ProjectText): ProjectText {
  const files = [...project.files].map(
    ([path, text]) => [path, text.replace(/\b183(?=\d\d\b)/g, String(block / 100))] as const,
  );
  return { ...project, files: new Map(files) };
}

async function packed(block: number, file: string): Promise<Tried> {
  const project = onPorts(block, readProjectText(file));
  const cwd = join(work, project.name);
  mkdirSync(cwd);
  writeProject(project, cwd, compile());
  const flags = configurationOf(project);
  const plan = JSON.parse((await runHere(['plan', '.', '--json', ...flags], cwd)).stdout) as PlanDocument;
  await runHere(['package', '.', '--out', 'pkg', ...flags], cwd);
  const folderOfArchives = join(cwd, 'pkg', 'image', 'carbonapps');
  const archives = existsSync(folderOfArchives)
    ? readdirSync(folderOfArchives).map((name) => join(folderOfArchives, name))
    : await packedByHand(project, cwd);
  return { project, plan, archives };
}

/** An archive for each project in a folder, of what the command refuses to pack. */
async function packedByHand({ files }: ProjectText, cwd: string): Promise<string[]> {
  const artifacts = new Map<string, TestArtifact[]>();
  for (const [path, content] of files) {
    const [, base = '', folder = ''] = /^(.+)\/src\/main\/wso2mi\/artifacts\/([\w-]+)\//.exec(path) ?? [];
    const name = /\b(?:name|key)="([^"]+)"/.exec(content)?.[1];
    if (name === undefined || folder === '') continue;
    const type = folder === 'message-processors' ? folder : folder.replace(/ies$/, 'y').replace(/s$/, '');
    const own = artifacts.get(base) ?? [];
    artifacts.set(base, own);
    own.push({ name, type: `synapse/${type}`, content, folder: `${name}${own.length}`, file: `${name}.xml` });
  }
  const paths: string[] = [];
  for (const [base, own] of artifacts) {
    const name = /<artifactId>([^<]+)/.exec(files.get(`${base}/pom.xml`) ?? '')?.[1] ?? base;
    const path = join(cwd, `${name}_1.0.0.car`);
    writeFileSync(path, await car(name, own));
    paths.push(path);
  }
  return paths;
}

function compile(): ReturnType<typeof compiler> {
  if ('missing' in runtime) throw new Error(runtime.missing);
  const classes = readdirSync(join(runtime.folder, 'classes')).map((name) => join(runtime.folder, 'classes', name));
  return compiler([...classes, join(runtime.folder, 'lib', '*')].join(':'));
}

async function start(roles: string): Promise<Server> {
  if ('missing' in runtime) throw new Error(runtime.missing);
  process.env['MI_TEST_SET_URL'] = 'http://localhost:1';
  const server = await startServer(runtime, {
    archives: tried.flatMap(({ archives }) => archives),
    arguments: [`-DserverRoles=EnterpriseIntegrator,EnterpriseServiceBus,DataServicesServer${roles}`],
  });
  servers.push(server);
  return server;
}

const kinds: Readonly<Record<string, string>> = {
  api: 'API',
  'proxy-service': 'ProxyService',
  task: 'StartupTask',
  'inbound-endpoint': 'Inbound Endpoint',
  'message-processor': 'Message Processor',
  'message-store': 'Message Store',
};
const asLogged = (id: string): string => {
  const [kind = '', name = ''] = [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)];
  return `${kinds[kind] ?? kind} ${name}`;
};

describe.skipIf('missing' in runtime)(
  'our own projects on a real Micro Integrator (4.3.0, built from source) (skipped without its classes)',
  () => {
    beforeAll(async () => {
      const block = await reservePorts([1, 2, 10]);
      for (const file of projectFiles) tried.push(await packed(block, file));
    });

    test('archives that the plan calls ready are ready, and those of which it says why are faulty', async () => {
      const server = await start(',MiIsolated.*');
      const health = await fetch(`${server.internal}/healthz`, { signal: AbortSignal.timeout(60_000) });
      const listed = ((JSON.parse(await health.text()) as Record<string, unknown>)['Faulty CAPPs'] ?? []) as string[];
      const faulty = listed.map((name) => name.replace(/^\d+-/, '').replace(/_[^_]*\.car$/, ''));
      const unlike = tried.filter(({ project }) => project.unlike !== undefined);
      const named = new Set(
        unlike.flatMap(({ archives }) => archives.map((path) => path.slice(path.lastIndexOf('/') + 1))),
      );
      expect(faulty.filter((_name, index) => !named.has(listed[index] ?? '')).toSorted()).toEqual(
        tried.flatMap(({ project }) => project.faulty).toSorted(),
      );
      // All that a plan of a sound project deploys is deployed, and each port that its values open is listened on.
      const sound = tried.filter(({ project }) => project.faulty.length === 0 && project.unlike === undefined);
      const deployed = server.deployed();
      for (const { plan } of sound)
        for (const id of Object.keys(plan.verdicts)) expect(deployed).toContain(asLogged(id));
      for (const { number } of sound.flatMap(({ plan }) => plan.workloads.flatMap(({ ports }) => ports)))
        expect(
          (await fetch(`http://localhost:${number}/`, { signal: AbortSignal.timeout(60_000) })).status,
        ).toBeGreaterThan(0);
      // A request that nothing answers comes to the server's own main sequence. That of an archive never runs: the
      // server has ignored it, or rejected its archive.
      await fetch(`${server.http}/answered-by-nothing`, { signal: AbortSignal.timeout(60_000) });
      await until(
        () => server.log().includes('main sequence executed'),
        () => `the main sequence of the server did not run:\n${server.log().slice(-3000)}`,
      );
      expect(server.log()).not.toContain('whose = of the archive');
      expect(server.log()).toMatch(/Sequence named : (?:main|fault) already exists/);
      await server.stop();
    });

    test('a server with the roles of the stateless workload deploys nothing stateful', async () => {
      const server = await start('');
      const deployed = server.deployed();
      const all = tried.flatMap(({ plan }) => Object.keys(plan.roles).map(asLogged));
      expect(all.length).toBeGreaterThan(10);
      expect(all.filter((one) => deployed.includes(one))).toEqual([]);
      await server.stop();
    });
  },
);
