import { choice, flag, ids, type JsonSchema, list, record, text } from './json-schema-parts.ts';

const source = (description: string): JsonSchema => ({ $ref: '#/$defs/source', description });
const sources = (description: string): JsonSchema => list({ $ref: '#/$defs/source' }, description);

/** What decides whether each pod of a plan becomes ready. */
export const readiness = {
  settings: list(
    record({
      from: choice(
        ['environment', 'file', 'configurable', 'vault', 'hashicorp-vault'],
        'Environment variable, line of file.properties, configurable (either of the two), or a vault.',
      ),
      name: text('Its name.'),
      secret: flag('Whether it is a password or similar.'),
      without: choice(
        ['archive-fails', 'artifact-fails', 'server-fails', 'flow-fails'],
        "What happens without it: MI undeploys the whole archive, leaves out the artifact (a server's own file), the server does not start, or the flow that uses it fails.",
      ),
      artifacts: ids('Artifacts that read it; empty for deployment.toml.'),
      sources: sources('Every place that reads it.'),
      environments: list(
        record({
          environment: text('Environment of mi-patterns.yaml.'),
          state: choice(['given', 'missing', 'unknown'], 'Unknown: it may come from a source that cannot be seen.'),
          workloads: ids('Workloads whose pods lack it.'),
        }),
        'Which environments set it; empty without mi-patterns.yaml.',
      ),
    }),
    'What artifacts and deployment.toml read from the environment of the server.',
  ),
  archives: list(
    record({
      archive: text('File name of the archive.'),
      after: text('File name of the archive that must be deployed before.'),
      artifact: text('Artifact that needs something from it.'),
      needs: text('What it needs.'),
      source: source('Where it says so.'),
      order: choice(
        ['right', 'wrong', 'circular'],
        'Whether MI deploys them in that order, which is the order of file names.',
      ),
    }),
    'Archives that need others when they are deployed.',
  ),
  schedules: list(
    record({
      artifact: text('Artifact.'),
      cron: text('Its cron expression.'),
      source: source('Where it says so.'),
      environments: list(
        record({ environment: text('Environment.'), timezone: text('Time zone of its servers.') }),
        'Time zones; empty without mi-patterns.yaml, where the chart sets UTC.',
      ),
    }),
    'Cron expressions with the time zone that applies to them.',
  ),
  addresses: list(
    record({
      artifact: text('Service with a WSDL.'),
      source: source('Where it says so.'),
      listeners: list(choice(['http', 'https'], 'Listener.'), 'Listeners whose addresses the WSDL has.'),
      environments: list(
        record({
          'environment?': text('Environment; missing without mi-patterns.yaml.'),
          podNames: list(choice(['http', 'https'], 'Listener.'), 'Listeners whose address is the name of the pod.'),
        }),
        'Whose address each environment has in the WSDL.',
      ),
    }),
    'Services that publish a WSDL, and the address in it.',
  ),
};
