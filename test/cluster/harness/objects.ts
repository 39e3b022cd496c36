import type { KubernetesObject } from '@mi-patterns/helm';
import { parseAllDocuments } from 'yaml';
import { ApiError, call, read, type Api } from './api.ts';

/** Objects of a rendered chart, empty documents left out. Throws on text that is not YAML. */
export function parseObjects(text: string): KubernetesObject[] {
  return parseAllDocuments(text).flatMap((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    const value = document.toJS() as KubernetesObject | null;
    return value === null ? [] : [value];
  });
}

/** Knows under which path the API server keeps the objects of a kind; asks once for each API group. */
function objectPaths(api: Api): (object: KubernetesObject, namespace: string) => Promise<string | undefined> {
  const groups = new Map<string, Promise<Map<string, { plural: string; namespaced: boolean }>>>();
  const discover = async (path: string): Promise<Map<string, { plural: string; namespaced: boolean }>> => {
    const list = await read<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(api, path);
    return new Map(
      (list?.resources ?? [])
        .filter((resource) => !resource.name.includes('/'))
        .map((resource) => [resource.kind, { plural: resource.name, namespaced: resource.namespaced }]),
    );
  };
  return async (object, namespace) => {
    const group = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
    if (!groups.has(group)) groups.set(group, discover(group));
    const resource = (await groups.get(group))?.get(object.kind);
    if (resource === undefined) return undefined;
    return `${group}${resource.namespaced ? `/namespaces/${object.metadata.namespace ?? namespace}` : ''}/${resource.plural}/${object.metadata.name}`;
  };
}

/** What became of one object in {@link applyAll}. */
export interface Applied {
  readonly object: string;
  readonly outcome: 'applied' | 'kind not served' | 'refused';
  readonly message: string;
}

/**
 * Server-side apply of objects, as Helm 4 does it; with `dryRun` the server goes through admission and keeps nothing.
 */
export async function applyAll(
  api: Api,
  namespace: string,
  objects: readonly KubernetesObject[],
  options: { readonly dryRun: boolean },
): Promise<Applied[]> {
  const pathOf = objectPaths(api);
  const results: Applied[] = [];
  for (const object of objects) {
    const name = `${object.kind}/${object.metadata.name}`;
    const path = await pathOf(object, namespace);
    if (path === undefined) {
      results.push({ object: name, outcome: 'kind not served', message: object.apiVersion });
      continue;
    }
    try {
      await call(
        api,
        'PATCH',
        `${path}?fieldManager=mi-patterns-test&fieldValidation=Strict${options.dryRun ? '&dryRun=All' : ''}`,
        object,
        'application/apply-patch+yaml',
      );
      results.push({ object: name, outcome: 'applied', message: '' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      results.push({ object: name, outcome: 'refused', message: error.message });
    }
  }
  return results;
}

/** The pods that the workloads among the objects would have: admission looks at pods, not at what makes them. */
export function podsOf(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.flatMap((object) => {
    const template = (
      object as {
        spec?: {
          template?: {
            metadata?: object;
            spec?: { serviceAccountName?: string; priorityClassName?: string; runtimeClassName?: string };
          };
        };
      }
    ).spec?.template;
    if (template?.spec === undefined || !['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(object.kind))
      return [];
    // What a cluster has to have beforehand is not there, and its absence is not what is asked about.
    const {
      serviceAccountName: _account,
      priorityClassName: _priority,
      runtimeClassName: _runtime,
      ...spec
    } = template.spec;
    return [{ apiVersion: 'v1', kind: 'Pod', metadata: { ...template.metadata, name: object.metadata.name }, spec }];
  });
}
