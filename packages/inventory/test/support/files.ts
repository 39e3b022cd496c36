import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ZipFile } from 'yazl';

/** For tests only: files of a tree by path, or of an archive by entry name (a name that ends in `/` is a folder). */
export type Files = Readonly<Record<string, string | Buffer>>;

/** Writes a tree into a new temporary folder, removed after the test, and returns the folder. */
export function makeTree(files: Files): string {
  const folder = mkdtempSync(join(tmpdir(), 'inventory-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  addFiles(folder, files);
  return folder;
}

export function addFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    if (path.endsWith('/')) mkdirSync(join(folder, path), { recursive: true });
    else {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  }
}

/** Packs an archive: exactly these entries in this order, so folders must be named where they are wanted. */
export function pack(files: Files): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addBuffer(Buffer.isBuffer(content) ? content : Buffer.from(content), name);
  }
  zip.end();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    zip.outputStream.on('data', (chunk: Buffer) => chunks.push(chunk));
    zip.outputStream.on('end', () => resolve(Buffer.concat(chunks)));
    zip.outputStream.on('error', reject);
  });
}

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';

export const sequence = (name: string, inside = ''): string =>
  `<sequence ${synapse} name="${name}">${inside}</sequence>`;
export const api = (name: string, version = ''): string =>
  `<api ${synapse} name="${name}" context="/${name}"${version && ` version="${version}" version-type="url"`}><resource methods="GET"><inSequence/></resource></api>`;
export const task = (name: string): string =>
  `<task ${synapse} name="${name}" group="synapse.simple.quartz" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger interval="5"/><property name="message"><m xmlns=""/></property></task>`;

/** A pom of a current MI project. */
export const projectPom = (artifactId: string, version = '1.0.0', properties = ''): string =>
  `<project><groupId>org.acme</groupId><artifactId>${artifactId}</artifactId><version>${version}</version><packaging>pom</packaging>` +
  `<properties><projectType>integration-project</projectType><project.runtime.version>4.4.0</project.runtime.version>${properties}</properties></project>`;

export interface CarArtifact {
  readonly name: string;
  readonly version?: string;
  readonly type: string;
  readonly role?: string | null;
  readonly file: string;
  readonly content: string | Buffer;
}

/** `artifacts.xml` of an application. */
export function artifactList(
  name: string,
  version: string,
  artifacts: readonly Pick<CarArtifact, 'name' | 'version' | 'role'>[],
): string {
  const lines = artifacts.map(
    (artifact) =>
      `<dependency artifact="${artifact.name}" version="${artifact.version ?? '1.0.0'}" include="true"${artifact.role === null ? '' : ` serverRole="${artifact.role ?? 'EnterpriseServiceBus'}"`}/>`,
  );
  return `<artifacts><artifact name="${name}" version="${version}" type="carbon/application">\n${lines.join('\n')}\n</artifact></artifacts>`;
}

/** Folder entries of one artifact in an archive. */
export function artifactFolder(
  artifact: CarArtifact,
  folder = `${artifact.name}_${artifact.version ?? '1.0.0'}/`,
): Files {
  return {
    [folder]: '',
    [`${folder}artifact.xml`]: `<artifact name="${artifact.name}" version="${artifact.version ?? '1.0.0'}" type="${artifact.type}" serverRole="EnterpriseServiceBus"><file>${artifact.file}</file></artifact>`,
    [`${folder}${artifact.file}`]: artifact.content,
  };
}

/** Entries of a sound archive. */
export function carFiles(name: string, artifacts: readonly CarArtifact[], version = '1.0.0'): Files {
  return Object.assign(
    { 'artifacts.xml': artifactList(name, version, artifacts) },
    ...artifacts.map((artifact) => artifactFolder(artifact)),
  ) as Files;
}

export const sequenceArtifact = (name: string, changes: Partial<CarArtifact> = {}): CarArtifact => ({
  name,
  type: 'synapse/sequence',
  file: `${name}-1.0.0.xml`,
  content: sequence(name),
  ...changes,
});
