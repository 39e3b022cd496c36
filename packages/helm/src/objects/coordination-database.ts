import { type KubernetesObject, textAt } from './kubernetes-object.ts';
import { mountedConfigMaps, type ReleaseWorkload } from './workload-marks.ts';

/** A database, as far as the URL of a driver names it. */
interface Database {
  readonly host: string;
  readonly name: string;
}

/**
 * The database through which the servers of a workload agree, as the chart has written it into their deployment.toml.
 * Undefined where that is not among the objects, or an environment variable or a driver's own syntax hides it. Pure.
 */
export function coordinationDatabase(
  { template }: Pick<ReleaseWorkload, 'template'>,
  objects: readonly KubernetesObject[],
): Database | undefined {
  const mounted = new Set(mountedConfigMaps(template));
  const text = objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && mounted.has(metadata.name))
    .flatMap((object) => textAt(object, 'data', 'deployment.toml') ?? []);
  const source = text
    .flatMap((toml) => toml.split(/^(?=\[)/m))
    .find((table) => /^id = "WSO2_COORDINATION_DB"$/m.test(table));
  return databaseOf(/^url = "([^"\n]*)"$/m.exec(source ?? '')?.[1] ?? '');
}

/**
 * Reads `jdbc:mysql://host:3306/name?…`, `jdbc:sqlserver://host;databaseName=name` and
 * `jdbc:oracle:thin:@//host/name`.
 */
function databaseOf(url: string): Database | undefined {
  const [, host, path, options = ''] =
    /^jdbc:\w{1,20}:(?:thin:@)?\/\/([\w.-]{1,253})(?::\d{1,5})?(?:\/([\w.-]{0,128}))?([?;&].*)?$/.exec(url) ?? [];
  const name = path || /[?;&]databaseName=([\w.-]{1,128})(?=[;&]|$)/i.exec(options)?.[1];
  return host === undefined || name === undefined ? undefined : { host: host.toLowerCase(), name };
}

/**
 * Whether two databases are surely not the same one: their names differ or their hosts do. A host may be named in short
 * (`db` and `db.shop.svc`), by its address or by `localhost`, which say nothing beside another name. Pure.
 */
export function areApart(one: Database | undefined, other: Database | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.name !== other.name) return true;
  const [a, b] = [one.host, other.host];
  const isSame = a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
  return !isSame && ![a, b].some((host) => host === 'localhost' || /^[\d.]+$/.test(host));
}
