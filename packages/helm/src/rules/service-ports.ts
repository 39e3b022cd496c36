import {
  at,
  containers,
  listAt,
  matchesLabels,
  objectAt,
  textAt,
  type JsonObject,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';
import { podLabels, releaseWorkloads, type ReleaseWorkload } from '../objects/workload-marks.ts';
import type { Breach, Rule } from './rule.ts';

/** A Service, an Ingress backend and a probe point at ports that a container declares. */
export const servicePorts: Rule = {
  code: 'MI-RULE-SERVICE-PORT',
  check: (objects) => {
    const workloads = releaseWorkloads(objects);
    const services = new Map(
      objects.filter((object) => object.kind === 'Service').map((object) => [object.metadata.name, object]),
    );
    return [
      ...[...services.values()].flatMap((service) => targetPorts(service, workloads)),
      ...objects.filter((object) => object.kind === 'Ingress').flatMap((ingress) => backends(ingress, services)),
      ...workloads.flatMap(probePorts),
    ];
  },
};

function declaredPorts(template: JsonObject): readonly JsonObject[] {
  return containers(template).flatMap((container) => listAt(container.spec, 'ports'));
}

function declares(ports: readonly JsonObject[], wanted: unknown): boolean {
  return ports.some((port) =>
    typeof wanted === 'string' && !/^\d+$/.test(wanted)
      ? port.name === wanted
      : String(port.containerPort) === String(wanted),
  );
}

function targetPorts(service: KubernetesObject, workloads: readonly ReleaseWorkload[]): Breach[] {
  const selector = objectAt(service, 'spec', 'selector');
  if (Object.keys(selector).length === 0) return [];
  const targets = workloads.filter((workload) => matchesLabels(selector, podLabels(workload)));
  return listAt(service, 'spec', 'ports').flatMap((port) => {
    const wanted = at(port, 'targetPort') ?? at(port, 'port');
    return targets
      .filter((workload) => !declares(declaredPorts(workload.template), wanted))
      .map((workload) => ({
        object: service,
        message: `its port ${textAt(port, 'name') ?? textAt(port, 'port')} leads to ${String(wanted)}, which no container of ${workload.object.metadata.name} declares.`,
        hint: 'Add the port to ports of the workload, or correct the Service.',
      }));
  });
}

function backends(ingress: KubernetesObject, services: ReadonlyMap<string, KubernetesObject>): Breach[] {
  const paths = listAt(ingress, 'spec', 'rules').flatMap((rule) => listAt(rule, 'http', 'paths'));
  const references = [
    ...paths.map((path) => objectAt(path, 'backend', 'service')),
    objectAt(ingress, 'spec', 'defaultBackend', 'service'),
  ];
  return references.flatMap((reference) => {
    const name = textAt(reference, 'name');
    if (name === undefined) return [];
    const service = services.get(name);
    if (service === undefined)
      return [
        {
          object: ingress,
          message: `it leads to the Service ${name}, which the release does not have.`,
          hint: 'Name a workload of the release.',
        },
      ];
    const wanted = textAt(reference, 'port', 'name') ?? textAt(reference, 'port', 'number');
    const found = listAt(service, 'spec', 'ports').some(
      (port) => textAt(port, 'name') === wanted || textAt(port, 'port') === wanted,
    );
    return found
      ? []
      : [
          {
            object: ingress,
            message: `it leads to the port ${wanted} of the Service ${name}, which does not have it.`,
            hint: 'Name a port that the Service has.',
          },
        ];
  });
}

/** Only named ports are looked up: a probe may use a number that no container declares. */
function probePorts({ object, template }: ReleaseWorkload): Breach[] {
  return containers(template).flatMap((container) =>
    ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) =>
      ['httpGet', 'tcpSocket'].flatMap((handler) => {
        const port = at(container.spec, probe, handler, 'port');
        if (typeof port !== 'string' || declares(listAt(container.spec, 'ports'), port)) return [];
        return [
          {
            object,
            message: `the ${probe} of ${container.name} probes the port ${port}, which the container does not declare.`,
            hint: 'Name a port of the container.',
          },
        ];
      }),
    ),
  );
}
