import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { car } from '../runtime/car.ts';
import { entryNames, readEntry } from '../support/archives.ts';
import { command, deployedBy, type Packaged, type PlannedWorkload } from './package.ts';

const tools = ['python3'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const work = mkdtempSync(join(tmpdir(), 'mi-unusual-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const task = (name: string): string =>
  `<task xmlns="http://ws.apache.org/ns/synapse" name="${name}" group="synapse.simple.quartz" class="org.apache.synapse.startup.tasks.MessageInjector"><trigger interval="60"/><property name="injectTo" value="sequence"/><property name="sequenceName" value="S"/><property name="message"><m xmlns=""/></property></task>`;
const parts = [{ name: 'S' }, { name: 'T', type: 'synapse/task', content: task('T') }] as const;
const descriptor =
  '<project><id>g__outer__1.0.0</id><versionedDeployment>false</versionedDeployment><fatCarEnabled>true</fatCarEnabled><dependencies><dependency groupId="g" artifactId="inner" version="1.0.0" type="car"/></dependencies></project>';

async function packaged(
  name: string,
  bytes: Buffer,
  ...flags: string[]
): Promise<{ readonly packaged: Packaged; readonly workloads: readonly PlannedWorkload[]; readonly out: string }> {
  const input = join(work, `${name}.car`);
  const out = join(work, `${name}-out`);
  writeFileSync(input, bytes);
  const { exitCode, document } = await command<Omit<Packaged, 'exitCode'>>(
    work,
    'package',
    input,
    '--out',
    out,
    ...flags,
  );
  const { document: planned } = await command<{ readonly workloads?: readonly PlannedWorkload[] }>(work, 'plan', input);
  return { packaged: { ...document, exitCode }, workloads: planned.workloads ?? [], out };
}

/** Packs the same files again in a form that other tools write, with Python's zipfile. */
function repacked(bytes: Buffer, form: string): Buffer {
  const [from, to] = [join(work, 'from.zip'), join(work, 'to.zip')];
  writeFileSync(from, bytes);
  const script = `
import io, sys, zipfile
class Pipe(io.RawIOBase):
    def __init__(self, file): self.file = file
    def writable(self): return True
    def write(self, data): self.file.write(data); return len(data)
source = zipfile.ZipFile(sys.argv[1])
file = open(sys.argv[2], 'wb')
form = sys.argv[3]
target = zipfile.ZipFile(Pipe(file) if form == 'data-descriptor' else file, 'w', zipfile.ZIP_DEFLATED)
for entry in source.infolist():
    if form == 'zip64' and not entry.is_dir():
        with target.open(zipfile.ZipInfo(entry.filename), 'w', force_zip64=True) as out: out.write(source.read(entry))
    else: target.writestr(entry.filename, source.read(entry))
if form == 'link':
    link = zipfile.ZipInfo('S_1.0.0/link'); link.create_system = 3; link.external_attr = 0o120777 << 16
    target.writestr(link, '/etc/passwd')
if form == 'outside': target.writestr('../../outside.txt', 'x')
target.comment = b'a comment at the end' if form == 'comment' else b''
target.close(); file.close()
`;
  const { status, stderr } = spawnSync('python3', ['-c', script, from, to, form], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return readFileSync(to);
}

describe.skipIf(tools.length > 0)(
  `archives that other tools write${tools.length > 0 ? ` (skipped without ${tools.join(', ')})` : ''}`,
  () => {
    test.each(['data-descriptor', 'zip64', 'link', 'comment'])(
      '%s: nothing is lost, the task is delivered once',
      async (form) => {
        const { packaged: answer, workloads, out } = await packaged(form, repacked(await car(form, parts), form));
        expect(answer.exitCode).toBe(0);
        const deployed = deployedBy(out, 'roles', workloads);
        expect(
          [...deployed.values()]
            .flat()
            .map(({ id }) => id)
            .filter((id) => id.startsWith('task/')),
        ).toEqual(['task/T']);
        for (const [, list] of deployed) expect(list.map(({ id }) => id)).toContain('sequence/S');
        expect(entryNames(join(out, 'image', 'carbonapps', `${form}.car`))).not.toEqual([]);
      },
    );

    test('names with spaces, capitals and letters of other scripts', async () => {
      const {
        packaged: answer,
        workloads,
        out,
      } = await packaged(
        'Große Änderung',
        await car('Große Änderung', [
          { name: 'S' },
          { name: 'Täglich um 6', type: 'synapse/task', content: task('Täglich um 6') },
        ]),
      );
      expect(answer.exitCode).toBe(0);
      expect(
        [...deployedBy(out, 'roles', workloads).values()]
          .flat()
          .map(({ id }) => id)
          .filter((id) => id.startsWith('task/')),
      ).toEqual(['task/Täglich um 6']);
    });

    test.each<[string, () => Promise<Buffer>, string, number?]>([
      [
        'an entry outside of the archive',
        () => car('outside', parts).then((bytes) => repacked(bytes, 'outside')),
        'MI-ZIP-PATH',
      ],
      ['an empty file', () => car('empty', [...parts, { name: 'E', content: '' }]), 'MI-XML-MALFORMED'],
      [
        'half an archive',
        () => car('half', parts).then((bytes) => bytes.subarray(0, bytes.length / 2)),
        'MI-ZIP-BROKEN',
        2,
      ],
      ['a task listed twice', () => car('twice', [...parts, { name: 'T', folder: 'again' }]), 'MI-CAR-SAME-NAME'],
    ])('%s is refused, and nothing is written', async (name, bytes, code, exitCode = 1) => {
      const { packaged: answer, out } = await packaged(name.replaceAll(' ', '-'), await bytes());
      expect(answer.exitCode).toBe(exitCode);
      expect(answer.diagnostics.map((found) => found.code)).toContain(code);
      expect(existsSync(out)).toBe(false);
    });

    test('a fat archive keeps its descriptor and gives roles to what is inside; a version that leaves that out is refused', async () => {
      const inner = await car('inner', [{ name: 'I', type: 'synapse/task', content: task('I') }]);
      const bytes = await car('outer', parts, { descriptor, nested: { 'inner.car': inner } });
      const { packaged: answer, workloads, out } = await packaged('fat', bytes, '--runtime', '4.6.0');
      expect(answer.exitCode).toBe(0);
      expect(
        [...deployedBy(out, 'roles', workloads).values()]
          .flat()
          .map(({ id }) => id)
          .filter((id) => id.startsWith('task/'))
          .toSorted(),
      ).toEqual(['task/I', 'task/T']);
      expect(readEntry(join(out, 'image/carbonapps/fat.car'), 'descriptor.xml')).toBe(descriptor);
      const old = await packaged('fat-old', bytes, '--runtime', '4.3.0');
      expect(
        old.packaged.diagnostics
          .filter(({ severity }) => severity === 'error')
          .map(({ code, message }) => `${code} ${message}`),
      ).toEqual([
        expect.stringMatching(
          /^MI-PKG-FAT MI 4\.3\.0 does not deploy the archives inside .*fat-old\.car: inner_1\.0\.0\.$/,
        ),
      ]);
    });
  },
);
