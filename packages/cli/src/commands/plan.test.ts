import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommandLine } from '../command-line.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plan-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function planned(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  let output = '';
  await runCommandLine(['plan'], {
    cwd: folder,
    environment: {},
    stdout: (text) => void (output += text),
    stderr: () => {},
    columns: undefined,
    colour: false,
    interactive: false,
  });
  return output;
}

const synapse = 'xmlns="http://ws.apache.org/ns/synapse"';
const artifacts = 'src/main/wso2mi/artifacts';
const queue = (name: string): string =>
  `<inboundEndpoint ${synapse} name="${name}" protocol="rabbitmq" sequence="s"><parameters><parameter name="rabbitmq.queue.name">q</parameter></parameters></inboundEndpoint>`;

it('prints below an artifact what the configuration says of it', async () => {
  const text = await planned({
    [`${artifacts}/inbound-endpoints/I.xml`]: queue('I'),
    [`${artifacts}/apis/A.xml`]: `<api ${synapse} name="A" context="/a"><resource methods="GET"/></api>`,
    'mi-patterns.yaml':
      'artifacts: [.]\nverdicts:\n  inbound-endpoint/I: {class: stateless, reason: "order does not matter"}\n',
  });
  expect(text).toContain('    inbound-endpoint/I\n      counts as stateless: order does not matter\n');
});

it('prints a reason that only looks like a part of what the plan says', async () => {
  const text = await planned({
    [`${artifacts}/inbound-endpoints/I.xml`]: queue('I'),
    'mi-patterns.yaml':
      'artifacts: [.]\nverdicts:\n  inbound-endpoint/I: {class: stateless, reason: runs everything}\n',
  });
  expect(text).toContain('    inbound-endpoint/I\n      counts as stateless: runs everything\n');
});

it('says why no pod stands by', async () => {
  const text = await planned({
    [`${artifacts}/message-stores/M.xml`]: `<messageStore ${synapse} name="M" class="org.apache.synapse.message.store.impl.jdbc.JDBCMessageStore"/>`,
    [`${artifacts}/message-processors/P.xml`]: `<messageProcessor ${synapse} name="P" class="org.apache.synapse.message.processor.impl.sampler.SamplingProcessor" messageStore="M"><parameter name="interval">1000</parameter><parameter name="is.active">false</parameter><parameter name="sequence">s</parameter></messageProcessor>`,
  });
  expect(text).toContain('p-processor  stateful × 1, no standby: its registry volume mounts on one node only\n');
});
