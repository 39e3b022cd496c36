import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { program } from '../support/command.ts';
import { folderWith, pom } from './support.ts';

const namespace = 'xmlns="http://ws.apache.org/ns/synapse"';
const artifacts = 'p/src/main/wso2mi/artifacts';
const many = (part: string, size = 1_000_000): string => part.repeat(Math.ceil(size / part.length));
const lines = (count: number, line: (number: number) => string): string =>
  Array.from({ length: count }, (_, number) => line(number)).join('\n');
const calling = (uri: string): Readonly<Record<string, string>> => ({
  [`${artifacts}/sequences/S.xml`]: `<sequence ${namespace} name="S"><call><endpoint><address uri="${uri}"/></endpoint></call></sequence>`,
});

/** Inputs of a size that takes seconds where time grows with its square, and by what they are answered. */
const inputs: Readonly<Record<string, readonly [Readonly<Record<string, string>>, string]>> = {
  'an address of an API with very many parts': [calling(`http://localhost:8290/${many('a/')}`), ''],
  'an address of a service with very many dots': [calling(`http://localhost:8290/services/${many('a.')}`), ''],
  'a key of very many folders': [
    {
      [`${artifacts}/sequences/S.xml`]: `<sequence ${namespace} name="S"><sequence key="conf:${many('/a')}"/></sequence>`,
    },
    '',
  ],
  'a context of nothing but slashes': [
    {
      [`${artifacts}/apis/B.xml`]: `<api ${namespace} name="B" context="${many('/')}x"><resource methods="GET"/></api>`,
    },
    '',
  ],
  'a pattern that may share a long context between its repetitions': [
    {
      [`${artifacts}/apis/B.xml`]: `<api ${namespace} name="B" context="/${many('a', 200_000)}"><resource methods="GET"/></api>`,
      [`${artifacts}/inbound-endpoints/I.xml`]: `<inboundEndpoint ${namespace} name="I" protocol="http" suspend="false"><parameters><parameter name="inbound.http.port">8085</parameter><parameter name="dispatch.filter.pattern">/.*a.*a.*a.*b</parameter></parameters></inboundEndpoint>`,
    },
    'MI-ISO-DYNAMIC',
  ],
  'a key of deployment.toml with very many parts': [
    { 'p/deployment/deployment.toml': `${many('a.', 200_000)}b = 1\n` },
    'MI-TOML-MALFORMED',
  ],
  'a table of deployment.toml with very many parts': [
    { 'p/deployment/deployment.toml': `[${many('a.', 200_000)}b]\n` },
    'MI-TOML-MALFORMED',
  ],
  'a deployment.toml of very many keys': [
    { 'p/deployment/deployment.toml': lines(30_000, (number) => `k${number} = 1`) },
    '',
  ],
  'very many properties without a value': [
    { 'p/src/main/wso2mi/resources/conf/config.properties': lines(20_000, (number) => `k${number}=v`) },
    '',
  ],
};

it.each(Object.entries(inputs))('%s is answered in time', (_, [files, code]) => {
  const cwd = folderWith({
    'p/pom.xml': pom(),
    [`${artifacts}/apis/A.xml`]: `<api ${namespace} name="A" context="/a"><resource methods="GET"/></api>`,
    ...files,
  });
  // Seconds of a processor, whatever else this machine does.
  const words = ['-c', 'ulimit -t 20; exec "$@"', 'sh', process.execPath, program];
  const { status, stdout, stderr } = spawnSync('sh', [...words, 'plan', 'p', '--verbose', '--report', 'r.html'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1024 * 1024 * 1024,
  });
  const said = `${stdout}${stderr}`;
  expect([status === 0 || status === 1, said.includes(code), said.includes('MI-INTERNAL')]).toEqual([
    true,
    true,
    false,
  ]);
});
