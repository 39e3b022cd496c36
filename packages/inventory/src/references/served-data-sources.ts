import type { Inventory, Reference } from '../model/inventory.ts';
import { podConfigurations } from '../model/versioned-names.ts';

/** Data services find a data source by its name; everything else looks for a JNDI name. */
const byName = 'property[@name="carbon_datasource_name"]';

/**
 * The inventory without missing references to data sources that a `deployment.toml` has (`[[datasource]]`), which MI
 * calls by their id and, in JNDI, `jdbc/` and the id (master-datasources.xml.j2 of wso2/product-integrator-mi). To be
 * asked once every configuration is known, those of the environments included.
 */
export function withServedDataSources(inventory: Inventory): Inventory {
  const ids = new Set(
    podConfigurations(inventory.configurations).flatMap(({ dataSources = [] }) => dataSources.map(({ id }) => id)),
  );
  if (ids.size === 0) return inventory;
  const isServed = ({ to, via, state }: Reference): boolean => {
    const start = via === byName ? 'data-source/' : 'data-source/jdbc/';
    return state === 'missing' && to.startsWith(start) && ids.has(to.slice(start.length));
  };
  return {
    ...inventory,
    references: inventory.references.map((one) => (isServed(one) ? { ...one, state: 'builtin' } : one)),
  };
}
