import { expect, test } from 'vitest';
import { ofEnvironments } from '../../test/support/configurations.ts';
import { type Files, makeTree, projectPom } from '../../test/support/files.ts';
import type { ServerConfiguration } from '../model/inventory.ts';
import { readInventory } from '../read-inventory.ts';
import { withServedPorts } from './served-ports.ts';

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';
const artifacts = 'src/main/wso2mi/artifacts';

async function read(uri: string, more: Files, environments: readonly Partial<ServerConfiguration>[]): Promise<unknown> {
  const cwd = makeTree({
    'pom.xml': projectPom('a'),
    [`${artifacts}/apis/Ok.xml`]: `<api ${synapse} name="Ok" context="/ok"><resource><inSequence><respond/></inSequence></resource></api>`,
    [`${artifacts}/endpoints/E.xml`]: `<endpoint ${synapse} name="E"><address uri="${uri}"/></endpoint>`,
    ...more,
  });
  const inventory = await readInventory(['.'], { cwd });
  const { references, diagnostics } = withServedPorts({
    ...inventory,
    configurations: [...inventory.configurations, ...ofEnvironments(environments)],
  });
  return [
    ...references.filter(({ relation }) => relation === 'calls-loopback').map(({ to }) => to),
    ...diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
  ];
}

const toml = (text: string): Files => ({ 'deployment/deployment.toml': text });
const calls = (port: number, kind: string, own: string): string =>
  `warning: endpoint/E calls port ${port} of its own server (address/@uri), but nothing listens on ${port}; the server's ${kind} port is ${own}.`;

test.each<[string, string, Files, readonly Partial<ServerConfiguration>[], readonly string[]]>([
  ['the port of MI', 'http://localhost:8290/ok', {}, [{}], ['api/Ok']],
  ['a port without the offset', 'http://localhost:8280/ok', {}, [{}], [calls(8280, 'HTTP', '8290')]],
  ['the same of HTTPS', 'https://localhost:8243/ok', {}, [{}], [calls(8243, 'HTTPS', '8253')]],
  ['and of a path that nobody has', 'http://localhost:8280/none', {}, [{}], [calls(8280, 'HTTP', '8290')]],
  ['an offset of 0 in values', 'http://localhost:8280/ok', {}, [{ offset: 0 }], ['api/Ok']],
  ['an offset of 0 in one of two environments', 'http://localhost:8280/ok', {}, [{}, { offset: 0 }], ['api/Ok']],
  ['an offset of 0 in a file', 'http://localhost:8280/ok', toml('[server]\noffset = 0\n'), [], ['api/Ok']],
  [
    'the usual port with another offset',
    'http://localhost:8290/ok',
    toml('[server]\noffset = 5\n'),
    [],
    [calls(8290, 'HTTP', '8285')],
  ],
  [
    'a listener with a port of its own',
    'http://localhost:8280/ok',
    toml('[server]\noffset = 0\n[transport.http]\nlistener.port = 8280\n'),
    [],
    ['api/Ok'],
  ],
  [
    'an inbound endpoint on the port',
    'http://localhost:8280/ok',
    {
      [`${artifacts}/inbound-endpoints/In.xml`]: `<inboundEndpoint ${synapse} name="In" protocol="http" sequence="main"><parameters><parameter name="inbound.http.port">8280</parameter></parameters></inboundEndpoint>`,
    },
    [{}],
    ['inbound-endpoint/In'],
  ],
  ['some other port', 'http://localhost:8080/ok', {}, [{}], []],
  ['another host', 'http://example.com:8280/ok', {}, [{}], []],
])('%s', async (_what, uri, files, environments, expected) => {
  expect(await read(uri, files, environments)).toEqual(expected);
});
