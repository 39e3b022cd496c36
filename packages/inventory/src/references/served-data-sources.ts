import type { Inventory, Reference, ServerConfiguration } from '../model/inventory.ts';

/**
 * Whether what a reference names is the name of a data source, as of a data service (`SQLCarbonDataSourceConfig` of
 * wso2/product-integrator-mi). Everything else looks for a JNDI name.
 */
export function looksByName(via: string): boolean {
  return via === 'property[@name="carbon_datasource_name"]';
}

/**
 * The inventory without missing references to data sources that `deployment.toml` has (`[[datasource]]`) in each
 * environment. MI calls them by their id and, in JNDI, by `jdbc/` and the id (master-datasources.xml.j2 of
 * wso2/product-integrator-mi). To be asked once every configuration is known, those of the environments included.
 */
export function withServedDataSources(inventory: Inventory): Inventory {
  const ids = servedIds(inventory.configurations);
  if (ids.size === 0) return inventory;
  const isServed = ({ to, via, state }: Reference): boolean => {
    const start = looksByName(via) ? 'data-source/' : 'data-source/jdbc/';
    return state === 'missing' && to.startsWith(start) && ids.has(to.slice(start.length));
  };
  return {
    ...inventory,
    references: inventory.references.map((one) => (isServed(one) ? { ...one, state: 'builtin' } : one)),
  };
}

/**
 * Ids of the data sources that pods have in each environment, whatever single workloads change; without any
 * environment, those of any file that was read.
 */
function servedIds(configurations: readonly ServerConfiguration[]): ReadonlySet<string> {
  const written = configurations.filter(
    ({ environment, workload }) => environment !== undefined && workload === undefined,
  );
  const lists = (written.length > 0 ? written : configurations).map(({ dataSources = [] }) =>
    dataSources.map(({ id }) => id),
  );
  return new Set(
    written.length > 0 ? lists[0]?.filter((id) => lists.every((list) => list.includes(id))) : lists.flat(),
  );
}
