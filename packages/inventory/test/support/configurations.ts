import type { ServerConfiguration } from '../../src/model/inventory.ts';

/** Configurations as the values of environments write them, one for each, with what a test says of it. */
export function ofEnvironments(settings: readonly Partial<ServerConfiguration>[]): ServerConfiguration[] {
  return settings.map((one, position) => ({
    source: { path: 'values.yaml', line: 1, column: 1 },
    offset: 10,
    inboundPortOffset: false,
    listeners: [],
    environment: `e${position}`,
    ...one,
  }));
}
