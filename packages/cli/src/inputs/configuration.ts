/**
 * What reads `mi-patterns.yaml`. A module of its own, loaded when there is such a file: most of a start without one was
 * the YAML parser.
 */
export {
  environmentsOf,
  loadedConfiguration,
  locate,
  locateReplicas,
  readGroups,
  readYaml,
  serverConfigurations,
} from '@mi-patterns/values';
export { readValuesDocuments, readValuesFiles } from './values-file.ts';
