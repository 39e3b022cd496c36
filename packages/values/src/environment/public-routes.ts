import { isMapping, mappingOf, valueAt, type Values } from '../mapping/merge.ts';

/** One path of an Ingress, an HTTPRoute or a Route of OpenShift, as the values write it. */
export interface PublicRoute {
  /** Place in the values, as people write it. */
  readonly where: string;
  /** Who decides between paths: the object and its host. */
  readonly host: string;
  readonly path: string;
  /** Whether the path leads to nothing below it. */
  readonly exact: boolean;
  /** Whether clients may call other paths than MI sees, or the path is a pattern. */
  readonly rewrites: boolean;
  /** Workloads that it leads to; empty for the one that serves by default, which is never an isolated one. */
  readonly workloads: readonly string[];
}

/** All public routes that values switch on. */
export function publicRoutes(values: Values): readonly PublicRoute[] {
  const ingress = mappingOf(values['ingress']);
  const gateway = mappingOf(values['gateway']);
  const route = mappingOf(values['route']);
  return [
    ...(ingress['enabled'] === true ? [ingressRoutes(ingress, 'ingress'), ...additional(ingress, 'ingress')] : []),
    ...(gateway['enabled'] === true ? [httpRoutes(gateway, 'gateway'), ...additional(gateway, 'gateway')] : []),
    ...(route['enabled'] === true ? [[openShiftRoute(route)]] : []),
  ].flat();
}

function additional(values: Values, kind: 'ingress' | 'gateway'): PublicRoute[][] {
  const read = kind === 'ingress' ? ingressRoutes : httpRoutes;
  return entries(values['additional']).map(([key, one]) => read(one, `${kind}.additional.${key}`));
}

function ingressRoutes(ingress: Values, where: string): PublicRoute[] {
  const rewrites = Object.keys(mappingOf(ingress['annotations'])).some((name) =>
    /rewrite|regex|middleware/i.test(name),
  );
  return entries(ingress['hosts']).flatMap(([host, settings]) => {
    const paths = entries(settings['paths']);
    return (paths.length === 0 ? [['/', {}] as const] : paths).map(([path, to]) => ({
      where: `${where}.hosts["${host}"].paths["${path}"]`,
      host: `${where} ${host}`,
      path,
      exact: to['pathType'] === 'Exact',
      rewrites,
      workloads: named(to['workload']),
    }));
  });
}

function httpRoutes(route: Values, where: string): PublicRoute[] {
  const rules = entries(route['rules']).flatMap(([name, rule]) => {
    const matches = Array.isArray(rule['matches']) ? rule['matches'] : [{}];
    return matches.map((match) => {
      const path = mappingOf(valueAt(match, ['path']));
      return {
        where: `${where}.rules.${name}`,
        path: typeof path['value'] === 'string' ? path['value'] : '/',
        type: path['type'],
        filters: rule['filters'],
        workloads: Object.keys(mappingOf(rule['backends'])),
      };
    });
  });
  const written = entries(route['paths']);
  const paths = (written.length === 0 && rules.length === 0 ? [['/', {}] as const] : written).map(([path, to]) => ({
    where: `${where}.paths["${path}"]`,
    path,
    type: to['type'],
    filters: to['filters'],
    workloads: named(to['workload']),
  }));
  return [...rules, ...paths].map(({ type, filters, ...one }) => ({
    ...one,
    host: where,
    exact: type === 'Exact',
    rewrites: type === 'RegularExpression' || filters !== undefined,
  }));
}

function openShiftRoute(route: Values): PublicRoute {
  return {
    where: 'route',
    host: 'route',
    path: typeof route['path'] === 'string' && route['path'] !== '' ? route['path'] : '/',
    exact: false,
    rewrites: false,
    workloads: named(route['workload']),
  };
}

function named(workload: unknown): readonly string[] {
  return typeof workload === 'string' && workload !== '' ? [workload] : [];
}

/** Entries of a map of the chart; one that is null is switched off. */
function entries(value: unknown): (readonly [string, Values])[] {
  return Object.entries(mappingOf(value)).flatMap(([key, one]) => (isMapping(one) ? [[key, one] as const] : []));
}
