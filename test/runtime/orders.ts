import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { until } from './server.ts';

/** The system that the order example sends its orders to. */
export interface OrderSystem {
  readonly port: number;
  /** Requests that it has seen, by what is in them. */
  readonly seen: { recurring: number; scheduled: number; other: number };
  /** What it has seen once no server is connected any more: a request may arrive after its sender has ended. */
  readonly seenOfEnded: () => Promise<OrderSystem['seen']>;
  readonly close: () => void;
}

export async function startOrderSystem(): Promise<OrderSystem> {
  const seen = { recurring: 0, scheduled: 0, other: 0 };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      seen[body.includes('recurring') ? 'recurring' : body.includes('scheduled') ? 'scheduled' : 'other'] += 1;
      response.setHeader('content-type', 'application/json');
      response.end('{"accepted":true}');
    });
  });
  await new Promise<void>((done) => server.listen(0, done));
  const connections = promisify(server.getConnections.bind(server));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    seenOfEnded: async () => {
      await until(
        async () => (await connections()) === 0,
        () => 'a server is still connected to the order system',
      );
      return { ...seen };
    },
    close: () => server.close(),
  };
}

/**
 * Copies the order example to a folder, with tasks that run every second or from the start on, and an order system at
 * hand.
 */
export function writeOrders(folder: string, port: number): string {
  cpSync(new URL('../../examples/orders', import.meta.url), folder, { recursive: true });
  const change = (file: string, from: RegExp, to: string): void => {
    const path = join(folder, 'src/main/wso2mi/artifacts', file);
    const before = readFileSync(path, 'utf8');
    expect(before).toMatch(from);
    writeFileSync(path, before.replace(from, to));
  };
  change('endpoints/OrderBackendEP.xml', /http:\/\/order-backend:8080/, `http://localhost:${port}`);
  change('tasks/recurringOrder_Task.xml', /interval="60"/, 'interval="1"');
  change('tasks/schedulOrder_Task.xml', /cron="[^"]*"/, 'interval="1"');
  return folder;
}
