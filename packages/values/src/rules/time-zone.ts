import { valueAt, type Values } from '../mapping/merge.ts';
import { nearest } from '../schema/nearest.ts';
import type { Finding } from './finding.ts';

const path = ['runtime', 'timezone'];

/** `CET-1CEST`, `GMT+2`: a zone by its offset, which needs no name that anyone knows. */
const byOffset = /^<?[-+A-Za-z0-9]{3,}>?[-+]?\d{1,2}(?::\d\d){0,2}(?:[A-Za-z]{3,}.*)?$/;

/** An offset as people write it. For POSIX, `UTC+2` is two hours west of UTC; Java's own `GMT+2` is two hours east. */
const fromUtc = /^UTC([-+](?!00?(?::00)?$)\d{1,2}(?::\d\d)?)$/i;

/**
 * A time zone that Java does not know. It takes UTC instead and says nothing, so that tasks fire hours off
 * (TimeZone.setDefaultZone of OpenJDK 17 and 21; seen with `TZ=Europe/Belin`). Upper and lower case count there. And
 * one whose sign it reads the other way round (seen with `TZ=UTC+2`, which becomes GMT-02:00).
 */
export function timeZoneRules(values: Values): readonly Finding[] {
  const given = valueAt(values, path);
  if (typeof given !== 'string' || given === '' || given === 'UTC' || given.includes('{{')) return [];
  const name = given.replace(/^:/, '');
  const offset = fromUtc.exec(name)?.[1];
  if (offset !== undefined)
    return [
      {
        code: 'MI-VALUES-TIME-ZONE',
        path,
        message: `Java takes \`${given}\` for the other side of UTC, as POSIX does, so cron triggers may fire hours early or late.`,
        hint: `Write \`GMT${offset}\`, or better the name of a place such as \`Europe/Berlin\`, which follows summer time.`,
      },
    ];
  const known = knownAs(name);
  if (known === name || (known !== undefined && known.toLowerCase() !== name.toLowerCase()) || byOffset.test(name))
    return [];
  const meant = known ?? nearest(name, Intl.supportedValuesOf('timeZone'));
  return [
    {
      code: 'MI-VALUES-TIME-ZONE',
      path,
      message: `Java does not know the time zone \`${given}\` and uses UTC instead, so cron triggers may fire hours early or late.`,
      ...(meant === undefined ? {} : { hint: `Did you mean \`${meant}\`?` }),
    },
  ];
}

/** The zone that a name leads to, by its first name; undefined for none. Upper and lower case do not count. */
function knownAs(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
