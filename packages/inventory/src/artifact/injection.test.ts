import { expect, test } from 'vitest';
import { parseArtifactFile } from './parse.ts';

const injected = (injectTo: string | undefined): unknown => {
  const property = (name: string, value: string): string =>
    `<property xmlns:task="http://www.wso2.org/products/wso2commons/tasks" name="${name}" value="${value}"/>`;
  const text = `<task xmlns="http://ws.apache.org/ns/synapse" name="T">${injectTo === undefined ? '' : property('injectTo', injectTo)}${property('sequenceName', 'S')}${property('proxyName', 'P')}</task>`;
  return parseArtifactFile(text, 'T.xml').artifacts[0]?.references.map(({ target }) =>
    target.type === 'name' ? `${target.kinds[0] ?? ''}/${target.name}` : target.type,
  );
};

// MessageInjector compares without regard to capitals, and takes anything else for the main sequence.
test.each([
  ['sequence', 'sequence/S'],
  ['Sequence', 'sequence/S'],
  ['PROXY', 'proxy-service/P'],
  ['main', 'sequence/main'],
  ['anything', 'sequence/main'],
  [undefined, 'sequence/main'],
  ['${configs.target}', 'dynamic'],
])('injectTo %j goes to %s', (injectTo, expected) => {
  expect(injected(injectTo)).toEqual([expected]);
});

test('a task that runs a template refers to it', () => {
  const text =
    '<task xmlns="http://ws.apache.org/ns/synapse" name="T" class="org.apache.synapse.startup.tasks.TemplateMessageExecutor"><trigger interval="5"/><property name="templateKey" value="Poll"/><property name="templateParams"><p xmlns=""/></property></task>';
  const { artifacts, diagnostics } = parseArtifactFile(text, 'T.xml');
  expect(diagnostics).toEqual([]);
  expect(artifacts[0]?.references.map(({ relation, target }) => [relation, target])).toEqual([
    ['needs-class', { type: 'class', name: 'org.apache.synapse.startup.tasks.TemplateMessageExecutor' }],
    ['injects-into', { type: 'name', kinds: ['template'], name: 'Poll' }],
  ]);
});
