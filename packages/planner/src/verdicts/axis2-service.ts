import type { Artifact, ArtifactFacts, Axis2Service } from '@mi-patterns/inventory';
import { proxyVerdict, type Servers } from './proxy-service.ts';
import { evidence, isStricter, reasonOf, type Ruling } from './verdict.ts';

type Axis2Facts = Extract<ArtifactFacts, { kind: 'axis2-service' }>;

/**
 * Verdict of an `.aar` file: its services are on transports as proxy services are (apache/axis2 ServiceBuilder.java),
 * and the one that allows the least decides. What could not be read is in doubt.
 */
export function axis2Verdict(artifact: Artifact, { services }: Axis2Facts, servers: Servers): Ruling {
  const [first, ...others] = (services ?? []).map((service) => serviceVerdict(artifact, service, servers));
  if (first === undefined) {
    return {
      class: 'opaque',
      because: reasonOf(
        artifact,
        'has no META-INF/services.xml that could be read: so the transports that serve it are unknown',
      ),
      evidence: evidence(artifact.source, 'type="service/axis2"'),
      undecided: 'custom-class',
    };
  }
  return others.reduce((worst, one) => (isStricter(one.class, worst.class) ? one : worst), first);
}

function serviceVerdict(artifact: Artifact, service: Axis2Service, servers: Servers): Ruling {
  const one = { ...artifact, name: service.name, source: service.source };
  const { lifeCycle, scope } = service;
  const found = proxyVerdict(one, service, servers);
  if (lifeCycle !== undefined && isStricter('opaque', found.class)) {
    return {
      class: 'opaque',
      because: reasonOf(
        one,
        `runs the class ${lifeCycle} as soon as it starts, in each pod that deploys it; the files do not show whether two pods would do the same work twice`,
      ),
      evidence: evidence(service.source, `class="${lifeCycle}"`),
      undecided: 'custom-class',
    };
  }
  if (found.class === 'stateless' && (scope === 'soapsession' || scope === 'transportsession')) {
    return {
      class: 'affinity',
      because: reasonOf(
        one,
        'keeps an object for each session in the memory of a pod: a client must return to the same one',
      ),
      evidence: evidence(service.source, `scope="${scope}"`),
    };
  }
  return found;
}
