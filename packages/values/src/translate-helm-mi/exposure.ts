import { isMapping, mappingOf, type Values } from '../mapping/merge.ts';
import { isEmpty, type Settings, textValues } from './settings.ts';
import type { Difference } from './words.ts';

const ingress = 'wso2.ingress';
const gateway = 'wso2.gatewayAPI';
const hostname = 'wso2.deployment.hostname';

/**
 * The Ingress of helm-mi. Charts for MI 4.2 to 4.5 make it unless `enabled` is false (mi/values.yaml of their
 * branches), so a file that says how it is to be and not that it is wanted, wants it; and so does one that names only
 * the host, if its MI is of these versions.
 */
export function ingressOf(settings: Settings, version: string | undefined): Values {
  if (!hasIngress(settings, version)) {
    settings.take(ingress);
    return {};
  }
  settings.take(`${ingress}.enabled`);
  const host = settings.text(hostname) ?? '*';
  return {
    enabled: true,
    className: settings.text(`${ingress}.ingressClassName`),
    annotations: textValues(settings, `${ingress}.annotations`),
    hosts: { [host]: { paths: { '/': { port: 'https' } }, tlsSecret: settings.text(`${ingress}.tlsSecret`) } },
  };
}

/** The HTTPRoute of helm-mi, the Gateway that it may make, and the BackendTLSPolicy. */
export function gatewayOf(settings: Settings): Values {
  if (!hasGateway(settings)) {
    settings.take(gateway);
    return {};
  }
  settings.take(`${gateway}.enabled`);
  const host = settings.text(hostname);
  const route = {
    enabled: true,
    hostnames: host === undefined ? [] : [host],
    paths: { '/': { port: 'https' } },
    backendTls: backendTls(settings),
  };
  // helm-mi makes a Gateway unless it is told not to.
  if (settings.take(`${gateway}.createGateway`) !== false) return { ...route, create: ownGateway(settings, host) };
  const name = settings.text(`${gateway}.gatewayName`) ?? 'envoy';
  return { ...route, parentRefs: { [name]: { name, namespace: settings.text(`${gateway}.gatewayNamespace`) } } };
}

/** What is different of Ingress and Gateway here. */
export function exposureDifferences(settings: Settings, version: string | undefined): readonly Difference[] {
  const has = (path: string): boolean => settings.given(path) !== undefined;
  const found: Difference[] = [];
  if (!hasIngress(settings, version) && saysNothing(settings) && settings.text(hostname) !== undefined)
    found.push([
      hostname,
      'The file names a host and neither an Ingress nor a Gateway, of which helm-mi makes one by default: an Ingress in its charts for MI 4.2 to 4.5, a Gateway in those for 4.6. Neither was translated.',
      'If clients reach the old release by this host, name it under ingress.hosts or gateway.hostnames, and set `enabled` there.',
    ]);
  if (hasIngress(settings, version) && !has(`${ingress}.enabled`))
    found.push([
      ingress,
      'The file does not say that an Ingress is wanted. It was translated, because helm-mi makes one by default up to its charts for MI 4.5.',
      'Remove `ingress` if the old release has none.',
    ]);
  if (!hasGateway(settings)) return found;
  if (settings.take(`${gateway}.createGateway`) !== false)
    found.push([
      gateway,
      'helm-mi makes a Gateway under a fixed name in another namespace; this chart makes one under the name of the release in its own namespace, with another address.',
      has(`${gateway}.tlsSecret`)
        ? 'Point the DNS name at the new address when the new release serves.'
        : 'Name a Secret with the certificate under gateway.create.listeners.https.tls (helm-mi makes a self-signed one), and point the DNS name at the new address when the new release serves.',
    ]);
  if (has(`${gateway}.backendTLS.enabled`) && !has(`${gateway}.backendTLS.caCertConfigMap`))
    found.push([
      `${gateway}.backendTLS`,
      "helm-mi brings a ConfigMap with the certificate of MI's demonstration keystore; this chart does not, so the gateway trusts only public authorities.",
      'Put the certificate of MI into a ConfigMap under ca.crt, and name it under gateway.backendTls.caConfigMap.',
    ]);
  return found;
}

function hasIngress(settings: Settings, version: string | undefined): boolean {
  if (saysNothing(settings)) return /^4\.[2-5]\./.test(version ?? '') && settings.text(hostname) !== undefined;
  const { enabled, ...rest } = mappingAt(settings, ingress);
  return !hasGateway(settings) && (enabled === undefined ? Object.values(rest).some(isSaid) : !isEmpty(enabled));
}

function saysNothing(settings: Settings): boolean {
  return settings.peek(ingress) === undefined && settings.peek(gateway) === undefined;
}

/** Wanted unless `enabled` is false, as in the only charts that know it (mi/values.yaml of 4.6.x). */
function hasGateway(settings: Settings): boolean {
  const { enabled, ...rest } = mappingAt(settings, gateway);
  return enabled === undefined ? Object.keys(rest).length > 0 : !isEmpty(enabled);
}

function mappingAt(settings: Settings, path: string): Values {
  return mappingOf(settings.peek(path));
}

/** Whether a file says more there than the empty texts of helm-mi's own files. */
function isSaid(value: unknown): boolean {
  return isMapping(value) ? Object.values(value).some(isSaid) : !isEmpty(value);
}

function backendTls(settings: Settings): Values {
  const path = `${gateway}.backendTLS`;
  if (settings.given(`${path}.enabled`) === undefined) {
    settings.take(path);
    return {};
  }
  return {
    enabled: true,
    hostname: settings.text(`${path}.hostname`) ?? 'localhost',
    caConfigMap: settings.text(`${path}.caCertConfigMap`),
  };
}

/**
 * A Gateway of the release's own, as mi-gateway.yaml of helm-mi makes it: HTTPS on 443, plain HTTP on 80 only when
 * asked for. This chart makes it in the namespace of the release, under the name of the release.
 */
function ownGateway(settings: Settings, host: string | undefined): Values {
  settings.take(`${gateway}.gatewayName`);
  settings.take(`${gateway}.gatewayNamespace`);
  const secret = settings.text(`${gateway}.tlsSecret`);
  const named = host === undefined ? {} : { hostname: host };
  return {
    enabled: true,
    className: settings.text(`${gateway}.gatewayClassName`) ?? 'envoy',
    listeners: {
      https: {
        port: 443,
        protocol: 'HTTPS',
        ...named,
        ...(secret === undefined ? {} : { tls: { certificateRefs: [{ name: secret }] } }),
      },
      ...(settings.given(`${gateway}.httpListener.enabled`) === undefined
        ? {}
        : { http: { port: 80, protocol: 'HTTP', ...named } }),
    },
  };
}
