import { expect, test } from 'vitest';
import { inventory, type Part, planOf } from '../../test/builder.ts';
import { referenceDiagnostics } from './references.ts';

const parts: Readonly<Record<string, Part>> = {
  'api/A': {
    refs: {
      uses: [
        '!sequence/s',
        '!connector/kafkaTransport',
        '!registry-resource/_system/governance/x.xslt',
        '?{$ctx:target}',
      ],
      'needs-class': ['!library/com.acme.Audit'],
      'calls-loopback': ['!api/context:/orders', '!proxy-service/P'],
      'binds-to': ['!inbound-endpoint/I'],
      'stores-into': ['!message-store/M'],
    },
  },
  'local-entry/CONNECTION': { refs: { uses: ['!connector/file'] } },
  'message-processor/MP': { refs: { 'consumes-from': ['!message-store/M'], uses: ['!endpoint/e'] } },
  'task/T': { refs: { 'injects-into': ['!sequence/s', '=sequence/main'] } },
  'inbound-endpoint/In': {
    facts: { protocol: 'http' },
    refs: { 'dispatches-to': ['!api/matching:/orders/.*'], 'offers-tool': ['!sequence/tool'] },
  },
  'data-service/D': { refs: { uses: ['!data-source/DS'] } },
  'sequence/idle': { applications: [], refs: { uses: ['!endpoint/e'] } },
};

test.each([
  [
    'nothing writes',
    {},
    [
      'API A reads the registry resource /_system/governance/x/n (uses/@key), which is in none of the given paths, and no flow there writes it: it reads an empty text until something writes it.',
    ],
  ],
  ['a flow writes', { 'sequence/s': { effects: [{ type: 'registry-write', subject: 'gov:/x/n' }] } }, []],
  [
    'only a flow that nothing delivers writes',
    { 'sequence/s': { applications: [], effects: [{ type: 'registry-write', subject: 'x/n' }] } },
    [expect.stringContaining('it reads an empty text')],
  ],
] satisfies [string, Readonly<Record<string, Part>>, unknown[]][])(
  'an empty text is no failure of the flow: a key that %s',
  (_what, writers, expected) => {
    const refs = { uses: ['!registry-resource/_system/governance/x/n'] };
    const place = inventory({ 'api/A': { refs } }).references[0]!.source;
    const read = (orEmpty?: true): Part => ({
      refs,
      effects: [{ type: 'registry-read', subject: 'gov:x/n', source: place, ...(orEmpty && { orEmpty }) }],
    });
    const messages = (part: Part): string[] =>
      referenceDiagnostics(inventory({ 'api/A': part, ...writers })).map(({ message }) => message);
    expect(messages(read(true))).toEqual(expected);
    // A function of Synapse expressions fails.
    expect(messages(read()).every((message) => message.endsWith('the flow fails when it reaches it.'))).toBe(true);
  },
);

test('what a flow calls by a key that is no part of a URI keeps the archive from being deployed', () => {
  const ending = (refs: NonNullable<Part['refs']>, via: string): string | undefined =>
    referenceDiagnostics(inventory({ 'sequence/S': { refs, as: { via } } }))[0]
      ?.message.split(': ')
      .at(-1);
  const refused = 'without it, MI does not deploy the archive.';
  expect(ending({ uses: ['!sequence/a b'] }, 'sequence/@key')).toBe(refused);
  expect(ending({ uses: ['!endpoint/a b'] }, 'endpoint/@key')).toBe(refused);
  expect(ending({ uses: ['!sequence/a-b'] }, 'sequence/@key')).toBe('the flow fails when it reaches it.');
  expect(ending({ uses: ['!template/a b'] }, 'call-template/@target')).toBe('the flow fails when it reaches it.');
});

test.each([
  [
    'sequence/@onError',
    'failures are handled as if it were not named, and an API or proxy service fails at the end of the sequence after each successful `call` in it.',
  ],
  [
    'inSequence/@onError',
    'failures are handled as if it were not named, and an API or proxy service fails at the end of the sequence after each successful `call` in it.',
  ],
  ['template/@onError', 'failures are handled as if it were not named.'],
  ['inboundEndpoint/@onError', 'failures are handled as if it were not named.'],
  ['resource/@faultSequence', 'failures run the sequence `fault` of the server instead.'],
  ['target/@faultSequence', 'failures run the sequence `fault` of the server instead.'],
])('a fault handler that is missing in %s is not run, and the flow is', (via, ending) => {
  const [found] = referenceDiagnostics(
    inventory({ 'sequence/S': { refs: { uses: ['!sequence/nobody'] }, as: { via } } }),
  );
  expect(found?.message.split(': ').at(-1)).toBe(ending);
});

test('an expression where MI takes a name says so, and what to write instead', () => {
  const told = (to: string, via: string): string => {
    const [found] = referenceDiagnostics(inventory({ 'sequence/S': { refs: { uses: [to] }, as: { via } } }));
    return `${found?.message} ${found?.hint}`;
  };
  expect(told('!sequence/{$func:x}', 'then/@sequence')).toBe(
    'Sequence S names a sequence by the expression {$func:x} (then/@sequence), which MI takes for a name there: without it, MI does not deploy the archive. Let a mediator <sequence key="{$func:x}"/> run it.',
  );
  expect(told('!endpoint/{$ctx:to}', 'endpoint/@key')).toBe(
    'Sequence S names an endpoint by the expression {$ctx:to} (endpoint/@key), which MI takes for a name there: without it, MI does not deploy the archive. Write the expression, without its braces, into key-expression of an endpoint.',
  );
  expect(told('!template/{$ctx:t}', 'call-template/@target')).toBe(
    'Sequence S names a template by the expression {$ctx:t} (call-template/@target), which MI takes for a name there: the flow fails when it reaches it. Write a name; a switch can choose between several.',
  );
  expect(told('!sequence/{x', 'sequence/@key')).toContain('uses the sequence {x');
});

test('without what its own file needs, a server leaves that file out', () => {
  const server = { applications: [{ id: 'app_1', type: 'server' as const }] };
  const [found] = referenceDiagnostics(inventory({ 'sequence/S': { refs: { uses: ['!connector/kafka'] } } }, server));
  expect(found?.message.split(': ').at(-1)).toBe('without it, MI leaves the artifact out.');
});

test('a connector that is missing is told once of an artifact, whatever operations it calls', () => {
  const uses = ['asb.send', 'asb.receive'].map((via, index) => ({
    from: 'api/A' as const,
    to: 'connector/asb',
    via,
    relation: 'uses' as const,
    state: 'missing' as const,
    source: { path: 'a.xml', line: index + 1, column: 1 },
  }));
  const found = referenceDiagnostics({ ...inventory({ 'api/A': {} }), references: uses });
  expect(found.map(({ related }) => related)).toEqual([[uses[1]?.source]]);
});

test('each missing target is a warning at its place that says what fails, each dynamic one a note', () => {
  const found = referenceDiagnostics(inventory(parts)).map(({ code, severity, message }) => [code, severity, message]);
  const missing = (message: string): string[] => ['MI-REF-MISSING', 'warning', message];
  expect(found).toEqual([
    missing(
      'API A uses the sequence s (uses/@key), which is in none of the given paths: the flow fails when it reaches it.',
    ),
    missing(
      'API A uses the connector kafkaTransport, which is in none of the given paths: without it, MI does not deploy the archive.',
    ),
    missing(
      'API A uses the registry resource /_system/governance/x.xslt (uses/@key), which is in none of the given paths: the flow fails when it reaches it.',
    ),
    missing(
      'API A needs the Java class com.acme.Audit (needs-class/@key), which nothing in the given paths delivers: without it, MI does not deploy the archive.',
    ),
    missing(
      'API A calls the path /orders of its own server (calls-loopback/@key), where no API, proxy service or data service of the given paths answers: the call fails.',
    ),
    missing(
      'API A calls the proxy service P of its own server (calls-loopback/@key), which is in none of the given paths: the call fails.',
    ),
    missing(
      'API A is bound to the inbound endpoint I (binds-to/@key), which is in none of the given paths: nothing listens for it there.',
    ),
    missing(
      'API A puts messages into the message store M (stores-into/@key), which is in none of the given paths: without it, the messages are lost or the flow fails.',
    ),
    missing(
      'Data service D uses the data source DS (uses/@key), which is neither in the given paths nor in the deployment.toml of each environment: without it, MI does not deploy the archive.',
    ),
    missing(
      'Inbound endpoint In passes requests that match /orders/.* to APIs and proxy services, but nothing in the given paths has such a path: the requests find no target.',
    ),
    missing(
      'Inbound endpoint In offers the sequence tool as a tool (offers-tool/@key), which is in none of the given paths: calls of the tool fail.',
    ),
    missing(
      'Local entry CONNECTION is a connection of the connector file (uses/@key), which is in none of the given paths: nothing can use it.',
    ),
    missing(
      'Message processor MP takes its messages from the message store M (consumes-from/@key), which is in none of the given paths: without it, there is nothing to process.',
    ),
    missing(
      'Message processor MP uses the endpoint e (uses/@key), which is in none of the given paths: at its first message, it deactivates itself, and all messages wait.',
    ),
    missing(
      'Task T injects its messages into the sequence s (injects-into/@key), which is in none of the given paths: without it, every run fails.',
    ),
    ['MI-REF-DYNAMIC', 'info', 'API A finds a target (uses/@key) only at run time: {$ctx:target}.'],
  ]);
});

test('a target that an artifact names several times is told once, with all places', () => {
  const uses = ['!data-source/DS', '!data-source/other', '!data-source/DS'];
  const found = referenceDiagnostics(
    inventory({ 'api/A': { refs: { uses } }, 'api/B': { refs: { uses: ['!data-source/DS'] } } }),
  );
  expect(found.map(({ message, related }) => [message.slice(0, 32), related?.length])).toEqual([
    ['API A uses the data source DS (u', 1],
    ['API A uses the data source other', undefined],
    ['API B uses the data source DS (u', undefined],
  ]);
});

test('the plan tells the missing ones once, each at its place', () => {
  const all = inventory(parts);
  const told = planOf(parts).diagnostics.filter(({ code }) => code.startsWith('MI-REF-'));
  expect(told.map(({ message }) => message).toSorted()).toEqual(
    referenceDiagnostics(all)
      .filter(({ code }) => code === 'MI-REF-MISSING')
      .map(({ message }) => message)
      .toSorted(),
  );
});

test('a class that a JAR which was not read may hold is told with that JAR in the hint', () => {
  const needing = { 'api/A': { refs: { 'needs-class': ['!class/com.acme.Audit'] } } };
  const hints = (all: Readonly<Record<string, Part>>): readonly string[] =>
    referenceDiagnostics(inventory(all)).map(({ hint }) => hint);
  expect(hints(needing)[0]).toMatch(/^Pass the project/);
  const unread = { 'library/audit': { facts: { kind: 'library', role: 'other', classes: [] } } } as const;
  expect(hints({ ...needing, ...unread })[0]).toMatch(/^A JAR that a pom names was not found/);
});

test('the policy of a throttle is looked for when a message comes, that of a proxy service when it is deployed', () => {
  const said = (via: string): string | undefined =>
    referenceDiagnostics(inventory({ 'proxy-service/P': { refs: { uses: ['!registry-resource/p'] }, as: { via } } }))[0]
      ?.message;
  expect(said('policy/@key')).toContain('without it, MI does not deploy the archive.');
  expect(said('throttle/policy/@key')).toContain('the flow fails when it reaches it.');
});
