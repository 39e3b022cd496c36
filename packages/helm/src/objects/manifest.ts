import { parseDocument, type Tags } from 'yaml';
import { isJsonObject, textAt, type KubernetesObject } from './kubernetes-object.ts';
import { isPlainObject } from './plain-object.ts';

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
 * Reads what `helm template` or `helm get manifest` prints. Keys that occur twice in a mapping are faults: an API
 * server with server-side apply refuses them, and a client-side parser silently takes the last.
 */
export function parseManifest(text: string): Manifest {
  const objects: RenderedObject[] = [];
  const faults: ManifestFault[] = [];
  for (const part of partsOf(text)) {
    const read = parsePart(part);
    objects.push(...read.objects);
    faults.push(...read.faults);
  }
  return { objects, faults };
}

/** The faults that {@link parseManifest} finds, of a manifest that arrives in pieces and is not kept. */
export interface ManifestCheck {
  readonly take: (text: string) => void;
  /** The faults, and the objects that `isWanted` has picked by their text. */
  readonly end: () => { readonly faults: readonly ManifestFault[]; readonly wanted: readonly KubernetesObject[] };
}

/** Begins a check. What is plain YAML, and what `isWanted` does not pick, is not parsed. */
export function checkManifest(isWanted: (text: string) => boolean = () => false): ManifestCheck {
  const faults: ManifestFault[] = [];
  const wanted: KubernetesObject[] = [];
  let rest = '';
  const look = (text: string): void => {
    for (const part of partsOf(text)) {
      const keep = isWanted(part);
      if (!keep && isPlainObject(part)) continue;
      const read = parsePart(part);
      faults.push(...read.faults);
      if (keep) wanted.push(...read.objects.map(({ object }) => object));
    }
  };
  return {
    take: (text) => {
      rest += text;
      const last = rest.lastIndexOf('\n---\n');
      if (last === -1) return;
      look(rest.slice(0, last + 1));
      rest = rest.slice(last + 1);
    },
    end: () => {
      look(rest);
      rest = '';
      return { faults, wanted };
    },
  };
}

function partsOf(text: string): string[] {
  return text.split(/^---[ \t]*(?:#.*)?$/m).filter((part) => part.trim() !== '');
}

function parsePart(part: string): Manifest {
  const template = /^# Source: (.+)$/m.exec(part)?.[1]?.trim() ?? '';
  const document = parseDocument(part, {
    version: '1.1',
    customTags: asKubernetesReads,
    uniqueKeys: true,
    prettyErrors: false,
    logLevel: 'silent',
  });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ pos, message }) => ({ template, line: lineAt(part, pos[0]), message }));
    return { objects: [], faults };
  }
  const value: unknown = document.toJS({ maxAliasCount: 1000 });
  if (value === null || value === undefined) return { objects: [], faults: [] };
  const items =
    isJsonObject(value) && value.kind === 'List' && Array.isArray(value.items) ? (value.items as unknown[]) : [value];
  const message = 'This is not a Kubernetes object: apiVersion, kind or metadata.name is missing.';
  return {
    objects: items.filter(isKubernetesObject).map((object) => ({ object, template })),
    faults: items.filter((item) => !isKubernetesObject(item)).map(() => ({ template, line: 1, message })),
  };
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
