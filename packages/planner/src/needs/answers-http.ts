import type { Artifact } from '@mi-patterns/inventory';
import { type EnabledTransports, servedTransports, servicesOf } from '../verdicts/proxy-service.ts';

/** True for what MI's own HTTP listeners serve. */
export function answersHttp(artifact: Artifact, enabled: EnabledTransports): boolean {
  const { facts } = artifact;
  if (facts.kind === 'api') return facts.bindsTo.length === 0 || facts.bindsTo.includes('default');
  // Without its services.xml nobody knows; Axis2 puts a service on every transport.
  if (facts.kind === 'axis2-service' && facts.services === undefined) return true;
  return servicesOf(artifact).some(({ transports, parameters }) =>
    servedTransports(artifact, transports, parameters, enabled).served.some(
      ({ type }) => type === 'http' || type === 'https',
    ),
  );
}
