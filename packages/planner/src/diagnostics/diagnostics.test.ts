import { describe, expect, it } from 'vitest';
import { findings, type Part, planOf, source } from '../../test/builder.ts';
import { applicationCases } from '../../test/diagnostic-cases/applications.ts';
import { fileCases } from '../../test/diagnostic-cases/files.ts';
import { flowCases } from '../../test/diagnostic-cases/flows.ts';
import { databaseCases } from '../../test/diagnostic-cases/database.ts';
import { isolationCases } from '../../test/diagnostic-cases/isolation.ts';
import { inbound, chain, toml, vfs, type Case, type More } from '../../test/diagnostic-cases/parts.ts';
import { planCases } from '../../test/diagnostic-cases/plan.ts';
import { rivalCases } from '../../test/diagnostic-cases/rivals.ts';
import { plannerCatalogue, type PlannerCode } from '../findings/catalogue.ts';

const cases: Readonly<
  Record<Exclude<PlannerCode, 'MI-REF-KEY' | 'MI-REF-DYNAMIC' | `MI-READY-${string}`>, readonly Case[]>
> = {
  ...planCases,
  ...applicationCases,
  ...flowCases,
  ...fileCases,
  ...rivalCases,
  ...isolationCases,
  ...databaseCases,
};

describe.each(Object.entries(cases))('%s', (code, rows) => {
  it.each(rows.map((row) => ({ what: row[0], expected: row[1], row })))(
    '$what: $expected',
    ({ row: [, severity, parts, changes, more] }) => {
      const found = findings(planOf(parts, changes, more), code);
      expect(found.map((one) => one.severity)).toEqual(severity === 'none' ? [] : found.map(() => severity));
      expect(found.length > 0).toBe(severity !== 'none');
      for (const one of found) {
        expect(one.message).toMatch(/^\S.*[.!]$/s);
        expect(one.hint).toMatch(/\.$/);
        expect(Object.keys(one.source ?? source(''))).toEqual(['path', 'line', 'column']);
      }
    },
  );
  it('is in the catalogue, fires in one case and not in another', () => {
    expect(Object.keys(plannerCatalogue)).toContain(code);
    expect(new Set(rows.map(([, severity]) => severity === 'none'))).toEqual(new Set([true, false]));
  });
});

describe('a plan without a workload', () => {
  it('says of the sequence main what a server does with it', () => {
    const [found] = findings(planOf({ 'sequence/main': {} }), 'MI-PLAN-EMPTY');
    expect(found?.artifacts).toEqual(['sequence/main']);
    expect(found?.message).toContain('with which a server answers the requests that nothing else takes');
  });
});

describe('a directory that several pods use', () => {
  const writer: Readonly<Record<string, Part>> = {
    'api/A': { refs: { uses: ['endpoint/E'] } },
    'endpoint/E': { effects: [{ type: 'directory', subject: 'vfs:file:///in' }] },
  };
  const volumes = (parts: Readonly<Record<string, Part>>): unknown[] =>
    findings(planOf(parts), 'MI-ISO-FILES').map(({ volume }) => volume);

  it('asks for one volume, unless its consumers take each other files then as well', () => {
    expect(volumes({ ...writer, 'proxy-service/P': vfs() })).toEqual([
      { path: '/in', workloads: ['integration', 'p-proxy'] },
    ]);
    expect(volumes({ ...writer, 'proxy-service/P': vfs(), 'proxy-service/Q': vfs() })).toEqual([undefined]);
  });
});

describe('where a finding is', () => {
  const at = (line: number): { path: string; line: number; column: number } => ({ path: 'g.yaml', line, column: 3 });

  it('is at the line of the verdict that is wrong, and names the artifact beside it', () => {
    const verdicts = new Map([
      ['task/X', { class: 'stateless', reason: 'so', source: at(1) }],
      ['task/T', { class: 'stateless', reason: ' ', source: at(2) }],
    ] as const);
    const found = findings(planOf({ 'task/T': {} }, { verdicts }), 'MI-PLAN-OVERRIDE');
    expect(found.map((one) => [one.source, one.related])).toEqual([
      [at(1), undefined],
      [at(2), [source('src/task/T.xml')]],
    ]);
  });

  it('says of a verdict that changes nothing where it can be removed', () => {
    const verdicts = new Map([['task/T', { class: 'isolate', reason: 'so', source: at(1) }]] as const);
    const made = planOf({ 'task/T': {} }, { verdicts });
    expect(findings(made, 'MI-PLAN-OVERRIDDEN')).toMatchObject([
      { severity: 'info', message: expect.stringContaining('changes nothing'), source: at(1) },
    ]);
    expect(made.verdicts.get('task/T')).not.toHaveProperty('overridden');
  });

  it('is at the line of the group', () => {
    const isolate = {
      groups: [
        { name: 'one', match: ['task/T'], source: at(1) },
        { name: 'two', match: ['task/*'], source: at(2) },
        { name: 'none', match: ['api/*'], source: at(3) },
        { name: 'Name', match: ['task/*'], source: at(4) },
      ],
    };
    const plan = planOf({ 'task/T': {}, 'task/U': {} }, { isolate });
    const places = plan.diagnostics
      .filter(({ code }) => code.startsWith('MI-PLAN-GROUP-'))
      .map((one) => [one.code, one.source, one.related]);
    expect(places).toEqual([
      ['MI-PLAN-GROUP-OVERLAP', at(1), [at(2), source('src/task/T.xml')]],
      ['MI-PLAN-GROUP-EMPTY', at(3), undefined],
      ['MI-PLAN-GROUP-NAME', at(4), undefined],
    ]);
  });
});

describe('what a finding says', () => {
  it.each([
    ['jmss', /^Did you mean `jms`\? Correct the protocol /],
    ['JMS', /^Did you mean `jms`\? /],
    ['telegraph', /^Correct the protocol /],
  ])('names the protocol that %s may mean', (protocol, hint) => {
    const made = planOf({ 'inbound-endpoint/I': { facts: { protocol } } });
    expect(findings(made, 'MI-INBOUND-UNSUPPORTED').map((one) => one.hint)).toEqual([expect.stringMatching(hint)]);
  });

  it('names the glob of a group that is mistyped, and what it may mean', () => {
    const isolate = { groups: [{ name: 'night', match: ['task/Statement', 'tsk/RatePoll', 'task/Ratepol'] }] };
    const made = planOf({ 'task/Statement': {}, 'task/RatePoll': {} }, { isolate });
    expect(findings(made, 'MI-PLAN-GROUP-EMPTY').map(({ message, hint }) => [message, hint])).toEqual([
      [
        'task/Ratepol in the group "night" matches no artifact.',
        expect.stringMatching(/^Did you mean `task\/RatePoll`/),
      ],
      [
        'tsk/RatePoll in the group "night" matches no artifact.',
        expect.stringMatching(/^Did you mean `task\/RatePoll`\? Globs match whole .* Correct or remove the glob\.$/),
      ],
    ]);
  });

  it('names API, store and processor of an in-memory store, with their places and the ways out', () => {
    const [found] = findings(planOf(chain(undefined, 'api/Orders')), 'MI-ISO-INMEM-STORE');
    expect(found?.message).toBe(
      'Message store M lives in the memory of each pod, but only one pod runs message-processor/P. What api/Orders stores in other pods is never processed.',
    );
    expect(found?.related?.map((one) => one.path)).toEqual(['src/message-processor/P.xml', 'src/template/put.xml']);
    expect(found?.hint).toContain('message-processor/P: {class: pod-local, reason: …}');
    expect(found?.artifacts).toEqual(['api/Orders', 'message-processor/P', 'message-store/M']);
  });
  it('says of a listener that is a list what to write in its place', () => {
    const [found] = findings(
      planOf(
        { 'proxy-service/P': { facts: { transports: ['mailto'] } } },
        {},
        toml({ environment: 'prod', listenerLists: [{ transport: 'mailto', source: source('deployment.toml', 3) }] }),
      ),
      'MI-PLAN-LISTENER',
    );
    expect(found?.message).toBe(
      'Proxy service P needs the listener mailto, which the values of prod do not enable, since it is a list at deployment.toml:3, which MI does not read: so no message reaches it that way, and no server reports that.',
    );
    expect(found?.hint).toMatch(
      /^Write a table in its place: in values deploymentToml\.transport\.mail\.listener: \{enable: true\}, in a deployment\.toml single brackets/,
    );
  });
  it('says of a task that runs once that other pods never run it', () => {
    const message = (parts: Record<string, Part>): string | undefined =>
      findings(planOf(parts), 'MI-PLAN-ONE-SHOT')[0]?.message;
    const once: Part = { facts: { trigger: { once: 'true', source: source('t') } } };
    expect(message({ 'task/T': once, 'api/A': {} })).toMatch(/runs it again\. Other pods never run it, so what/);
    expect(message({ 'task/T': once })).toMatch(/runs it again\.$/);
  });
  it('shows the way of a circle, once for all that it holds', () => {
    const goes = (to: string): Part => ({ refs: { uses: [to] }, as: { always: true } });
    const parts = { 'api/X': goes('sequence/B'), 'sequence/A': goes('sequence/B'), 'sequence/B': goes('sequence/A') };
    const all = findings(planOf(parts), 'MI-REF-CIRCLE');
    expect(all.map(({ message, artifacts }) => [message, artifacts])).toEqual([
      [
        'Sequence A leads back to itself (sequence/A → sequence/B → sequence/A). A message that enters it never leaves: the client gets no answer, no fault sequence runs, and the server fills its stack or memory.',
        ['sequence/A', 'sequence/B'],
      ],
    ]);
  });
  it('suggests the name that was meant, of the same kind only', () => {
    const hints = (refs: NonNullable<Part['refs']>): string[] =>
      findings(
        planOf({ 'api/A': { refs }, 'endpoint/OrderBackendEP': {}, 'sequence/OrderBackendSeq': {} }),
        'MI-REF-MISSING',
      ).map(({ hint }) => hint);
    const [near = ''] = hints({ uses: ['!endpoint/OrderBackndEP'] });
    expect(near).toMatch(/^Did you mean endpoint\/OrderBackendEP\? Pass the project/);
    const [far = ''] = hints({ uses: ['!endpoint/Billing'] });
    expect(far).toMatch(/^Pass the project/);
  });
  it('adds the port offset only where it counts', () => {
    const ports = (parameters: Part['parameters'], more?: More): number[] =>
      planOf({ 'inbound-endpoint/I': inbound('ws', parameters) }, {}, more).workloads[0]?.ports.map(
        (port) => port.number,
      ) ?? [];
    expect(ports({ 'inbound.ws.port': '9091' })).toEqual([9091]);
    expect(ports({ 'inbound.ws.port': '9091', 'ws.use.port.offset': 'true' })).toEqual([9101]);
    // The offset of deployment.toml does not move a WebSocket.
    expect(ports({ 'inbound.ws.port': '9091' }, toml({ offset: 3, inboundPortOffset: true }))).toEqual([9091]);
  });
});
