import {
  at,
  containers,
  listAt,
  podTemplate,
  textAt,
  type JsonObject,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';
import type { Breach, Rule } from './rule.ts';

type Keyed = readonly [list: string, items: readonly JsonObject[], key: (item: JsonObject) => string | undefined];

/** Server-side apply treats these lists as maps and refuses an entry that occurs twice; schemas do not see it. */
export const duplicateKeys: Rule = {
  code: 'MI-RULE-DUPLICATE-KEY',
  check: (objects) => objects.flatMap((object) => keyedLists(object).flatMap((keyed) => duplicates(object, keyed))),
};

function duplicates(object: KubernetesObject, [list, items, key]: Keyed): Breach[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const item of items) {
    const value = key(item);
    if (value === undefined) continue;
    if (seen.has(value)) twice.add(value);
    seen.add(value);
  }
  return [...twice].map((value) => ({
    object,
    message: `${list} holds ${value} twice; server-side apply refuses that.`,
    hint: 'Remove one of the two: often an extra entry in the values repeats one that the chart writes itself.',
  }));
}

const name = (item: JsonObject): string | undefined => textAt(item, 'name');
const protocol = (item: JsonObject): string => textAt(item, 'protocol') ?? 'TCP';

function keyedLists(object: KubernetesObject): Keyed[] {
  if (object.kind === 'Service') {
    const ports = listAt(object, 'spec', 'ports');
    return [
      ['spec.ports', ports, name],
      ['spec.ports', ports, (port) => `${textAt(port, 'port')}/${protocol(port)}`],
    ];
  }
  const template = podTemplate(object);
  if (template === undefined) return [];
  const all = containers(template);
  return [
    ['volumes', listAt(template, 'spec', 'volumes'), name],
    ['imagePullSecrets', listAt(template, 'spec', 'imagePullSecrets'), name],
    ['containers', all.map((container) => container.spec), name],
    ...all.flatMap((container): Keyed[] => [
      [`${container.path}.env`, listAt(container.spec, 'env'), name],
      [`${container.path}.ports`, listAt(container.spec, 'ports'), name],
      [
        `${container.path}.ports`,
        listAt(container.spec, 'ports'),
        (port) => `${textAt(port, 'containerPort')}/${protocol(port)}`,
      ],
      [`${container.path}.volumeMounts`, listAt(container.spec, 'volumeMounts'), (mount) => textAt(mount, 'mountPath')],
    ]),
    ...(Array.isArray(at(object, 'spec', 'volumeClaimTemplates'))
      ? [
          [
            'spec.volumeClaimTemplates',
            listAt(object, 'spec', 'volumeClaimTemplates'),
            (claim: JsonObject) => textAt(claim, 'metadata', 'name'),
          ] as const,
        ]
      : []),
  ];
}
