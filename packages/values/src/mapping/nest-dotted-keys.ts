import { isMapping, layerAll, type Values } from './merge.ts';

/**
 * Tables whose keys are names of somebody else's, which MI copies as they are: a dot belongs to the name there. The
 * same list as `mi.toml.isFree` of the chart.
 */
export const freeTables: ReadonlySet<string> = new Set([
  'parameter',
  'parameters',
  'properties',
  'pool_options',
  'secrets',
  'synapse_properties',
  'passthru_properties',
  'connection_factories',
  'queue',
  'topic',
  'message_builders',
  'message_formatters',
]);

/**
 * A deployment.toml as data, with keys that hold dots turned into nested tables, as the chart writes them: MI's
 * documentation says `inbound.port_offset_enable = true` under `[mediation]`, which nests in TOML; one quoted key is
 * nothing that MI reads.
 */
export function nestDottedKeys(table: Values): Values {
  return layerAll(
    Object.keys(table)
      .toSorted()
      .map((key) => nestedKey(key.split('.'), table[key])),
  );
}

function nestedKey(segments: readonly string[], value: unknown): Values {
  const [first = '', ...rest] = segments;
  if (segments.includes('')) return { [segments.join('.')]: value };
  if (freeTables.has(first)) return { [first]: rest.length === 0 ? value : { [rest.join('.')]: value } };
  if (rest.length > 0) return { [first]: nestedKey(rest, value) };
  if (Array.isArray(value))
    return { [first]: value.map((item: unknown) => (isMapping(item) ? nestDottedKeys(item) : item)) };
  return { [first]: isMapping(value) ? nestDottedKeys(value) : value };
}
