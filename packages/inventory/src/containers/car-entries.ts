import type { Source } from '../model/diagnostic.ts';
import { reason } from './contents.ts';
import { decodeText } from './disk.ts';
import { type Context, report, startOf } from './draft.ts';
import { foldersInWords, foldersWithoutEntry } from './folder-entries.ts';
import { type Element, readMarkup } from './markup.ts';
import { type Archive, ArchiveFault } from './zip.ts';

/** An archive that is being read, and where. */
export interface CarReading {
  readonly context: Context;
  readonly archive: Archive;
  /** How paths of the archive's entries start: `orders.car!/`, or `folder/` for an unpacked one. */
  readonly prefix: string;
  /** The archive itself. */
  readonly source: Source;
}

/**
 * Reports what is wrong with the archive file itself. Returns false when there is nothing to read in it. Java's ZipFile
 * refuses the same archives, and MI then logs an error and goes on without the application (CappDeployer.deploy).
 */
export function checkFaults(reading: CarReading): boolean {
  const { context, archive, source, prefix } = reading;
  for (const fault of archive.faults) {
    const subject = fault.entry === undefined ? source.path : prefix + printable(fault.entry);
    const isTwice = fault.code === 'MI-ZIP-DUPLICATE';
    report(context, startOf(fault.entry === undefined ? source.path : subject), {
      code: fault.code,
      message: isTwice ? `${subject} ${fault.message}.` : `${subject} is skipped: ${fault.message}.`,
      hint: hintOf(fault.code),
    });
  }
  if (archive.entries.length === 0 && archive.faults.length === 0) {
    const message = `${source.path} is skipped: it is a ZIP file without entries.`;
    report(context, source, { code: 'MI-ZIP-BROKEN', message, hint: hintOf('MI-ZIP-BROKEN') });
  }
  return archive.entries.length > 0;
}

function hintOf(code: string): string {
  switch (code) {
    case 'MI-ZIP-PATH':
      return 'Do not deploy this archive: MI refuses it, and unpacking it elsewhere can overwrite files.';
    case 'MI-ZIP-LIMIT':
      return 'Check where the archive comes from. If it is genuine, remove what is not an artifact from it.';
    case 'MI-ZIP-ENCRYPTED':
      return 'Build the archive without a password; MI cannot read it.';
    case 'MI-READ-DENIED':
      return 'Make the file readable, or exclude it from the given paths; everything else was read.';
    case 'MI-ZIP-DUPLICATE':
      return 'Build the archive again with one entry for each file.';
    default:
      return 'Build or download the archive again: it is not a complete ZIP file, and MI skips it with an error in its log.';
  }
}

function printable(name: string): string {
  // oxlint-disable-next-line no-control-regex
  return name.replace(/[\u0000-\u001f\u007f]/g, '\uFFFD');
}

/** Reports folders without an entry; MI drops the archive. It does not unpack META-INF/ and dependencies/. */
export function checkDirectoryEntries(reading: CarReading): void {
  const missing = foldersWithoutEntry(reading.archive, (name) => !/^(META-INF|dependencies)\//.test(name));
  if (missing.length === 0) return;
  report(reading.context, reading.source, {
    code: 'MI-CAR-NO-DIRECTORY',
    message: `${reading.source.path} has no entry for ${foldersInWords(missing)} before the files in it; MI cannot unpack it and drops it.`,
    hint: 'Pack it with entries for folders, as the Maven plugin or `zip -r` does (not with `zip -D`).',
  });
}

/** Text of an entry; undefined, and a diagnostic, when it cannot be read. */
export function readEntryText(reading: CarReading, name: string): string | undefined {
  const bytes = readEntryBytes(reading, name, reading.context.limits.textBytes);
  return bytes && decodeText(reading.context, bytes, reading.prefix + name);
}

/** The bytes of an entry; undefined, with a finding, for one that cannot be read or has more than `maximum`. */
export function readEntryBytes(reading: CarReading, name: string, maximum: number): Buffer | undefined {
  try {
    return reading.archive.read(name, maximum);
  } catch (error) {
    const code = error instanceof ArchiveFault ? error.code : 'MI-ZIP-BROKEN';
    const path = reading.prefix + name;
    report(reading.context, startOf(path), {
      code,
      message: `${path} cannot be read: ${reason(error)}.`,
      hint: 'Build the archive again; MI does not deploy it like this.',
    });
    return undefined;
  }
}

/** An entry as a tree; undefined, and a diagnostic, when it cannot be read or is not well formed. */
export function readEntryMarkup(reading: CarReading, name: string): Element | undefined {
  const text = readEntryText(reading, name);
  if (text === undefined) return undefined;
  const document = readMarkup(text, reading.prefix + name);
  if ('root' in document) return document.root;
  reading.context.findings.diagnostics.push(document.problem);
  return undefined;
}
