import { type Artifact, compareText, type Inventory } from '@mi-patterns/inventory';
import { finding, listed } from '../findings/finding.ts';
import type { PlanDiagnostic } from '../model/plan.ts';
import type { PublishedAddress } from '../model/readiness.ts';

type Listener = 'http' | 'https';

/** What a deployment.toml says of the address that a listener writes into WSDLs. */
const settings: Readonly<Record<Listener, string>> = {
  http: 'wsdl_epr_prefix',
  https: 'secured_wsdl_epr_prefix',
};

/**
 * Services that publish a WSDL, and the listeners whose address in it is the host name of the server, which is the name
 * of the pod. `SourceConfiguration` of wso2/wso2-synapse takes the name of the machine unless the transport has
 * `WSDLEPRPrefix`; `hostname` in the table `server` does nothing here (both seen on MI 4.3.0).
 */
export function publishedAddresses(
  artifacts: readonly Artifact[],
  { configurations, given = [] }: Pick<Inventory, 'configurations' | 'given'>,
): readonly PublishedAddress[] {
  const written = configurations.filter(({ environment }) => environment !== undefined);
  const read = configurations.filter(({ environment }) => environment === undefined);
  const environments = given.map(({ environment }) => environment);
  const lacking = (environment: string | undefined, listeners: readonly Listener[]): readonly Listener[] => {
    const own = written.filter((one) => environment === undefined || one.environment === environment);
    // Without a file of its own it takes that of the image.
    const files = own.length > 0 ? own : read;
    return listeners.filter(
      (listener) => files.length === 0 || files.some(({ wsdlAddresses = [] }) => !wsdlAddresses.includes(listener)),
    );
  };
  return artifacts
    .flatMap(({ id, facts }): PublishedAddress[] => {
      if (facts.kind !== 'proxy-service' || facts.wsdl === undefined) return [];
      const { transports } = facts;
      const listeners = (['http', 'https'] as const).filter((one) => transports?.includes(one) !== false);
      if (listeners.length === 0) return [];
      return [
        {
          artifact: id,
          source: facts.wsdl.source,
          listeners,
          environments:
            environments.length === 0
              ? [{ environment: undefined, podNames: lacking(undefined, listeners) }]
              : environments.map((environment) => ({ environment, podNames: lacking(environment, listeners) })),
        },
      ];
    })
    .toSorted((a, b) => compareText(a.artifact, b.artifact));
}

/** One finding for all services whose WSDL names a pod. */
export function addressFindings(
  services: readonly PublishedAddress[],
  environment?: string,
): readonly PlanDiagnostic[] {
  const found = services.flatMap((service) => {
    const states = service.environments.filter(
      (state) => state.podNames.length > 0 && (environment === undefined || state.environment === environment),
    );
    return states.length === 0 ? [] : [{ service, states }];
  });
  const [first, ...others] = found;
  if (first === undefined) return [];
  const all = found.flatMap(({ states }) => states);
  const listeners = (['http', 'https'] as const).filter((one) => all.some(({ podNames }) => podNames.includes(one)));
  const names = [...new Set(all.flatMap((state) => state.environment ?? []))];
  const artifacts = found.map(({ service }) => service.artifact);
  return [
    finding('MI-READY-WSDL', {
      message: `${listed(artifacts, 5)} ${artifacts.length === 1 ? 'publishes a WSDL' : 'publish WSDLs'} with the address ${listeners[0]}://POD-NAME:PORT/services/…${inEnvironments(names)}: a client that uses this address cannot reach it from outside the cluster, and no client can after the pod is gone.`,
      hint: `Set the public address under \`values\` in mi-patterns.yaml: \`deploymentToml: {transport: {http: {listener: {${listeners.map((one) => `${settings[one]}: "https://HOST"`).join(', ')}}}}}\`. \`server.hostname\` does not change it.`,
      source: first.service.source,
      related: others.map(({ service }) => service.source),
      artifacts,
    }),
  ];
}

function inEnvironments(names: readonly string[]): string {
  if (names.length === 0) return '';
  return names.length === 1 ? ` in the environment ${names[0]}` : ` in the environments ${listed(names, 5)}`;
}
