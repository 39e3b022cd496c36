import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FileDigest } from './hashed-file.ts';

/** The API server takes at most 1 MiB of data in a ConfigMap (Kubernetes: MaxSecretSize in core validation). */
export const largestConfigMap = 1024 * 1024;

export interface ConfigMapOfArchive {
  /** Holds a part of the content's digest, so that a new archive is a new object and pods are replaced. */
  readonly name: string;
  readonly file: string;
}

/** The ConfigMap for an archive. */
export function configMapFor(archive: { readonly path: string } & FileDigest): ConfigMapOfArchive {
  const file = basename(archive.path);
  const slug = file
    .replace(/\.car$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 50)
    .replace(/-$/, '');
  return { name: `${slug === '' ? 'archive' : slug}-${archive.digest.slice(7, 17)}`, file };
}

/** YAML of the ConfigMaps of some archives, each of at most {@link largestConfigMap} bytes. */
export function configMapsYaml(archives: readonly ({ readonly path: string } & FileDigest)[]): string {
  const documents = archives.map((archive) => {
    const { name, file } = configMapFor(archive);
    const lines = readFileSync(archive.path)
      .toString('base64')
      .replace(/.{100}(?=.)/g, '$&\n    ');
    return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  labels:\n    app.kubernetes.io/managed-by: mi-patterns\nimmutable: true\nbinaryData:\n  ${file}: |-\n    ${lines}\n`;
  });
  return `# Made by mi-patterns package. Too large for kubectl apply's annotation: use kubectl apply --server-side.\n${documents.join('---\n')}`;
}
