import { describe, expect, test } from 'vitest';
import { parseArtifactFile } from '../artifact/parse.ts';
import { resolveReferences } from './resolve.ts';

const SYN = 'xmlns="http://ws.apache.org/ns/synapse"';

/** `from → to state` of each reference by parameter, and of each that stays dynamic; `@` stands for the namespace. */
function found(...snippets: readonly string[]): string[] {
  const artifacts = snippets.flatMap((snippet, at) =>
    parseArtifactFile(snippet.replace('@', SYN), `${at}.xml`).artifacts.map((parsed) => ({
      id: `${parsed.kind}/${parsed.name}`,
      parsed,
      applications: [],
    })),
  );
  const { references } = resolveReferences({ artifacts, applications: [], configurations: [] });
  return references
    .filter(({ via, state }) => via.includes(' for ') || state === 'dynamic')
    .map(
      ({ from, to, state, always }) => `${from} → ${to}${state === 'resolved' ? '' : ` ${state}`}${always ? '!' : ''}`,
    );
}

const template = (name: string, parameter: string, inner: string): string =>
  `<template @ name="${name}"><parameter name="${parameter}"/><sequence>${inner}</sequence></template>`;
const storing = template('T', 'store', '<store messageStore="{$func:store}"/>');
const call = (to: string, name: string, value: string): string =>
  `<call-template target="${to}"><with-param name="${name}" value="${value}"/></call-template>`;
const sequence = (name: string, inner: string): string => `<sequence @ name="${name}">${inner}</sequence>`;
const store = (name: string): string => `<messageStore @ name="${name}"/>`;
const [orders, stock] = [store('Orders'), store('Stock')];

describe('the target that a parameter of a template names', () => {
  test('is one of who gives it', () => {
    const caller = sequence('A', call('T', 'store', 'Orders'));
    expect(found(storing, caller, orders)).toEqual(['sequence/A → message-store/Orders!']);
    expect(found(storing, caller)).toEqual(['sequence/A → message-store/Orders missing!']);
    expect(found(storing, sequence('A', call('T', 'store', "{'Orders'}")), orders)).toEqual([
      'sequence/A → message-store/Orders!',
    ]);
  });

  test('says where it is written, by what, and what it is for', () => {
    const artifacts = [storing, sequence('A', `\n${call('T', 'store', 'Orders')}`), orders].flatMap((text) =>
      parseArtifactFile(text.replace('@', SYN), 'a.xml').artifacts.map((parsed) => ({
        id: `${parsed.kind}/${parsed.name}`,
        parsed,
        applications: [],
      })),
    );
    const { references } = resolveReferences({ artifacts, applications: [], configurations: [] });
    expect(references.find(({ to }) => to === 'message-store/Orders')).toEqual({
      from: 'sequence/A',
      to: 'message-store/Orders',
      via: 'with-param[@name="store"] for store/@messageStore of template/T',
      relation: 'stores-into',
      state: 'resolved',
      always: true,
      source: { path: 'a.xml', line: 2, column: 52 },
    });
  });

  test('is another one for each call', () => {
    const both = found(
      storing,
      sequence('A', call('T', 'store', 'Orders') + call('T', 'store', 'Stock')),
      sequence('B', call('T', 'store', 'Stock')),
      orders,
      stock,
    );
    expect(both).toEqual([
      'sequence/A → message-store/Orders!',
      'sequence/A → message-store/Stock',
      'sequence/B → message-store/Stock!',
    ]);
  });

  test.each([
    ["{get-property('func', 'x')}"],
    ["{ syn:get-property('func','x') }"],
    ['{ $func:x }'],
    ['{${params.functionParams.x}}'],
  ])('is found by %s', (expression) => {
    const running = template('T', 'x', `<sequence key="${expression}"/>`);
    expect(found(running, sequence('A', call('T', 'x', 'B')), sequence('B', '<log/>'))).toEqual([
      'sequence/A → sequence/B!',
    ]);
  });

  test.each([
    [
      'an endpoint',
      '<call><endpoint key-expression="$func:x"/></call>',
      '<endpoint @ name="B"><default/></endpoint>',
      'endpoint/B',
    ],
    ['a resource', '<script language="js" key="{$func:x}"/>', '<localEntry @ key="B">1</localEntry>', 'local-entry/B'],
    [
      'a connection',
      '<http.get configKey="{$func:x}"/>',
      '<localEntry @ key="B"><http.init/></localEntry>',
      'local-entry/B',
    ],
    ['a sequence for responses', '<send receive="{$func:x}"/>', sequence('B', ''), 'sequence/B'],
  ])('may be %s', (_, inner, target, to) => {
    expect(found(template('T', 'x', inner), sequence('A', call('T', 'x', 'B')), target)).toContainEqual(
      expect.stringContaining(`sequence/A → ${to}`),
    );
  });

  test('is found through templates that pass it on', () => {
    const passing = template('P', 'outer', call('T', 'store', '{$func:outer}'));
    expect(found(storing, passing, sequence('A', call('P', 'outer', 'Orders')), orders)).toEqual([
      'sequence/A → message-store/Orders!',
    ]);
  });

  test('is found in flows that a template runs, and through those that run such flows', () => {
    const uses = sequence('Uses', '<store messageStore="{$func:store}"/>');
    const around = sequence('Around', '<filter xpath="true()"><then><sequence key="Uses"/></then><else/></filter>');
    const running = template('R', 'store', '<sequence key="Around"/>');
    expect(found(uses, around, running, sequence('A', call('R', 'store', 'Orders')), orders)).toEqual([
      'sequence/A → message-store/Orders',
    ]);
  });

  test('is found where templates call themselves', () => {
    const own = template('S', 'store', `<store messageStore="{$func:store}"/>${call('S', 'store', '{$func:store}')}`);
    expect(found(own, sequence('A', call('S', 'store', 'Orders')), orders)).toEqual([
      'sequence/A → message-store/Orders!',
    ]);
  });

  test('is the default of a call that gives none, and of no other', () => {
    const usual = storing.replace('name="store"/>', 'name="store" defaultValue="Orders"/>');
    const calls = [sequence('A', '<call-template target="T"/>'), sequence('B', call('T', 'store', 'Stock'))];
    expect(found(usual, ...calls, orders, stock)).toEqual([
      'sequence/A → message-store/Orders!',
      'sequence/B → message-store/Stock!',
    ]);
  });

  test('is the last of two values for one parameter', () => {
    const twice = call('T', 'store', 'Stock').replace('</call', '<with-param name="store" value="Orders"/></call');
    expect(found(storing, sequence('A', twice), orders, stock)).toEqual(['sequence/A → message-store/Orders!']);
  });

  test('is one of a task that runs the template', () => {
    const task =
      '<task @ name="N" class="org.apache.synapse.startup.tasks.TemplateMessageExecutor"><trigger interval="5"/><property name="templateKey" value="T"/><property name="templateParams"><p><store>Orders</store></p></property></task>';
    expect(found(storing, task, orders)).toEqual(['task/N → message-store/Orders']);
  });

  test('is one of an endpoint that a template makes', () => {
    const make =
      '<template @ name="E"><parameter name="more"/><endpoint><http uri-template="$more"/></endpoint></template>';
    const [api, plain] = [
      '<api @ name="Api" context="/a"><resource><inSequence><respond/></inSequence></resource></api>',
      make.replace('$more', '$uri'),
    ];
    const endpoint = (attributes: string, inner = ''): string =>
      `<endpoint @ name="X" template="E" ${attributes}>${inner}</endpoint>`;
    const more = '<parameter name="more" value="http://localhost:8290/a/b"/>';
    expect(found(make, api, endpoint('', more))).toEqual(['endpoint/X → api/Api']);
    expect(found(make, endpoint('', more.replace('localhost:8290', 'elsewhere')))).toEqual([]);
    expect(found(plain, api, endpoint('uri="http://localhost:8290/a"'))).toEqual([]);
    expect(found(plain, api, endpoint('', more.replace('more', 'uri')))).toEqual(['endpoint/X → api/Api']);
  });
});

describe('a target by parameter stays dynamic', () => {
  const dynamic = 'template/T → {$func:store} dynamic!';

  test('where no call is known, or only one that passes on what nobody gives', () => {
    expect(found(storing, orders)).toEqual([dynamic]);
    expect(found(storing, template('P', 'outer', call('T', 'store', '{$func:outer}')), orders)).toEqual([dynamic]);
  });

  test('where the value is an expression over the message, at the call', () => {
    expect(found(storing, sequence('A', call('T', 'store', '{$ctx:to}')), orders)).toEqual([
      'sequence/A → {$ctx:to} dynamic!',
    ]);
  });

  test('at a call that passes on what nobody gives, where others give it', () => {
    const passing = template('P', 'outer', call('T', 'store', '{$func:outer}'));
    expect(found(storing, passing, sequence('A', call('T', 'store', 'Orders')), orders)).toEqual([
      'sequence/A → message-store/Orders!',
      'template/P → {$func:outer} dynamic!',
    ]);
  });

  test('where the template does not declare it', () => {
    expect(found(storing.replace('name="store"', 'name="other"'), sequence('A', call('T', 'store', 'Orders')))).toEqual(
      [dynamic],
    );
  });

  test('where an agent has the template as a tool, next to what calls give', () => {
    const agent = '<ai.agent><tools><tool template="T"/></tools></ai.agent>';
    expect(found(storing, sequence('A', call('T', 'store', 'Orders')), sequence('B', agent), orders)).toEqual([
      'sequence/A → message-store/Orders!',
      dynamic,
    ]);
  });

  test('where it is only a part of the name', () => {
    const part = storing.replace('{$func:store}', "{concat('a', $func:store)}");
    expect(found(part, sequence('A', call('T', 'store', 'Orders')), orders)).toEqual([
      "template/T → {concat('a', $func:store)} dynamic!",
    ]);
  });

  test('in flows that no template runs', () => {
    const uses = sequence('Uses', '<store messageStore="{$func:store}"/>');
    expect(found(uses, sequence('A', '<sequence key="Uses"/>'), storing, orders)).toEqual([
      'sequence/Uses → {$func:store} dynamic!',
      dynamic,
    ]);
  });
});

describe('the target that a property or variable of a message names', () => {
  const property = (value: string, more = ''): string => `<property name="to" value="${value}" ${more}/>`;
  const uses = (expression: string): string => sequence('Uses', `<store messageStore="${expression}"/>`);
  const running = (inner: string): string => sequence('A', `${inner}<sequence key="Uses"/>`);

  test.each([
    ['{$ctx:to}', property('Orders')],
    ["{get-property('to')}", property('Orders')],
    ["{get-property('default', 'to')}", property('Orders', 'scope="default"')],
    ['{${props.synapse.to}}', property('Orders')],
    ['{${vars.to}}', '<variable name="to" value="Orders"/>'],
    ['{$var:to}', '<variable name="to" value="Orders"/>'],
  ])('may be by %s what a flow before it has set', (expression, constant) => {
    expect(found(uses(expression), running(constant), orders)).toEqual([
      'sequence/A → message-store/Orders',
      `sequence/Uses → ${expression} dynamic!`,
    ]);
  });

  test('may be so in the same flow, and through a template', () => {
    expect(found(sequence('A', `${property('Orders')}<store messageStore="{$ctx:to}"/>`), orders)).toEqual([
      'sequence/A → message-store/Orders',
      'sequence/A → {$ctx:to} dynamic!',
    ]);
    expect(found(storing, sequence('A', property('Orders') + call('T', 'store', '{$ctx:to}')), orders)).toEqual([
      'sequence/A → message-store/Orders',
      'sequence/A → {$ctx:to} dynamic!',
    ]);
  });

  test.each([
    ['of another name', property('Orders').replace('to', 'from')],
    ['of another scope', property('Orders', 'scope="axis2"')],
    ['that names nothing', property('Nobody')],
    ['that is an expression', property('{$ctx:x}')],
    ['that is no property', '<variable name="to" value="Orders"/>'],
  ])('is none by a constant %s', (_, constant) => {
    expect(found(uses('{$ctx:to}'), running(constant), orders)).toEqual(['sequence/Uses → {$ctx:to} dynamic!']);
  });

  test.each([
    ['a sequence', sequence('Names', property('Orders')), '<sequence key="Names"/>'],
    [
      'a sequence of a sequence',
      `${sequence('Names', '<sequence key="Inner"/>')}|${sequence('Inner', property('Orders'))}`,
      '<sequence key="Names"/>',
    ],
    ['a template', template('Names', 'x', property('Orders')), '<call-template target="Names"/>'],
  ])('may be what %s sets that runs before, for who runs both', (_, names, run) => {
    const sets = names.split('|');
    const dynamic = 'sequence/Uses → {$ctx:to} dynamic!';
    expect(found(uses('{$ctx:to}'), ...sets, running(run), sequence('B', run), orders)).toEqual([
      'sequence/A → message-store/Orders',
      dynamic,
    ]);
    const around = sequence('Around', '<sequence key="A"/>');
    expect(found(uses('{$ctx:to}'), ...sets, running(run), around, orders)).toEqual([
      'sequence/A → message-store/Orders',
      dynamic,
    ]);
  });

  test('may be a text that is written as an expression', () => {
    expect(found(uses('{$ctx:to}'), running(`<property name="to" expression="'Orders'"/>`), orders)).toEqual([
      'sequence/A → message-store/Orders',
      'sequence/Uses → {$ctx:to} dynamic!',
    ]);
    expect(found(uses('{${vars.to}}'), running(`<variable name="to" expression="\${'Orders'}"/>`), orders)).toEqual([
      'sequence/A → message-store/Orders',
      'sequence/Uses → {${vars.to}} dynamic!',
    ]);
  });

  test('is none of flows that do not lead there', () => {
    expect(found(uses('{$ctx:to}'), sequence('A', property('Orders')), orders)).toEqual([
      'sequence/Uses → {$ctx:to} dynamic!',
    ]);
  });
});

test('a call has the method that its endpoint gives it', () => {
  const text = `<sequence ${SYN} name="S"><call><endpoint><http method="post" uri-template="http://localhost:8290/a"/></endpoint></call></sequence>`;
  const artifacts = parseArtifactFile(text, 's.xml').artifacts.map((parsed) => ({
    id: 'sequence/S',
    parsed,
    applications: [],
  }));
  expect(resolveReferences({ artifacts, applications: [], configurations: [] }).references).toMatchObject([
    { relation: 'calls-loopback', method: 'POST', always: true },
  ]);
});

test('many calls of templates that pass a value on take no longer than the calls', () => {
  const count = 300;
  const chain = Array.from({ length: count }, (_, at) =>
    template(`P${at}`, 'x', call(at === 0 ? 'T' : `P${at - 1}`, at === 0 ? 'store' : 'x', '{$func:x}')),
  );
  const calls = Array.from({ length: count }, (_, at) => sequence(`S${at}`, call(`P${count - 1}`, 'x', 'Orders')));
  expect(found(storing, ...chain, ...calls, orders)).toHaveLength(count);
});

test('many constants that many flows set through one sequence take no longer than a share of both', () => {
  const count = 400;
  const constants = Array.from({ length: count }, (_, at) => `<property name="to" value="Store${at}"/>`).join('');
  const stores = Array.from({ length: count }, (_, at) => store(`Store${at}`));
  const users = Array.from({ length: count }, (_, at) =>
    sequence(`S${at}`, '<sequence key="Names"/><store messageStore="{$ctx:to}"/>'),
  );
  const all = found(sequence('Names', constants), ...stores, ...users);
  expect(all.length).toBeGreaterThan(count);
  expect(all.length).toBeLessThan(count * 102);
});
