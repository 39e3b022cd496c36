import { type KubernetesObject, textAt } from './kubernetes-object.ts';
import { mountedConfigMaps, type ReleaseWorkload } from './workload-marks.ts';

/** A database, as far as the URL of a driver names it. */
interface Database {
  readonly host: string;
  /** The one that the URL names, else that of the driver; undefined for a driver that is not known. */
  readonly port: number | undefined;
  readonly name: string;
  /** Namespace of the servers, in which a host without dots is a Service first. */
  readonly from: string | undefined;
}

/** Where a database listens if the URL does not say, by the name that the URL gives to its driver. */
const defaultPorts: Readonly<Record<string, number>> = {
  db2: 50000,
  mariadb: 3306,
  mysql: 3306,
  oracle: 1521,
  postgresql: 5432,
  sqlserver: 1433,
};

/**
 * The database through which the servers of a workload agree, as the chart has written it into their deployment.toml.
 * Undefined where that is not among the objects, or an environment variable or a driver's own syntax hides it. Pure.
 */
export function coordinationDatabase(
  { object, template }: Pick<ReleaseWorkload, 'object' | 'template'>,
  objects: readonly KubernetesObject[],
): Database | undefined {
  const mounted = new Set(mountedConfigMaps(template));
  const text = objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && mounted.has(metadata.name))
    .flatMap((map) => textAt(map, 'data', 'deployment.toml') ?? []);
  const source = text
    .flatMap((toml) => toml.split(/^(?=\[)/m))
    .find((table) => /^id = "WSO2_COORDINATION_DB"$/m.test(table));
  return databaseOf(/^url = "([^"\n]*)"$/m.exec(source ?? '')?.[1] ?? '', object.metadata.namespace);
}

/** A database as it is told: `orders on db:3306`. */
export function databaseName({ name, host, port }: Database): string {
  return `${name} on ${host}${port === undefined ? '' : `:${port}`}`;
}

/**
 * Reads `jdbc:mysql://host:3306/name?…`, `jdbc:sqlserver://host;databaseName=name` and
 * `jdbc:oracle:thin:@//host/name`.
 */
function databaseOf(url: string, from: string | undefined): Database | undefined {
  const [, driver = '', host, port, path, options = ''] =
    /^jdbc:(\w{1,20}):(?:thin:@)?\/\/([\w.-]{1,253})(?::(\d{1,5}))?(?:\/([\w.-]{0,128}))?([?;&].*)?$/.exec(url) ?? [];
  const name = path || /[?;&]databaseName=([\w.-]{1,128})(?=[;&]|$)/i.exec(options)?.[1];
  if (host === undefined || name === undefined) return undefined;
  return { host: host.toLowerCase(), port: port === undefined ? defaultPorts[driver] : Number(port), name, from };
}

/**
 * Whether two databases are surely not the same one: their names differ, their hosts do, or the ports of one host. A
 * host may be named in short (`db` and `db.shop.svc`), by its address or by `localhost`, which say nothing beside
 * another name. Pure.
 */
export function areApart(one: Database | undefined, other: Database | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.name !== other.name) return true;
  const [a, b] = [hostOf(one, other), hostOf(other, one)];
  if (a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`))
    return one.port !== undefined && other.port !== undefined && one.port !== other.port;
  return ![a, b].some((host) => host === 'localhost' || /^[\d.]+$/.test(host));
}

/** The host of a database; where the other one is a Service by its whole name, as such a name too. */
function hostOf({ host, from }: Database, { host: other }: Database): string {
  const isShort = from !== undefined && host !== 'localhost' && !host.includes('.');
  return isShort && /^[^.]+\.[^.]+\.svc(?:\.|$)/.test(other) ? `${host}.${from}.svc` : host;
}
