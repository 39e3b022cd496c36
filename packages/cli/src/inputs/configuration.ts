/**
 * What reads `mi-patterns.yaml`. A module of its own, loaded when there is such a file: most of a start without one was
 * the YAML parser.
 */
export {
  environmentsOf,
  loadedConfiguration,
  locate,
  readGroups,
  readYaml,
  serverConfigurations,
} from '@mi-patterns/values';
export { readValuesDocuments } from './values-file.ts';
