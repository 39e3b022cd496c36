import { type Diagnostic, type Inventory, publicPaths, withoutTrailingSlashes } from '@mi-patterns/inventory';
import { isDivided, type Plan, type PlanDiagnostic } from '@mi-patterns/planner';
import type { Values } from '../mapping/merge.ts';
import { type PublicRoute, publicRoutes } from './public-routes.ts';

const codes: ReadonlySet<string> = new Set(['MI-ISO-CLIENTS', 'MI-ISO-MIXED-TRANSPORT']);

/**
 * What the plan says of isolated artifacts that answer HTTP, for the routes of one environment: nothing where one leads
 * to the artifact; else also which route, by its path, would lead clients to pods that do not have it.
 */
export function clientFindings(
  plan: Plan,
  values: Values,
  inventory: Pick<Inventory, 'artifacts' | 'applications' | 'configurations'>,
): ReadonlyMap<PlanDiagnostic, Diagnostic | undefined> {
  const answers = new Map<PlanDiagnostic, Diagnostic | undefined>();
  const found = isDivided(plan) ? plan.diagnostics.filter(({ code }) => codes.has(code)) : [];
  if (found.length === 0) return answers;
  const routes = publicRoutes(values);
  const ids = new Set(found.flatMap((one) => one.artifacts));
  const home = new Map(plan.workloads.flatMap(({ name, http }) => http.map((id) => [id, name] as const)));
  const paths = new Map(
    inventory.artifacts.flatMap((one) => (ids.has(one.id) ? [[one.id, publicPaths(one, inventory)] as const] : [])),
  );
  for (const finding of found) {
    const [id = ''] = finding.artifacts;
    const past = routePast(routes, paths.get(id) ?? [], home.get(id) ?? '');
    if (past === 'leads there') answers.set(finding, undefined);
    else if (past !== undefined) answers.set(finding, { ...finding, message: withRoute(finding.message, past) });
  }
  return answers;
}

function withRoute(message: string, { route: { where, workloads }, path }: Past): string {
  const to = workloads.length === 0 ? 'the stateless workload' : `workload ${workloads.join(' and ')}`;
  return `${message} ${where} sends ${path} to ${to}.`;
}

interface Past {
  readonly route: PublicRoute;
  readonly path: string;
}

function routePast(
  routes: readonly PublicRoute[],
  paths: readonly string[],
  home: string,
): Past | 'leads there' | undefined {
  let past: Past | undefined;
  const leadsHome = ({ workloads }: PublicRoute): boolean => workloads.includes(home);
  if (routes.some((route) => leadsHome(route) && (route.rewrites || paths.some((path) => isBelow(route.path, path)))))
    return 'leads there';
  for (const path of paths) {
    const longest = new Map<string, PublicRoute>();
    for (const route of routes) {
      if (route.exact ? route.path !== path : !isBelow(path, route.path)) continue;
      const other = longest.get(route.host);
      if (other === undefined || isMoreSpecific(route, other)) longest.set(route.host, route);
    }
    const chosen = [...longest.values()];
    if (chosen.some(leadsHome)) return 'leads there';
    past ??= chosen[0] === undefined ? undefined : { route: chosen[0], path };
  }
  return past;
}

/** Whether a path is the other one, or below it. */
function isBelow(path: string, other: string): boolean {
  const parent = withoutTrailingSlashes(other);
  return path === parent || path === other || path.startsWith(`${parent}/`);
}

function isMoreSpecific(route: PublicRoute, other: PublicRoute): boolean {
  if (route.exact !== other.exact) return route.exact;
  return route.path.length > other.path.length;
}
