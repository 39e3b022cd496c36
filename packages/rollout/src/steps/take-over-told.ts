import type { Diagnostic } from '@mi-patterns/inventory';
import { displayName, isWorkload, type KubernetesObject } from '@mi-patterns/helm';
import { finding } from '../findings/catalogue.ts';
import type { OldRelease } from '../live/live.ts';
import { isStateless, names, routeMoves, serving, stillRuns } from './take-over.ts';

/**
 * Errors for listed releases that are not there when the new one is rolled out for the first time: under a mistyped
 * name, the old pods would work beside the new ones. Later they are expected to be gone. Pure.
 */
export function missingReleases(olds: readonly OldRelease[]): readonly Diagnostic[] {
  return olds
    .filter(({ objects }) => objects.length === 0)
    .map(({ name }) =>
      finding(
        'MI-ROLLOUT-TAKE-OVER',
        `\`takeOver\` lists ${name}, but helm knows no release of that name in this namespace. If its pods run, they would do their work beside the new ones.`,
        'Correct `takeOver` or the namespace; helm list --all-namespaces shows the releases. What Argo CD deploys is no release of helm: end its pods first, and remove it from `takeOver`, as you do if it is gone.',
      ),
    );
}

/** Sentences that say what taking over will do, and which object has the route at which moment. Pure. */
export function takeOverSentences(olds: readonly OldRelease[], wanted: readonly KubernetesObject[]): string[] {
  return [
    ...olds.filter(({ objects }) => objects.length === 0).map(({ name }) => `finds no release ${name} to take over`),
    ...runningSentences(olds.filter(stillRuns), wanted),
  ];
}

function runningSentences(olds: readonly OldRelease[], wanted: readonly KubernetesObject[]): string[] {
  return olds.flatMap((old) => {
    const to = serving(wanted);
    const moves = routeMoves(old, wanted);
    const services = names(moves.map(({ service }) => service));
    const others = names(
      old.objects
        .filter(({ kind }) => kind === 'Service')
        .filter((one) => !moves.some(({ service }) => service === one)),
    );
    const routes = names(old.objects.filter(({ kind }) => ['Ingress', 'HTTPRoute'].includes(kind)));
    const workloads = names(old.objects.filter(isWorkload));
    const count = old.pods.length;
    const unserved = [...new Set(moves.flatMap((move) => move.unserved))];
    const moved = `${services} ${moves.length === 1 ? 'is' : 'are'} pointed at ${to === undefined ? '' : displayName(to.object)}: name, address${routes === '' ? '' : ` and ${routes}`} stay, requests go to the new pods`;
    const end = `${workloads} ${old.objects.filter(isWorkload).length === 1 ? 'is' : 'are'} scaled to 0 (${count} ${count === 1 ? 'pod' : 'pods'} now), and all pods end`;
    if (to === undefined)
      return [
        `takes over the release ${old.name}: ${end}, then the new pods start; ${services === '' ? others : services} is not pointed at them, because several workloads could answer`,
      ];
    const order = isStateless(to)
      ? [
          `${to === undefined ? '' : displayName(to.object)} starts next to it; ${routes || services || others} still leads to the old pods`,
          moved,
          end,
        ]
      : [`${end}; nothing answers requests until step 3, because one workload does everything`];
    const steps = [
      ...order.filter((step) => step !== moved || moves.length > 0),
      'what must run once starts in the new release',
      ...(isStateless(to) || moves.length === 0 ? [] : [moved]),
    ];
    return [
      `takes over the release ${old.name}:`,
      ...steps.map((step, index) => `  ${index + 1}. ${step}`),
      ...(unserved.length === 0 ? [] : [`  Nothing answers at port ${unserved.join(', ')} of the new pods.`]),
      ...(others === '' ? [] : [`  ${others} keeps pointing at the old pods, so it leads nowhere after they end.`]),
      `  ${old.name} stays installed, and mi-patterns rollback returns to it. Before you uninstall it, point its clients at the Service and route of the new release.`,
    ];
  });
}
