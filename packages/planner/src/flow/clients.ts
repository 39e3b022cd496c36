import { groupBy } from '@mi-patterns/inventory';
import { isDivided } from '../model/divided.ts';
import type { Port } from '../model/plan.ts';
import type { FlowBuilder } from './builder.ts';
import type { FlowNode } from './model.ts';

const gateway: FlowNode = {
  id: 'gateway',
  kind: 'gateway',
  label: 'Ingress or Gateway',
  note: 'HTTP from outside',
  artifacts: [],
};
const clients: FlowNode = { id: 'clients', kind: 'clients', label: 'Clients', note: '', artifacts: [] };

/** Protocols that an Ingress or a Gateway takes; the others reach the Service in another way. */
const byGateway: ReadonlySet<Port['protocol']> = new Set<Port['protocol']>(['http', 'https', 'ws', 'wss', 'grpc']);

/** Adds who calls from outside: clients, what stands in front, and the Service of each place that answers requests. */
export function addClients(builder: FlowBuilder): void {
  const divided = isDivided(builder.plan);
  const drawn = groupBy(
    [...builder.nodes.values()].filter(({ kind }) => kind === 'artifact'),
    ({ workload }) => workload,
  );
  for (const { workload, members } of builder.places) {
    const isIsolated = divided && workload.type === 'stateful';
    const service = `service:${workload.name}`;
    const portsOf = groupBy(
      members.flatMap((one) => one.ports),
      ({ artifact }) => artifact,
    );
    // An API that a task calls in its own pod is there too, but clients find it at its own workload.
    const served = new Set(members.flatMap(({ http }) => http));
    for (const node of drawn.get(workload.name) ?? []) {
      const ports = node.artifacts.flatMap((id) => portsOf.get(id) ?? []);
      const isServed = node.artifacts.some((id) => served.has(id));
      if (!isServed && ports.length === 0) continue;
      builder.nodes.set(service, {
        id: service,
        kind: 'service',
        label: workload.name,
        note: workload.count === 1 ? 'Service' : `${workload.count} Services`,
        artifacts: [],
      });
      const label = ports.map(({ number, protocol }) => `${protocol} ${number}`).join(', ');
      set(builder, service, node.id, label);
      // No public path leads to an isolated workload unless the values name it there.
      const isDirect = isIsolated || (!isServed && ports.every(({ protocol }) => !byGateway.has(protocol)));
      builder.nodes.set(clients.id, clients);
      if (isDirect) set(builder, clients.id, service, '');
      else {
        builder.nodes.set(gateway.id, gateway);
        set(builder, clients.id, gateway.id, '');
        set(builder, gateway.id, service, '');
      }
    }
  }
}

function set({ edges }: FlowBuilder, from: string, to: string, label: string): void {
  edges.set(`${from}\n${to}`, { from, to, label });
}
