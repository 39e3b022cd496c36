import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Inventory, readInventory } from '@mi-patterns/inventory';

/** For tests only: the inventory of files, which lie in a temporary folder while it is read. */
export async function readFiles(files: Readonly<Record<string, string>>): Promise<Inventory> {
  const folder = mkdtempSync(join(tmpdir(), 'planner-'));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await readInventory(['.'], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';

const folders: Readonly<Record<string, string>> = {
  task: 'tasks',
  inboundEndpoint: 'inbound-endpoints',
  proxy: 'proxy-services',
  data: 'data-services',
  messageStore: 'message-stores',
  messageProcessor: 'message-processors',
  api: 'apis',
  sequence: 'sequences',
  endpoint: 'endpoints',
  localEntry: 'local-entries',
  template: 'templates',
};

/** A current MI project that holds these artifact documents, each in the folder of its kind. */
export function project(
  documents: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const files: Record<string, string> = {
    'pom.xml':
      '<project><groupId>com.acme</groupId><artifactId>orders</artifactId><version>1.0.0</version><packaging>pom</packaging><properties><projectType>integration-project</projectType></properties></project>',
    ...more,
  };
  for (const [number, document] of documents.entries()) {
    const root = /<(?:\w+:)?(\w+)[\s>]/.exec(document.replace(/<[?!][^>]*>/g, ''))?.[1] ?? '';
    files[`src/main/wso2mi/artifacts/${folders[root] ?? root}/${number}.${root === 'data' ? 'dbs' : 'xml'}`] = document;
  }
  return files;
}

export const parameters = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `<parameter name="${name}">${value}</parameter>`)
    .join('');
