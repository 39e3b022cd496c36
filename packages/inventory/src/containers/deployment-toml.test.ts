import { describe, expect, test } from 'vitest';
import { readDeploymentToml } from './deployment-toml.ts';

/** What a file says, without the whole of it. */
const read = (text: string) => {
  const { configuration, diagnostics } = readDeploymentToml(text, 'deployment.toml');
  if (configuration === undefined) return { diagnostics };
  const { document: _all, ...rest } = configuration;
  return { configuration: rest, diagnostics };
};
const listeners = (text: string) =>
  read(text).configuration?.listeners.map(({ transport, enabled, source }) => [transport, enabled, source.line]);

describe('deployment.toml', () => {
  test('has MI defaults when it says nothing', () => {
    expect(read('[server]\nhostname = "localhost"\n')).toEqual({
      configuration: {
        source: { path: 'deployment.toml', line: 1, column: 1 },
        offset: 10,
        hostname: 'localhost',
        inboundPortOffset: false,
        listeners: [],
      },
      diagnostics: [],
    });
  });

  test.each([
    ['WSO2_COORDINATION_DB', 'jdbc:h2:./database/c', true],
    ['WSO2_COORDINATION_DB', 'jdbc:h2:mem:c;AUTO_SERVER=TRUE', true],
    ['WSO2_COORDINATION_DB', 'jdbc:h2:/data/c;USER=a;auto_server=true', false],
    ['ORDERS', 'jdbc:h2:/data/c;AUTO_SERVER=TRUE', true],
  ])('%s at %s is in each pod: %s', (id, url, embedded) => {
    const { configuration } = read(`[[datasource]]\nid = "${id}"\nurl = "${url}"\n`);
    expect(configuration?.embeddedDatabases !== undefined).toBe(embedded);
  });

  // Each was given to cava-toml 0.5.0, which MI reads the file with.
  test.each([
    ['a = "x\ty"', 1, 7],
    ['b = 1\na = """\n\ty"""', 3, 1],
    ['"a\tb" = 1', 1, 3],
    ["a = 'x\ty'", undefined, undefined],
    ["a = '''x\ty'''", undefined, undefined],
    ['a\t=\t1 #\t"c', undefined, undefined],
    ['a = "\\"" #\t', undefined, undefined],
  ])('is refused for a tab inside of double quotes, as MI does: %j', (text, line, column) => {
    const { diagnostics } = read(text);
    expect(diagnostics.map(({ code, source }) => [code, source?.line, source?.column])).toEqual(
      line === undefined ? [] : [['MI-TOML-MALFORMED', line, column]],
    );
  });

  // What MI's parser says of each: fuzz/oracles/TomlOracle.java. With a byte order mark and with values of several
  // types, MI 4.3.0 ended while it started.
  test.each([
    ['a = [{ p = "x",\nc = "y" }]', 1, 16, 'a line break inside an inline table'],
    ['a = { # c\n p = 1 }', 1, 10, 'a line break inside an inline table'],
    ['b = 1\na = { p = [1,\n2], }', 3, 5, 'a comma before the end of an inline table'],
    ['a = "\\\\e \\e[0m"', 1, 10, 'the escape \\e or \\x'],
    ['a = """\n\\x41"""', 2, 1, 'the escape \\e or \\x'],
    ['a = 07:32', 1, 5, 'a time without seconds'],
    ['a = 1979-05-27 07:32-08:00', 1, 16, 'a time without seconds'],
    ['\ufeffa = 1', 1, 1, 'a byte order mark'],
    ['a = { b = [1, ] }', 1, 15, 'a comma before the end of an array in an inline table'],
    ['a = [{ b = [ ] }]', 1, 14, 'an empty array in an inline table'],
    ['[a.b]\nc = [1,\n2.0]', 3, 1, 'an array with values of several types'],
    ['a = ["x", true]', 1, 11, 'an array with values of several types'],
    ['a = 99999999999999999999', 1, 5, 'an integer of more than 64 bits'],
    ['a = """x""""', 1, 12, 'a quote before the three that end a text'],
    ["a = '''x'''''", 1, 12, 'a quote before the three that end a text'],
  ])('is refused for what MI cannot read of newer TOML: %j', (text, line, column, what) => {
    expect(read(text).diagnostics).toMatchObject([
      {
        code: 'MI-TOML-MALFORMED',
        message: `deployment.toml has ${what}, which TOML allows but MI's parser refuses.`,
        source: { line, column },
      },
    ]);
  });

  test.each([
    'a = { p = [1, # {\n2], q = "{\\\\e," }',
    'a = [\n{ p = 1 }, # {\n]',
    "a = '\\e {'\nb = '''{\n\\x41'''",
    'a = 07:32:00\nb = 1979-05-27T07:32:00-08:00\nc = 1979-05-27 07:32:00.5Z',
    'a = { p = """x\ny""" }',
    '["a".b]\n[[c."d"]] # [1, "x"]\n1 = [[1, 2,], ["x"], [],]\n2 = [{ a = 1 }, { b = "x" }]',
    'a = ["x", \'y\', """z"""]\nb = [1, -2, 0x1F, 9223372036854775807]\nc = [1.0, 1e3, inf]\nd = 0x10',
    'a = ["""\n1""", # 2\n"x"\n]\nb.c = ""\nd = \'\'',
  ])('reads what MI reads: %j', (text) => expect(read(text).diagnostics).toEqual([]));

  // With each of the first MI 4.3.0 ended with a StackOverflowError, or its parser did.
  test.each([
    ['[transport.blocking.http]\nsender.enable = true\n[transport.blocking]\n', 3],
    ['[[transport.jms.listener]]\nname = "a"\n[transport.jms]\nsender_enable = true', 3],
    ['[a.b.c]\nx = 1\n[d]\n  [a]\ny = 1', 4],
    ['[[a]]\n[a.b.c]\n[[a]]\n[a.b.c]\n[a.b]', 5],
    ['[a]\nx = 1\n[a.b]\ny = 1\n[a.b.c]\nz = 1', undefined],
    ['[a.b]\nx = 1\n[a.c]\ny = 1\n[[a.d]]', undefined],
    ['[[a]]\n[a.b.c]\n[[a]]\n[a.b]\n[a.b.c]', undefined],
    ['[a.b]\nx = """\n[a]\n"""', undefined],
  ])('is refused for a table after one within it, as MI does: %j', (text, line) => {
    const { diagnostics } = read(text);
    expect(diagnostics.map(({ code, source }) => [code, source?.line])).toEqual(
      line === undefined ? [] : [['MI-TOML-MALFORMED', line]],
    );
  });

  test('reads offset, coordination, node and server name with their places', () => {
    const text = `[server]
offset = 3
[mediation]
inbound.port_offset_enable = true
[synapse_properties]
'synapse.server.name' = "one"
[[datasource]]
id = "OTHER"
[[datasource]]
# the switch
  id = "WSO2_COORDINATION_DB"
[cluster_config]
node_id = "node-1"
`;
    expect(read(text).configuration).toEqual({
      source: { path: 'deployment.toml', line: 1, column: 1 },
      offset: 3,
      dataSources: [
        { id: 'OTHER', source: { path: 'deployment.toml', line: 8, column: 1 } },
        { id: 'WSO2_COORDINATION_DB', source: { path: 'deployment.toml', line: 11, column: 3 } },
      ],
      inboundPortOffset: true,
      listeners: [],
      synapseServerName: 'one',
      coordinationDatabase: { path: 'deployment.toml', line: 11, column: 3 },
      nodeId: { value: 'node-1', source: { path: 'deployment.toml', line: 13, column: 1 } },
    });
  });

  test.each([
    ["'expose.versioned.services' = true", true],
    ['"expose.versioned.services" = "TRUE"', true],
    ["'expose.versioned.services' = '$env{EXPOSE}'", true],
    ["'expose.versioned.services' = false", undefined],
    ["'expose.versioned' = true", undefined],
  ])('reads whether services of a versioned deployment have names of their own: %s', (line, expected) => {
    expect(read(`[synapse_properties]\n${line}\n`).configuration?.exposesVersionedServices).toBe(expected);
  });

  test('reads the nodes that tasks are given to, where the resolver looks at them', () => {
    const nodes = (handling: string): unknown =>
      read(`[task_handling]\n${handling}\n[[task_resolver]]\ntask_nodes = "n1, n2"\n`).configuration?.taskNodes;
    const resolver = (name: string): string =>
      `resolver_class = "org.wso2.micro.integrator.ntask.coordination.task.resolver.${name}"`;
    expect(nodes(resolver('TaskNodeResolver'))).toEqual({
      names: ['n1', 'n2'],
      source: { path: 'deployment.toml', line: 4, column: 1 },
    });
    expect(nodes(resolver('RoundRobinResolver'))).toBeUndefined();
    expect(nodes('')).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['[transport.vfs]\nlistener.enable = false', [['vfs', false, 2]]],
    ['[transport.vfs.listener]\n\nenable = true', [['vfs', true, 3]]],
    ['transport.vfs.listener.enable = true', [['vfs', true, 1]]],
    ['[transport.vfs]\nlistener_enable = false', []],
    ['[transport.mail]\nlistener_enable = true', []],
    ['[transport.vfs]\nlistener_enable = true\nlistener.enable = false', [['vfs', false, 3]]],
    ['[transport.vfs.listener]\nenable = "True"', [['vfs', true, 2]]],
    ['[transport.jms]\nlistener_enable = "false"', [['jms', false, 2]]],
    ['[transport.jms]\nlistener_enable = "no"', [['jms', true, 2]]],
    ['[transport.jms.listener]\nenable = false', [['jms', true, 1]]],
    ['[transport.rabbitmq]\nlistener.enable = false', [['rabbitmq', true, 2]]],
    ['[transport.jms]\nlistener_enable = true', [['jms', true, 2]]],
    ['[[transport.jms.listener]]\nname = "a"\n[[transport.jms.listener]]\nname = "b"', [['jms', true, 1]]],
    ['[transport.jms]\nlistener_enable = false\n[[transport.jms.listener]]\nname = "a"', [['jms', false, 2]]],
    ['[[transport.jms.sender]]\nname = "a"', []],
    ['[transport.rabbitmq]\nsender_enable = true\nlistener_enable = true', [['rabbitmq', true, 3]]],
    ['[transport.mail.listener]\nenable = true', [['mailto', true, 2]]],
    ['[transport.mail.listener]\nenable = true\nname = "post"', [['post', true, 2]]],
    ['[transport.blocking.jms]\nlistener_enable = true', []],
    ['[transport.sap]\nlistener.idoc.enable = true', [['idoc', true, 2]]],
    ['[transport.http]\nlistener.secured_enable = false', [['https', false, 2]]],
    ['[[custom_transport.listener]]\nclass = "x"\nprotocol = "hl7"', [['hl7', true, 3]]],
    ['#[[transport.jms.listener]]\n# listener_enable = true', []],
    [
      'text = """\n[transport.jms]\nlistener_enable = true\n"""\n[transport.vfs]\r\nlistener.enable = true',
      [['vfs', true, 6]],
    ],
  ])('%j', (text, expected) => {
    expect(listeners(text)).toEqual(expected);
  });

  test('says which switch MI does not read, and which one it does', () => {
    const said = (text: string): unknown =>
      read(text).diagnostics.map(({ code, severity, message, hint, source }) => [
        code,
        severity,
        message,
        hint,
        source?.line,
      ]);
    expect(said('[transport.vfs]\nlistener_enable = false\n')).toEqual([
      [
        'MI-TOML-IGNORED',
        'warning',
        'In deployment.toml [transport.vfs] listener_enable has no effect: MI reads listener.enable for vfs.',
        'Write listener.enable = false in [transport.vfs].',
        2,
      ],
    ]);
    expect(said('[transport.jms.listener]\nenable = false\n')).toEqual([
      [
        'MI-TOML-IGNORED',
        'warning',
        'In deployment.toml [transport.jms] listener.enable has no effect: any key under listener starts the jms listener.',
        'Write listener_enable = false in [transport.jms].',
        2,
      ],
    ]);
    expect(said('[[transport.mail.listener]]\nenable = true\n')).toEqual([
      [
        'MI-TOML-IGNORED',
        'warning',
        'In deployment.toml [[transport.mail.listener]] has no effect: it is a list, and MI reads the table [transport.mail.listener].',
        'Write [transport.mail.listener], with single brackets; in values `deploymentToml.transport.mail.listener: {enable: true}`, without a list.',
        1,
      ],
    ]);
    expect(said('[transport.jms]\nlistener_enable = false\n[transport.vfs]\nlistener.enable = false\n')).toEqual([]);
    expect(said('[[transport.rabbitmq.listener]]\nname = "a"\n[[transport.mail.sender]]\nname = "b"\n')).toEqual([]);
  });

  test.each([
    ['[[transport.jms.listener]]\nname = "b"\n[[transport.jms.listener]]\nname = "a"\n', ['a', 'b']],
    ['[transport.jms]\nlistener_enable = true\n', []],
    ['[transport.jms]\nlistener_enable = true\n[[transport.jms.listener]]\nname = "a"\n', ['a']],
    ['[[transport.rabbitmq.listener]]\nname = "amqp"\n', ['amqp']],
    ['[transport.mqtt.listener]\nenable = true\n', ['mqttConFactory']],
    // Only a server can tell the name, or a table stands where a list belongs.
    ['[[transport.jms.listener]]\nname = "$env{FACTORY}"\n', undefined],
    ['[transport.jms.listener]\nname = "a"\n', undefined],
    ['[transport.mail.listener]\nenable = true\n', undefined],
  ])('names the connection factories of a listener: %j has %j', (text, factories) => {
    expect(read(text).configuration?.listeners.map((listener) => listener.factories)).toEqual([factories]);
  });

  test('names the class of a custom listener', () => {
    const text = '[[custom_transport.listener]]\nclass = "a.B"\nprotocol = "second"\n';
    expect(read(text).configuration?.listeners).toMatchObject([{ transport: 'second', class: 'a.B' }]);
  });

  test.each([
    ['coordination_hardening = true\nenable_task_delete_barrier = true\nsynchronous_injection = true\n', true],
    ['coordination_hardening = true\nenable_task_delete_barrier = true\nsynchronous_injection = false\n', undefined],
    ['coordination_hardening = true\nsynchronous_injection = true\n', undefined],
  ])('knows whole hardening: %j is %j', (keys, hardened) => {
    expect(read(`[task_handling]\n${keys}`).configuration?.coordinationHardening).toBe(hardened);
  });

  test('names the topics of JNDI', () => {
    expect(
      read('[transport.http]\nlistener.wsdl_epr_prefix = "https://a"\nlistener.secured_wsdl_epr_prefix = ""\n')
        .configuration?.wsdlAddresses,
    ).toEqual(['http']);
    expect(
      read('[transport.https.listener.parameter]\nWSDLEPRPrefix = "https://a"\n').configuration?.wsdlAddresses,
    ).toEqual(['https']);
    expect(read('[transport.jndi.topic]\nPrices = "a.b"\n').configuration?.jmsTopics).toEqual([
      { name: 'Prices', source: { path: 'deployment.toml', line: 2, column: 1 } },
    ]);
  });

  test('reads what a connection factory of RabbitMQ says of queues, quoted or dotted', () => {
    const text =
      '[[transport.rabbitmq.listener]]\nname = "amqp"\nparameter.hostname = "mq"\nparameter.queue_name = "q"\nparameter.password = "x"\nparameter."rabbitmq.queue.exclusive" = true\nparameter.rabbitmq.queue.optional.x-queue-type = "stream"\n';
    const [listener] = read(text).configuration?.listeners ?? [];
    expect(
      listener?.factoryDefaults?.map(({ factory, parameters }) => [
        factory,
        ...parameters.map(({ name, value, source: { line } }) => [name, value, line]),
      ]),
    ).toEqual([
      [
        'amqp',
        ['rabbitmq.server.host.name', 'mq', 1],
        ['rabbitmq.queue.name', 'q', 1],
        ['rabbitmq.queue.exclusive', 'true', 1],
        ['rabbitmq.queue.optional.x-queue-type', 'stream', 1],
      ],
    ]);
  });
  test('reads what the connection factory of MQTT says, beside the switch or under parameter', () => {
    const text =
      '[transport.mqtt.listener]\nenable = true\nclient_id = "c"\nparameter."mqtt.server.host.name" = "mq"\nsubscription_password = "x"\n';
    const [listener] = read(text).configuration?.listeners ?? [];
    expect(
      listener?.factoryDefaults?.map(({ factory, parameters }) => [
        factory,
        ...parameters.map(({ name, value }) => [name, value]),
      ]),
    ).toEqual([['mqttConFactory', ['mqtt.client.id', 'c'], ['mqtt.server.host.name', 'mq']]]);
  });
  test('reads what a connection factory of JMS says of destinations, by the names that services have for it', () => {
    const text =
      '[[transport.jms.listener]]\nname = "prices"\nparameter.provider_url = "tcp://mq"\nparameter.destination = "dynamicTopics/p"\nparameter.subscription_durable = true\nparameter."transport.jms.SharedSubscription" = true\nparameter."topic.p" = "a.b"\n';
    const [listener] = read(text).configuration?.listeners ?? [];
    expect(
      listener?.factoryDefaults?.map(({ factory, parameters }) => [
        factory,
        Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
      ]),
    ).toEqual([
      [
        'prices',
        {
          'java.naming.provider.url': 'tcp://mq',
          'transport.jms.Destination': 'dynamicTopics/p',
          'transport.jms.SubscriptionDurable': 'true',
          'transport.jms.SharedSubscription': 'true',
          'topic.p': 'a.b',
        },
      ],
    ]);
  });
  test('names the connection factories for topics, and the host when it is written out', () => {
    const text = `[server]
hostname = "$env{HOST}"
[[transport.jms.listener]]
name = "queues"
parameter.connection_factory_type = "queue"
[[transport.jms.listener]]
name = "topics"
parameter.connection_factory_type = "Topic"
`;
    expect(read(text).configuration).toMatchObject({
      jmsTopicFactories: [{ name: 'topics', source: { path: 'deployment.toml', line: 6, column: 1 } }],
    });
    expect(read(text).configuration).not.toHaveProperty('hostname');
    expect(read('[server]\nhostname = "mi.acme.com"\n').configuration).toMatchObject({ hostname: 'mi.acme.com' });
  });

  test('takes a listener behind a placeholder as enabled and says so', () => {
    const { configuration, diagnostics } = read(
      '[server]\noffset = "$env{OFFSET}"\n[transport.jms]\nlistener_enable = "$env{JMS}"\n',
    );
    expect(configuration?.offset).toBe(10);
    expect(configuration?.listeners).toEqual([
      { transport: 'jms', enabled: true, factories: [], source: { path: 'deployment.toml', line: 4, column: 1 } },
    ]);
    expect(diagnostics.map(({ code, source }) => [code, source?.line])).toEqual([
      ['MI-TOML-DYNAMIC', 2],
      ['MI-TOML-DYNAMIC', 4],
    ]);
  });

  test('names the place where it is malformed', () => {
    const { configuration, diagnostics } = read('[server]\noffset = \n');
    expect(configuration).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { code: 'MI-TOML-MALFORMED', severity: 'error', source: { path: 'deployment.toml', line: 2 } },
    ]);
  });
});

test.each([
  ['[cluster_config.node_id]\na = 1', 1, 'cluster_config.node_id is a table'],
  ['[cluster_config]\nnode_id = {}', 2, 'cluster_config.node_id is a table'],
  ['[cluster_config]\nnode_id = [{}]', 2, 'cluster_config.node_id is a list'],
  ['[server]\noffset = {}', 2, 'server.offset is a table'],
  ['[server]\nhostname = ["a"]', 2, 'server.hostname is a list'],
  ['[synapse_properties."synapse.server.name"]\nx = 1', 1, 'synapse_properties.synapse.server.name is a table'],
  ['[mediation.synapse_server_name]\nx = 1', 1, 'mediation.synapse_server_name is a table'],
  ['[transport.http.listener]\nenable = {}', 2, 'whether the http listener runs is a table'],
  ['server = []', 1, 'server is a list'],
  ['transport = 1', 1, 'transport is 1'],
  ['[[task_handling]]\na = 1', 1, 'task_handling is a list'],
])('a value of a wrong type is told at its line: %j', (text, line, message) => {
  const { configuration, diagnostics } = read(text);
  expect(configuration).toBeDefined();
  expect(diagnostics.map((one) => [one.code, one.source?.line])).toEqual([['MI-TOML-TYPE', line]]);
  expect(diagnostics[0]?.message).toContain(message);
});

test('numbers, dates and prototypes in the place of anything stop nothing', () => {
  const values = [
    '1',
    '9999999999999999999',
    '1979-05-27',
    '{}',
    '[]',
    '[[1]]',
    '[{}]',
    'true',
    'nan',
    '""',
    '{ a = {} }',
  ];
  const keys =
    'server transport mediation cluster_config datasource custom_transport task_handling server.offset server.hostname cluster_config.node_id transport.jms transport.jms.listener transport.jndi.topic transport.http.listener.enable mediation.inbound transport.sap.listener.bapi synapse_properties synapse_properties.synapse_server_name custom_transport.listener __proto__.x transport.jms.listener_enable constructor transport.mail.listener.name task_handling.resolver_class'.split(
      ' ',
    );
  for (const key of keys)
    for (const value of values)
      expect(() => JSON.stringify(read(`${key} = ${value}\n`)), `${key} = ${value}`).not.toThrow();
});
