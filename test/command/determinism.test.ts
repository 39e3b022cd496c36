import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { findTool } from '@mi-patterns/helm';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contentOf,
  copyOfOrders,
  miPatterns,
  orders,
  repository,
  temporaryFolder,
  type RunOptions,
} from '../support/command.ts';

/** Everything that the command makes of the paths, by name. */
async function outputs(paths: readonly string[], options: RunOptions): Promise<Readonly<Record<string, string>>> {
  const out = temporaryFolder();
  const commands = {
    'scan.json': ['scan', ...paths, '--json'],
    'scan.txt': ['scan', ...paths],
    'plan.json': ['plan', ...paths, '--json'],
    'explain.json': ['explain', 'task/recurringOrder_Task', ...paths, '--json'],
    ...Object.fromEntries(
      ['svg', 'mmd', 'dot'].map((ending) => [
        ending,
        [
          'plan',
          ...paths,
          '--quiet',
          '--diagram',
          join(out, `plan.${ending}`),
          '--report',
          join(out, `plan-${ending}.html`),
        ],
      ]),
    ),
    'generate.json': [
      'generate',
      ...paths,
      '--json',
      '--no-package',
      '--config',
      join(orders, 'mi-patterns.yaml'),
      '--out',
      join(out, 'values'),
    ],
  };
  const fromHere = relative(realpathSync(options.cwd ?? repository), out);
  const answers = await Promise.all(
    Object.entries(commands).map(async ([name, args]) => {
      const { exitCode, stdout, stderr } = await miPatterns(args, options);
      return [name, `${exitCode}\n${stdout}${stderr}`.replaceAll(fromHere, 'OUT').replaceAll(out, 'OUT')] as const;
    }),
  );
  const files = contentOf(out);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['plan.svg', 'plan.mmd', 'plan.dot', 'plan-svg.html', join('values', 'values-prod.yaml')]),
  );
  return { ...Object.fromEntries(answers), ...files };
}

describe('the same input gives the same bytes', () => {
  let workspace: string;
  let expected: Readonly<Record<string, string>>;
  const paths = ['orders', 'more'];

  beforeAll(async () => {
    const project = copyOfOrders();
    workspace = join(project, '..');
    cpSync(project, join(workspace, 'kept', 'orders'), { recursive: true });
    cpSync(makeMore(), join(workspace, 'kept', 'more'), { recursive: true });
    workspace = join(workspace, 'kept');
    expected = await outputs(paths, { cwd: workspace });
  });

  it('when run again', async () => {
    expect(await outputs(paths, { cwd: workspace })).toEqual(expected);
  });

  it('in any order of the paths, and when one is given twice', async () => {
    expect(await outputs([...paths].reverse(), { cwd: workspace })).toEqual(expected);
    expect(await outputs([...paths, 'orders', './more/'], { cwd: workspace })).toEqual(expected);
  });

  it('in another locale and time zone, with other settings of the terminal', async () => {
    expect(
      await outputs(paths, {
        cwd: workspace,
        environment: {
          LC_ALL: 'tr_TR.UTF-8',
          LANG: 'tr_TR.UTF-8',
          TZ: 'Pacific/Kiritimati',
          COLUMNS: '40',
          TERM: 'dumb',
          NODE_ENV: 'production',
        },
      }),
    ).toEqual(expected);
    expect(
      await outputs(paths, {
        cwd: workspace,
        environment: {
          LC_ALL: 'C',
          TZ: 'America/St_Johns',
          HOME: '/nonexistent',
          MI_PATTERNS_HELM: (await findTool('helm')).command[0],
        },
      }),
    ).toEqual(expected);
  });

  it('from the same folder by another name, and in a copy whose files were made in another order', async () => {
    const elsewhere = temporaryFolder();
    symlinkSync(workspace, join(elsewhere, 'link'));
    expect(await outputs(paths, { cwd: join(elsewhere, 'link') })).toEqual(expected);
    const copy = join(elsewhere, 'copy');
    mkdirSync(copy);
    for (const name of ['more', 'orders']) {
      for (const [file, content] of Object.entries(contentOf(join(workspace, name))).reverse()) {
        mkdirSync(join(copy, name, content === 'folder' ? file : join(file, '..')), { recursive: true });
        if (content !== 'folder') writeFileSync(join(copy, name, file), Buffer.from(content, 'latin1'));
      }
    }
    expect(await outputs(paths, { cwd: copy })).toEqual(expected);
  });

  it('and values files that name no place of this machine', () => {
    for (const [name, content] of Object.entries(expected)) {
      if (!name.startsWith('values') && name !== 'plan.svg') continue;
      expect(content, name).not.toContain(workspace);
      expect(content, name).not.toContain(repository);
    }
  });
});

/** A second project with names that sort differently by locale: capitals, digits, letters beyond ASCII. */
function makeMore(): string {
  const folder = temporaryFolder();
  const artifacts = join(folder, 'src/main/wso2mi/artifacts');
  for (const name of ['Zulu', 'alpha', 'Éclair', 'ıota', 'I10', 'i9', 'a_b', 'a-b']) {
    mkdirSync(join(artifacts, 'apis'), { recursive: true });
    writeFileSync(
      join(artifacts, 'apis', `${name}.xml`),
      `<api xmlns="http://ws.apache.org/ns/synapse" name="${name}" context="/${encodeURIComponent(name)}"><resource methods="GET"><inSequence><sequence key="${name}Missing"/><respond/></inSequence></resource></api>`,
    );
  }
  writeFileSync(
    join(folder, 'pom.xml'),
    readFileSync(join(orders, 'pom.xml'), 'utf8').replaceAll(basename(orders), 'more'),
  );
  return folder;
}
