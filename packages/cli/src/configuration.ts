/** What reads `mi-patterns.yaml`. A module of its own, loaded when there is such a file: most of a start without one was the YAML parser. */
export {
  carryOver,
  chartDefaults,
  environmentsOf,
  groupsOf,
  isMapping,
  layerValues,
  locate,
  mergeValues,
  nestDottedKeys,
  readConfiguration,
  readGroups,
  readYaml,
  valueAt,
  verdictsOf,
} from '@mi-patterns/values';
export { readValuesDocuments } from './values-file.ts';
