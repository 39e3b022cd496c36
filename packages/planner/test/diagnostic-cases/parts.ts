import type { DiagnosticCode } from '@mi-patterns/inventory';
import type { PlanOptions } from '../../src/model/plan.ts';
import { type Part, planOf, polls, source } from '../builder.ts';

export type More = Parameters<typeof planOf>[2];
/** Artifacts, options and the rest of the inventory; and the severity expected, or `none`. */
export type Case = readonly [
  what: string,
  severity: 'error' | 'warning' | 'info' | 'none',
  parts: Record<string, Part>,
  changes?: Partial<PlanOptions>,
  more?: More,
];

export const vfs = (uri = 'file:///in'): Part => ({
  facts: { transports: ['vfs'] },
  parameters: { ...polls, 'transport.vfs.FileURI': uri },
});
export const inbound = (protocol: string, parameters: Part['parameters'] = {}, refs: Part['refs'] = {}): Part => ({
  facts: { protocol },
  parameters,
  refs,
});
export const mcp: Part = {
  facts: { class: 'org.wso2.carbon.inbound.sse.McpInboundListener' },
  parameters: { 'inbound.mcp.port': '9000' },
};
export const failover =
  'org.apache.synapse.message.processor.impl.failover.FailoverScheduledMessageForwardingProcessor';
export const resequence = 'org.apache.synapse.message.store.impl.resequencer.ResequenceMessageStore';
export const chain = (storeClass: string | undefined, writer: string, processor: Part = {}): Record<string, Part> => ({
  [writer]: { refs: { uses: ['sequence/in'] } },
  'sequence/in': { refs: { uses: ['template/put'] } },
  'template/put': { refs: { 'stores-into': ['message-store/M'] } },
  'message-store/M': { facts: { class: storeClass } },
  'message-processor/P': { ...processor, refs: { 'consumes-from': ['message-store/M'] } },
});
export const twoApps: Pick<Part, 'applications'> = { applications: ['a_1', 'b_1'] };
export const free = (
  id: string,
  to: 'stateless' | 'isolate' | 'pod-local' = 'stateless',
  reason = 'known',
): Partial<PlanOptions> => ({ verdicts: new Map([[id, { class: to, reason }]]) });
export const database: Partial<PlanOptions> = { coordination: 'database' };
export const archives: Partial<PlanOptions> = { delivery: 'archives' };
export const toml = (configuration: object): More => ({ configurations: [configuration] });
/** One finding of the inventory. */
export const found = (severity: 'error' | 'warning', code: DiagnosticCode, path = 'src/x.xml'): More => ({
  diagnostics: [{ severity, code, message: 'It is so.', hint: 'Change it.', source: source(path) }],
});
export const runtime = (runtimeVersion: string): More => ({ applications: [{ id: 'app_1', runtimeVersion }] });
export const delivered = (id: string, file: string): object => ({
  artifact: id,
  name: 'x',
  version: '1',
  type: 'synapse/sequence',
  file,
  path: file,
});
export const coordinationDatabase = source('deployment.toml', 9);
export const chartDatabase = source('mi-patterns.yaml', 5);
/** A data source that is a database inside of each server. */
export const embedded = (id: string): object => ({
  ...(id === 'WSO2_COORDINATION_DB' ? { coordinationDatabase } : {}),
  embeddedDatabases: [
    { id, database: 'an H2 database in the files of each pod', source: source('deployment.toml', 4) },
  ],
});
export const listening = { transport: 'jms', enabled: true, source: source('mi-patterns.yaml', 8) };

export const tasks = (number: number): Record<string, Part> =>
  Object.fromEntries(Array.from({ length: number }, (_, index) => [`task/T${index}`, {}]));
