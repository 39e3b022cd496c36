import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeAtomically, writeGenerated } from './atomic-write.ts';
import { seal, sealState } from './seal.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mi-patterns-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('seal', () => {
  it('notices any change but that of line ends', () => {
    const text = seal('a: 1\nb: 2\n');
    expect(
      [text, text.replace(/\n/g, '\r\n'), text.replace('b: 2', 'b: 3'), `${text}c: 1\n`, 'a: 1\n', ''].map(sealState),
    ).toEqual(['intact', 'intact', 'edited', 'edited', 'foreign', 'foreign']);
  });
});

describe('writeGenerated', () => {
  it('creates, leaves and updates its own files', () => {
    const path = join(folder, 'deep', 'v.yaml');
    const states = [seal('a: 1\n'), seal('a: 1\n'), seal('a: 2\n')].map((text) => writeGenerated(path, text).state);
    expect(states).toEqual(['created', 'unchanged', 'updated']);
    expect(readFileSync(path, 'utf8')).toBe(seal('a: 2\n'));
  });

  it('leaves a file whose line ends git has changed', () => {
    const path = join(folder, 'v.yaml');
    writeFileSync(path, seal('a: 1\n').replaceAll('\n', '\r\n'));
    const states = [true, false].map((dryRun) => writeGenerated(path, seal('a: 1\n'), { dryRun }).state);
    expect(states).toEqual(['unchanged', 'unchanged']);
    expect(writeGenerated(path, seal('a: 2\n')).state).toBe('updated');
  });

  it('refuses to overwrite what a user wrote, unless forced', () => {
    const path = join(folder, 'v.yaml');
    writeFileSync(path, `${seal('a: 1\n')}mine: 1\n`);
    expect(writeGenerated(path, seal('a: 2\n'), { shown: 'v.yaml' })).toMatchObject({
      state: 'refused',
      path: 'v.yaml',
      diagnostic: { code: 'MI-WRITE-EDITED', severity: 'error' },
    });
    expect(readFileSync(path, 'utf8')).toContain('mine: 1');
    writeFileSync(path, 'mine: 1\n');
    expect(writeGenerated(path, seal('a: 2\n'))).toMatchObject({
      state: 'refused',
      diagnostic: { code: 'MI-WRITE-FOREIGN' },
    });
    expect(writeGenerated(path, seal('a: 2\n'), { force: true }).state).toBe('updated');
  });

  it('tells what cannot be written and leaves nothing behind', () => {
    mkdirSync(join(folder, 'v.yaml'));
    expect(writeGenerated(join(folder, 'v.yaml'), seal('a: 1\n'))).toMatchObject({
      state: 'refused',
      diagnostic: { code: 'MI-WRITE-FAILED' },
    });
    expect(readdirSync(folder)).toEqual(['v.yaml']);
  });
});

describe('writeAtomically', () => {
  it('keeps permissions, follows links, and leaves no temporary file', () => {
    const path = join(folder, 'real.yaml');
    writeFileSync(path, 'old');
    chmodSync(path, 0o600);
    symlinkSync(path, join(folder, 'link.yaml'));
    writeAtomically(join(folder, 'link.yaml'), 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'real.yaml']);
  });

  it('follows a link to a file that is not there yet, and refuses one that leads to itself', () => {
    symlinkSync('second.yaml', join(folder, 'first.yaml'));
    symlinkSync('deep/real.yaml', join(folder, 'second.yaml'));
    writeAtomically(join(folder, 'first.yaml'), 'new');
    expect(readFileSync(join(folder, 'deep/real.yaml'), 'utf8')).toBe('new');
    symlinkSync('circle.yaml', join(folder, 'circle.yaml'));
    expect(writeGenerated(join(folder, 'circle.yaml'), seal('a: 1\n'))).toMatchObject({
      diagnostic: { message: expect.stringMatching(/cannot be written: a link in its path leads back to itself\.$/) },
    });
    expect(readdirSync(folder).sort()).toEqual(['circle.yaml', 'deep', 'first.yaml', 'second.yaml']);
  });

  it('puts no file in the place of a device or a pipe', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    symlinkSync('/dev/null', join(folder, 'link'));
    for (const path of [pipe, join(folder, 'link')])
      expect(() => writeAtomically(path, 'x')).toThrow('it is not a regular file');
    expect([statSync(pipe).isFIFO(), statSync('/dev/null').isCharacterDevice()]).toEqual([true, true]);
    expect(readdirSync(folder).sort()).toEqual(['link', 'pipe']);
  });

  it('keeps the old file when the new one cannot take its place', () => {
    mkdirSync(join(folder, 'taken'));
    expect(() => writeAtomically(join(folder, 'taken'), 'x')).toThrow('it is a folder');
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});
