import { expect, it } from 'vitest';
import { type Part, planOf } from '../../test/builder.ts';

const listener = (protocol: string, parameters: Record<string, string>): Part => ({ facts: { protocol }, parameters });

const parts: Readonly<Record<string, Part>> = {
  'inbound-endpoint/Bad': { facts: { protocol: 'nonsense' } },
  'api/A': { facts: { context: '/same' } },
  'api/B': { facts: { context: '/same' } },
  'inbound-endpoint/I': listener('http', { 'inbound.http.port': '9000' }),
  'inbound-endpoint/J': listener('hl7', { 'inbound.hl7.Port': '9000' }),
  'local-entry/Remote': {
    facts: { location: { uri: 'http://files/x.xml', source: { path: 'x', line: 1, column: 1 } } },
  },
  'local-entry/Twice': {},
  'sequence/Twice': {},
  'proxy-service/Same': {},
  'data-service/Same': {},
  'api/New': { effects: [{ type: 'since-4.4' }] },
  'sequence/s': { settings: [{ from: 'environment', name: 'X' }] },
};
const codes = [
  'MI-INBOUND-UNSUPPORTED',
  'MI-PLAN-CONTEXT',
  'MI-PLAN-NEWER',
  'MI-PLAN-PORT-CLASH',
  'MI-PLAN-SAME-KEY',
  'MI-READY-LOCATION',
  'MI-READY-SETTING',
];

// As MI 4.3.0 was seen to do with each of them below repository/deployment/server, and in an archive.
it.each([
  ['server', /leaves (?:the other|it) out|starts without/, /archive/],
  ['archive', /whole archive/, /leaves (?:the other|it) out|starts without/],
] as const)('what MI cannot deploy of a %s', (type, said, unsaid) => {
  const made = planOf(parts, {}, { applications: [{ id: 'app_1', type, runtimeVersion: '4.3.0' }] });
  const found = made.diagnostics.filter(({ code }) => codes.includes(code));
  expect(new Set(found.map(({ code }) => code))).toEqual(new Set(codes));
  for (const { code, message, hint } of found) {
    expect(`${code} ${message} ${hint}`).toMatch(said);
    expect(`${code} ${message} ${hint}`).not.toMatch(unsaid);
  }
});
