/** What reads `mi-patterns.yaml`. A module of its own, loaded when there is such a file: most of a start without one was the YAML parser. */
export { groupsOf, locate, readConfiguration, readGroups, readYaml, verdictsOf } from '@mi-patterns/values';
