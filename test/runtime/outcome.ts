/** What became of an archive, as the server tells it. */
export type Outcome = 'deployed' | 'taken back' | 'absent';

/** What a log says of the archive `<name>.car` with the application of that name. */
export function outcomeIn(log: string, name: string): Outcome {
  if (log.includes(`Successfully Deployed Carbon Application : ${name}_1.0.0`)) return 'deployed';
  return log.includes(`while deploying the Carbon application: ${name}.car`) ? 'taken back' : 'absent';
}

const types: Readonly<Record<string, string>> = {
  proxy: 'proxy-service',
  inboundEndpoint: 'inbound-endpoint',
  messageStore: 'message-store',
  messageProcessor: 'message-processors',
  localEntry: 'local-entry',
};

/** The type by which an archive lists an artifact with this root. */
export function typeOf(text: string): string {
  const root = /<([a-zA-Z]+)/.exec(text)?.[1] ?? '';
  return `synapse/${types[root] ?? root}`;
}
