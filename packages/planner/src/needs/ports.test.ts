import { expect, test } from 'vitest';
import { planOf } from '../../test/builder.ts';

const listening = {
  'inbound-endpoint/In': { facts: { protocol: 'http' }, parameters: { 'inbound.http.port': '9000' } },
};
const numbers = (configurations: object[], environment?: string, artifacts: object = listening): number[] =>
  planOf(artifacts as typeof listening, environment === undefined ? {} : { environment }, {
    configurations,
  }).workloads.flatMap(({ ports }) => ports.map(({ number }) => number));

test('ports follow the deployment.toml that the pods get', () => {
  const project = { offset: 5, inboundPortOffset: true };
  expect(numbers([project])).toEqual([9005]);
  expect(numbers([project, { environment: 'prod' }])).toEqual([9000]);
  expect(numbers([{ environment: 'prod', offset: 7, inboundPortOffset: true }])).toEqual([9007]);
});

test('each environment has its own offset', () => {
  const staging = { environment: 'staging', inboundPortOffset: true };
  const prod = { environment: 'prod', offset: 13, inboundPortOffset: true };
  expect(numbers([staging, prod], 'staging')).toEqual([9010]);
  expect(numbers([staging, prod], 'prod')).toEqual([9013]);
  // A workload with a deployment.toml of its own listens where that one says.
  expect(numbers([prod, { ...prod, workload: 'integration', offset: 20 }], 'prod')).toEqual([9020]);
  expect(numbers([prod, { ...prod, workload: 'other', offset: 20 }], 'prod')).toEqual([9013]);
});

test('the offset of deployment.toml moves HTTP and MCP alone, a WebSocket by its own parameter', () => {
  const at = (facts: object, parameters: object): number[] =>
    numbers([{ offset: 5, inboundPortOffset: true }], undefined, { 'inbound-endpoint/In': { facts, parameters } });
  expect(at({ protocol: 'https' }, { 'inbound.http.port': '9000' })).toEqual([9005]);
  expect(at({ class: 'org.wso2.carbon.inbound.sse.McpInboundListener' }, { 'inbound.mcp.port': '9000' })).toEqual([
    9005,
  ]);
  expect(at({ protocol: 'ws' }, { 'inbound.ws.port': '9000' })).toEqual([9000]);
  expect(at({ protocol: 'ws' }, { 'inbound.ws.port': '9000', 'ws.use.port.offset': 'TRUE' })).toEqual([9005]);
  expect(at({ protocol: 'hl7' }, { 'inbound.hl7.Port': '9000' })).toEqual([9000]);
  expect(at({ protocol: 'grpc' }, {})).toEqual([8888]);
});
