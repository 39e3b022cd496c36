import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultServerRoles, isSecretName, miPorts } from '@mi-patterns/inventory';
import { plainSecretExpressions } from '@mi-patterns/values';
import { describe, expect, it, test } from 'vitest';
import { chart } from '../support/command.ts';
import { schemaNodes } from './values-paths.ts';

const template = (name: string): string => readFileSync(join(chart, 'templates', name), 'utf8');

describe('what templates and TypeScript both have to know is the same', () => {
  it("MI's ports before the offset", () => {
    const ports = [
      ...template('_deployment-toml.tpl').matchAll(/^ {2}"(\w+)" \(add \$offset .*\) (\d{4})\) \| int64\)/gm),
    ];
    expect(Object.fromEntries(ports.map(([, name = '', port]) => [name, Number(port)]))).toEqual(miPorts);
  });

  it("MI's server roles", () => {
    const [, list = ''] = /\$server\.roles \| default \(list ([^)]*)\)/.exec(template('_deployment-toml.tpl')) ?? [];
    expect([...list.matchAll(/"(\w+)"/g)].map(([, role]) => role)).toEqual(defaultServerRoles);
  });

  it('names of secrets: what the chart warns of is hidden wherever it is printed', () => {
    const { source, flags } = plainSecretExpressions.name;
    const words = ['password', 'passwd', 'passphrase', 'pwd', 'secret', 'token', 'credential', 'credentials'];
    const short = ['a.pass', 'A_PASS', 'dbpass', 'keyStorePass', 'DB_PASS_2', 'password1'];
    const keys = ['api', 'access', 'account', 'private', 'secret', 'subscription'].flatMap((word) =>
      [' ', '.', '_', '-', ''].map((dash) => `${word}${dash}key`),
    );
    const long = [...words, ...keys].flatMap((word) => [`my_${word}`, `MY_${word.toUpperCase()}`, `a.b.${word}`]);
    const names = [...long, ...short];
    expect(names.filter((name) => !new RegExp(source, flags).test(name))).toEqual([]);
    expect(names.filter((name) => !isSecretName(name))).toEqual([]);
  });
});

test('the check for objects of one name knows the template of each kind that the chart makes', () => {
  const [, map = ''] = /\$templates := dict\n([^]*?)-\}\}/.exec(template('checks/objects/twice.yaml')) ?? [];
  const known = [...map.matchAll(/"(\w+)" \(list ([^)]*)\)/g)].flatMap(([, kind = '', files = '']) =>
    [...files.matchAll(/"([^"]+)"/g)].map(([, file = '']) => `${file}.yaml ${kind}`),
  );
  const made = readdirSync(join(chart, 'templates'))
    .filter((file) => file.endsWith('.yaml') && file !== 'extraobjects.yaml')
    .flatMap((file) => {
      const text = template(file);
      const kinds = [...text.matchAll(/^kind: (\w+)$/gm)].map(([, kind = '']) => kind);
      return [...new Set([...kinds, ...(text.includes('include "mi.externalSecret"') ? ['ExternalSecret'] : [])])].map(
        (kind) => `${file} ${kind}`,
      );
    });
  expect(known.toSorted()).toEqual(made.toSorted());
});

test('templates take no order from a map, which Go gives another one each time', () => {
  const files = readdirSync(join(chart, 'templates'), { recursive: true, encoding: 'utf8' });
  const actions = files
    .filter((file) => /\.(tpl|yaml|txt)$/.test(file))
    .flatMap((file) =>
      [...template(file).matchAll(/\{\{(?!-? *\/\*)[^]*?\}\}/g)].map(([action]) => ({ file, action })),
    );
  const taking = actions
    .map(({ file, action }) => ({ file, action, code: action.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""') }))
    .filter(({ code }) => /(?<![\w.$])(?:keys|values)(?= +[$.(]| *[|)}])/.test(code));
  expect(taking.length).toBeGreaterThan(5);
  expect(taking.filter(({ code }) => !/\| (?:sortAlpha|len)\b/.test(code))).toEqual([]);
});

describe('the schema', () => {
  it('has one range for all ports', () => {
    const ports = schemaNodes().filter(({ path, node }) => /port$/i.test(path) && typeof node['maximum'] === 'number');
    expect(ports.length).toBeGreaterThan(5);
    expect(
      ports.filter(({ node }) => node['minimum'] !== 1 || node['maximum'] !== 65535).map(({ path }) => path),
    ).toEqual([]);
  });
});
