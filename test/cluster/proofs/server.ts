import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from '../harness/api.ts';
import { apiArtifact, defaultRole, faultyArtifact, tickingTask, writeArchive } from '../images/archives.ts';
import { coordinatedImage } from '../images/postgres.ts';
import { serverNames, sourceImage, standInImage, type BuiltImage, type ServerKind } from '../images/servers.ts';
import type { Intent } from './charts.ts';
import type { Target } from './target.ts';
import { counterAddress } from './tools.ts';

/**
 * The task of the test archives: it fires every `interval` milliseconds where a server has its role, which is the
 * planner's.
 */
export const task = { name: 'recurring', role: 'MiIsolatedRecurringTask', interval: 1000 };

/** The server that the pods run, with its archives, ready to be released. */
export interface ServerUnderTest {
  readonly kind: ServerKind;
  /** Words for a report. */
  readonly name: string;
  readonly images: readonly BuiltImage[];
  readonly base: Intent;
  /** Makes in the namespace what the releases need. */
  readonly prepare: (target: Target, namespace: string) => Promise<void>;
}

const tags = ['1', '2', 'faulty'] as const;

/**
 * Archives of version 1, version 2 with another answer, and one that MI cannot deploy, as files in `work`. With more
 * than one API the server starts as slowly as one of a larger project.
 */
async function writeArchives(work: string, apis: number): Promise<{ tag: string; path: string }[]> {
  const archives: { tag: string; path: string }[] = [];
  for (const [index, tag] of tags.entries()) {
    const path = join(work, `proof-${tag}.car`);
    const artifacts = [
      apiArtifact('orders', '/orders', `{"version":"${tag}"}`),
      ...Array.from({ length: apis - 1 }, (_, number) => apiArtifact(`further${number}`, `/further${number}`, '{}')),
      ...tickingTask(task.name, task.role, task.interval / 1000, counterAddress),
    ];
    await writeArchive(
      path,
      'ProofCompositeExporter',
      `1.0.${index}`,
      tag === 'faulty' ? [...artifacts, faultyArtifact] : artifacts,
    );
    archives.push({ tag, path });
  }
  return archives;
}

/** A server of ours, built now: its images have the archives in them, with so many APIs. */
export async function builtServer(
  kind: 'stand-in' | 'built-from-source',
  work: string,
  apis = 1,
): Promise<ServerUnderTest> {
  const repository = `localhost/mi-proof-${kind}`;
  const version = kind === 'stand-in' ? '4.6.0' : '4.3.0';
  const images: BuiltImage[] = [];
  for (const { tag, path } of await writeArchives(work, apis)) {
    const name = `${repository}:${tag}`;
    images.push(
      kind === 'stand-in' ? await standInImage(name, version, [path]) : await sourceImage(recipe(), name, [path]),
    );
  }
  return {
    kind,
    name: serverNames[kind],
    images,
    base: { image: { repository, tag: '1' }, version, replicas: 2 },
    prepare: async () => undefined,
  };
}

/** Name of the images whose servers can coordinate through a database. */
export const coordinatedRepository = 'localhost/mi-proof-coordinated';

/** Images of the server built from source that can coordinate through a database, with archives of version 1 and 2. */
export async function coordinatedImages(): Promise<BuiltImage[]> {
  const work = mkdtempSync(join(tmpdir(), 'mi-coordinated-archives-'));
  try {
    return (await writeArchives(work, 1))
      .filter(({ tag }) => tag !== 'faulty')
      .map(({ tag, path }) => coordinatedImage(recipe(), `${coordinatedRepository}:${tag}`, [path]));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Name of the images that the proofs of leaving helm-mi use. */
export const leavingRepository = 'localhost/mi-proof-leaving';

/** An image as people have it: its task has the role that every server starts with, so it fires in each pod. */
export async function imageAsFound(kind: ServerKind, version: string, work: string): Promise<BuiltImage> {
  const archive = join(work, 'as-found.car');
  await writeArchive(archive, 'ProofCompositeExporter', '1.0.0', [
    apiArtifact('orders', '/orders', '{"version":"1"}'),
    ...tickingTask(task.name, defaultRole, task.interval / 1000, counterAddress),
  ]);
  const name = `${leavingRepository}:1`;
  return kind === 'stand-in' ? standInImage(name, version, [archive]) : sourceImage(recipe(), name, [archive]);
}

function recipe(): string {
  const folder = join(
    process.env.MI_PATTERNS_SHARED ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared'),
    'mi-runtime',
  );
  if (!existsSync(folder))
    throw new Error(
      `--server source: ${folder} does not exist. MI_PATTERNS_SHARED names the folder that holds mi-runtime.`,
    );
  return folder;
}

/**
 * Any MI image, taken from where the cluster finds it, or first brought to the nodes from an archive file. The test
 * archives come by ConfigMaps, which only our chart can mount; a change of the image is a change of the archive here.
 */
export async function givenServer(
  image: string,
  archive: string | undefined,
  version: string | undefined,
  work: string,
): Promise<ServerUnderTest> {
  const found = /^(?<repository>.+?):(?<tag>[\w][\w.-]*)$/.exec(image)?.groups;
  if (found?.repository === undefined || found.tag === undefined)
    throw new Error(`--image ${image}: NAME:TAG is wanted, for example wso2/wso2mi:4.6.0.`);
  const [first = ''] = found.repository.split('/');
  const repository =
    found.repository.includes('/') && /[.:]|^localhost$/.test(first)
      ? found.repository
      : `docker.io/${found.repository.includes('/') ? '' : 'library/'}${found.repository}`;
  const known = version ?? /^\d+\.\d+\.\d+/.exec(found.tag)?.[0];
  if (known === undefined)
    throw new Error(
      `--image ${image}: its tag does not say which version of MI it is. Add --version, for example --version 4.6.0.`,
    );
  const archives = await writeArchives(work, 1);
  return {
    kind: 'given-image',
    name: `${serverNames['given-image']} ${image}`,
    images: archive === undefined ? [] : [{ name: image, archive }],
    base: { image: { repository, tag: found.tag }, version: known, replicas: 2, mountedArchive: '1' },
    prepare: async (target, namespace) => {
      for (const { tag, path } of archives) {
        await call(target.api, 'POST', `/api/v1/namespaces/${namespace}/configmaps`, {
          metadata: { name: `proof-archive-${tag}` },
          binaryData: { 'proof.car': readFileSync(path).toString('base64') },
        });
      }
    },
  };
}

/** The same release with another version of the archives: another image, or another mounted archive. */
export function withVersion(intent: Intent, tag: (typeof tags)[number]): Intent {
  return intent.mountedArchive === undefined
    ? { ...intent, image: { ...intent.image, tag } }
    : { ...intent, mountedArchive: tag };
}
