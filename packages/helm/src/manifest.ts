import { parseDocument, type Tags } from 'yaml';
import { isJsonObject, textAt, type KubernetesObject } from './kubernetes-object.ts';

/** One object of a rendered chart. */
export interface RenderedObject {
  readonly object: KubernetesObject;
  /** Template that wrote it, `micro-integrator/templates/service.yaml`; empty when the manifest does not say. */
  readonly template: string;
}

/** A part of a manifest that is no Kubernetes object. */
export interface ManifestFault {
  readonly template: string;
  /** Line in the rendered part, from 1. */
  readonly line: number;
  readonly message: string;
}

export interface Manifest {
  readonly objects: readonly RenderedObject[];
  readonly faults: readonly ManifestFault[];
}

/**
 * Kubernetes reads YAML 1.1 with timestamps and base-60 numbers left as text (sigs.k8s.io/yaml on go-yaml v2),
 * so `yes` is a boolean here and `12:30` is not a number.
 */
const asKubernetesReads = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      !(('format' in tag && tag.format === 'TIME') || tag.tag === 'tag:yaml.org,2002:timestamp'),
  );

/**
 * Reads what `helm template` or `helm get manifest` prints. Keys that occur twice in a mapping are faults: an API server
 * with server-side apply refuses them, and a client-side parser silently takes the last.
 */
export function parseManifest(text: string): Manifest {
  const objects: RenderedObject[] = [];
  const faults: ManifestFault[] = [];
  for (const part of text.split(/^---[ \t]*(?:#.*)?$/m)) {
    if (part.trim() === '') continue;
    const template = /^# Source: (.+)$/m.exec(part)?.[1]?.trim() ?? '';
    const document = parseDocument(part, {
      version: '1.1',
      customTags: asKubernetesReads,
      uniqueKeys: true,
      prettyErrors: false,
      logLevel: 'silent',
    });
    if (document.errors.length > 0) {
      for (const error of document.errors)
        faults.push({ template, line: lineAt(part, error.pos[0]), message: error.message });
      continue;
    }
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    if (value === null || value === undefined) continue;
    const items =
      isJsonObject(value) && value.kind === 'List' && Array.isArray(value.items) ? (value.items as unknown[]) : [value];
    for (const item of items) {
      if (isKubernetesObject(item)) objects.push({ object: item, template });
      else
        faults.push({
          template,
          line: 1,
          message: 'This is no Kubernetes object: apiVersion, kind or metadata.name is missing.',
        });
    }
  }
  return { objects, faults };
}

function isKubernetesObject(value: unknown): value is KubernetesObject {
  return (
    isJsonObject(value) &&
    typeof value.apiVersion === 'string' &&
    typeof value.kind === 'string' &&
    textAt(value, 'metadata', 'name') !== undefined
  );
}

/** Line of an offset in a part, counted without the blank line and the `# Source` comment that helm puts before it. */
function lineAt(part: string, offset: number): number {
  const body = part.search(/^[^#\s]/m);
  return part.slice(Math.max(body, 0), Math.max(offset, body, 0)).split('\n').length;
}
