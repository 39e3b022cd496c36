import {
  at,
  containers,
  numberAt,
  objectAt,
  type Container,
  type KubernetesObject,
} from '../objects/kubernetes-object.ts';
import { mountedConfigMaps, releaseWorkloads, type ReleaseWorkload } from '../objects/workload-marks.ts';
import type { Rule } from './rule.ts';

/** Kubernetes counts the preStop hook into the grace period, and kills what still runs when it ends. */
export const gracePeriod: Rule = {
  code: 'MI-RULE-GRACE-PERIOD',
  check: (objects) =>
    releaseWorkloads(objects).flatMap((workload) => {
      const grace = numberAt(workload.template, 'spec', 'terminationGracePeriodSeconds') ?? 30;
      const shutdown = shutdownSeconds(workload, objects);
      const wait = Math.max(
        0,
        ...containers(workload.template).map((container) => preStopSeconds(container) + guardSeconds(container)),
      );
      const needed = wait + shutdown;
      return needed === 0 || grace > needed
        ? []
        : [
            {
              object: workload.object,
              message: `its grace period of ${grace} s is not longer than the preStop wait (${wait} s) and MI's graceful shutdown (${shutdown} s) together: MI would be killed.`,
              hint: `Set terminationGracePeriodSeconds above ${needed}.`,
            },
          ];
    }),
};

/** Seconds that a container's preStop hook waits: a sleep action, or the `sleep N` of a command. */
function preStopSeconds(container: Container): number {
  const hook = objectAt(container.spec, 'lifecycle', 'preStop');
  const command = at(hook, 'exec', 'command');
  const script = Array.isArray(command) ? command.join(' ') : '';
  // A sleep inside a loop is a step of polling for the end of MI, which the graceful shutdown bounds.
  const straight = script
    .split(/\bdone\b/)
    .map((part, index, { length }) => (index === length - 1 ? part : part.replace(/\bdo\b[^]*$/, '')))
    .join('');
  const total = [...straight.matchAll(/\bsleep\s+(\d+)(?![\d.])/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  return (numberAt(hook, 'sleep', 'seconds') ?? 0) + total;
}

/** Seconds that lease-guard goes on after it was asked to stop: for a drain, and until another pod waits. */
function guardSeconds(container: Container): number {
  const command = at(container.spec, 'command');
  const words = Array.isArray(command) ? command.map(String) : [];
  if (!words.some((word) => word.endsWith('/lease-guard'))) return 0;
  return Math.max(0, ...words.map((word) => Number(/^--(?:drain|handover)=(\d+)s$/.exec(word)?.[1] ?? 0)));
}

/**
 * The longest `[server] graceful_shutdown_timeout` (milliseconds) in a deployment.toml that the pod mounts, in seconds.
 * Source of the key: product-integrator-mi, CoreServerInitializer.java and key-mappings.json, MI 4.5 and later.
 */
function shutdownSeconds(workload: ReleaseWorkload, objects: readonly KubernetesObject[]): number {
  const mounted = new Set(mountedConfigMaps(workload.template));
  const timeouts = objects
    .filter((object) => object.kind === 'ConfigMap' && mounted.has(object.metadata.name))
    .flatMap((object) => Object.values(objectAt(object, 'data')))
    .flatMap((text) =>
      typeof text === 'string'
        ? [...text.matchAll(/^[ \t]*(?:server\.)?"?graceful_shutdown_timeout"?\s*=\s*"?([\d_]+)/gm)]
        : [],
    )
    .map((match) => Number((match[1] ?? '0').replaceAll('_', '')) / 1000);
  return Math.max(0, ...timeouts);
}
