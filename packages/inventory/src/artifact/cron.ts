/**
 * Cron expressions as Quartz 2.3.2 reads them, the scheduler of every MI from 4.2 to 4.6 (`org.quartz.CronExpression`,
 * parsing and `getTimeAfter`), oddities included: what Quartz accepts must not be called a fault.
 */
export type CronReading =
  /** Continues "the cron expression …": why it never fires. */
  | { readonly fault: string }
  /** The last year in which it fires; missing when it goes on for ever. */
  | { readonly lastYear?: number };

interface Field {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  readonly names?: ReadonlyMap<string, number>;
  /** The greatest step after a slash; missing: any. */
  readonly maxStep?: number;
}

const numbered = (names: string): ReadonlyMap<string, number> =>
  new Map(names.split(' ').map((name, position) => [name, position + 1]));

/** Quartz gives up after this year. */
const endOfTime = 2999;

/** After so many years the days of the week stand on the same days again. */
const calendarCycle = 400;

/** Every pod starts in this year or later. A fixed one, so that the same input gives the same findings for ever. */
const firstYear = 2026;

const dayOfMonth: Field = { name: 'day of month', first: 1, last: 31, maxStep: 31 };
const month: Field = {
  name: 'month',
  first: 1,
  last: 12,
  maxStep: 12,
  names: numbered('JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'),
};
const dayOfWeek: Field = {
  name: 'day of week',
  first: 1,
  last: 7,
  maxStep: 7,
  names: numbered('SUN MON TUE WED THU FRI SAT'),
};
const year: Field = { name: 'year', first: 1970, last: endOfTime };
const fields: readonly Field[] = [
  { name: 'second', first: 0, last: 59, maxStep: 59 },
  { name: 'minute', first: 0, last: 59, maxStep: 59 },
  { name: 'hour', first: 0, last: 23, maxStep: 23 },
  dayOfMonth,
  month,
  dayOfWeek,
  year,
];
const fieldsNeeded = 6;

/** What Quartz writes into the set of a field for `*` and `?`; the same numbers, written out, mean the same. */
const every = 99;
const unspecified = 98;

/** What an expression says: the values of each field, and the letters that change their meaning. */
interface Schedule {
  readonly values: ReadonlyMap<Field, Set<number>>;
  everyYear: boolean;
  yearsGoOn: boolean;
  lastOfMonth: boolean;
  daysBeforeLast: number;
  nearestWeekday: boolean;
  lastOfWeek: boolean;
  /** Third Friday and the like; 0 when not said. */
  nth: number;
}

class CronFault extends Error {}

/** Says whether Quartz takes an expression and ever fires it. Never throws. */
export function readCron(expression: string): CronReading {
  try {
    const schedule = parse(expression);
    return firing(schedule);
  } catch (error) {
    if (error instanceof CronFault) return { fault: error.message };
    throw error;
  }
}

function parse(expression: string): Schedule {
  const written = expression
    .toUpperCase()
    .split(/[ \t]+/)
    .filter((text) => text !== '');
  if (written.length === 0) throw new CronFault('is empty');
  const schedule: Schedule = {
    values: new Map(fields.map((field) => [field, new Set<number>()])),
    everyYear: false,
    yearsGoOn: false,
    lastOfMonth: false,
    daysBeforeLast: 0,
    nearestWeekday: false,
    lastOfWeek: false,
    nth: 0,
  };
  if (written.length < fieldsNeeded)
    throw new CronFault(
      `has ${written.length} ${written.length === 1 ? 'field' : 'fields'} of the 6 or 7 that Quartz needs: second, minute, hour, day of month, month, day of week and, optionally, year`,
    );
  for (const [position, field] of fields.entries()) parseField(schedule, field, trimmed(written[position] ?? '*'));
  const [days, weekdays] = [dayOfMonth, dayOfWeek].map((field) => !valuesOf(schedule, field).has(unspecified));
  if (days === true && weekdays === true)
    throw new CronFault('gives both a day of month and a day of week; one of the two must be "?"');
  if (days === false && weekdays === false)
    throw new CronFault('has "?" as both day of month and day of week; only one of the two may be "?"');
  return schedule;
}

/** As `String.trim` of Java. */
function trimmed(text: string): string {
  // oxlint-disable-next-line no-control-regex -- Java trims every character up to the space
  return text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '');
}

function parseField(schedule: Schedule, field: Field, text: string): void {
  const refuse = (why: string): never => {
    throw new CronFault(`has "${text}" as ${field.name}, ${why}`);
  };
  const severalWithL = text.includes('L') && text.includes(',');
  if (severalWithL && (field === dayOfMonth || field === dayOfWeek)) refuse('and "L" is not allowed in a list');
  if (field === dayOfWeek && text.split('#').length > 2) refuse('and only one "#" is allowed there');
  for (const part of text.split(',')) if (part !== '') parsePart({ schedule, field, refuse }, part);
}

interface Part {
  readonly schedule: Schedule;
  readonly field: Field;
  readonly refuse: (why: string) => never;
}

/** One element of a list. Quartz reads on from its start and does not look at what is left over. */
function parsePart(at: Part, part: string): void {
  const { field, refuse } = at;
  const start = part.charAt(0);
  if (/[A-Z]/.test(start) && !/^L(?:W|-\d*W?)?$/.test(part)) return parseName(at, part);
  if (start === '?') {
    if (part.length > 2) refuse('and nothing may follow "?"');
    if (field !== dayOfMonth && field !== dayOfWeek) refuse('but "?" is allowed only for a day');
    return addValues(at, unspecified, {});
  }
  if (start === '*' || start === '/') return parseEvery(at, part);
  if (start === 'L') return parseLast(at, part);
  const number = /^\d+/.exec(part)?.[0];
  if (number === undefined) return refuse('which Quartz cannot read');
  return parseNumber(at, integer(at, number), part.slice(number.length));
}

function parseName(at: Part, part: string): void {
  const { schedule, field, refuse } = at;
  const number = (name: string): number =>
    field.names?.get(name) ??
    refuse(field.names === undefined ? 'where letters are not allowed' : `and "${name}" is not one of its names`);
  const first = number(part.slice(0, 3));
  const next = part.charAt(3);
  if (next === '-') return addValues(at, first, { to: number(part.slice(4, 7)), step: 1 });
  if (field === dayOfWeek && next === '#') schedule.nth = nthOf(at, part.slice(4));
  if (field === dayOfWeek && next === 'L') schedule.lastOfWeek = true;
  addValues(at, first, {});
}

/** `*`, with or without a step, and a step alone. */
function parseEvery(at: Part, part: string): void {
  const rest = part.startsWith('*') ? part.slice(1) : part;
  if (rest === '') return addValues(at, every, {});
  if (!rest.startsWith('/')) return addValues(at, every, { step: 1 });
  return addValues(at, every, { step: stepOf(at, rest.slice(1), /^[+-]?\d+$/) });
}

/** `L`, `LW`, `L-3` and `L-3W` as day of month; as day of week, `L` is Saturday. Elsewhere Quartz passes over it. */
function parseLast(at: Part, part: string): void {
  const { schedule, field, refuse } = at;
  if (field === dayOfWeek) addValues(at, dayOfWeek.last, {});
  if (field !== dayOfMonth) return;
  schedule.lastOfMonth = true;
  if (part.startsWith('L-')) {
    if (part === 'L-') refuse('and a number must follow "L-"');
    schedule.daysBeforeLast = integer(at, `0${part.slice(2).replace('W', '')}`);
    if (schedule.daysBeforeLast > 30) refuse('and at most 30 may follow "L-"');
  }
  if (part.endsWith('W')) schedule.nearestWeekday = true;
}

/** A number and what follows it: a range, a step, `L`, `W` or `#`. */
function parseNumber(at: Part, value: number, rest: string): void {
  const { schedule, field, refuse } = at;
  switch (rest.charAt(0)) {
    case 'L':
      if (field !== dayOfWeek) refuse('but "L" may follow only a day of week');
      if (value < 1 || value > 7) refuse(between(field));
      schedule.lastOfWeek = true;
      valuesOf(schedule, field).add(value);
      return;
    case 'W':
      if (field !== dayOfMonth) refuse('but "W" may follow only a day of month');
      if (value > 31) refuse(between(field));
      schedule.nearestWeekday = true;
      valuesOf(schedule, field).add(value);
      return;
    case '#':
      if (field !== dayOfWeek) refuse('but "#" may follow only a day of week');
      schedule.nth = nthOf(at, rest.slice(1));
      valuesOf(schedule, field).add(value);
      return;
    case '-': {
      const range = /^-(\d+)(?:\/(.*))?/s.exec(rest);
      if (range === null) return refuse('and a number must follow "-"');
      const step = range[2] === undefined ? 1 : (/^\d+/.exec(range[2])?.[0] ?? refuse('and a number must follow "/"'));
      return addValues(at, value, { to: integer(at, range[1] ?? ''), step: integer(at, String(step)) });
    }
    case '/':
      return addValues(at, value, { step: stepOf(at, rest.slice(1), /^(?:\d$|\d\d)/) });
    default:
      return addValues(at, value, {});
  }
}

function stepOf(at: Part, text: string, form: RegExp): number {
  const { field, refuse } = at;
  if (!form.test(text)) refuse('and a number must follow "/"');
  const step = integer(at, /^[+-]?\d+/.exec(text)?.[0] ?? '');
  if (field.maxStep !== undefined && step > field.maxStep) refuse(`and at most ${field.maxStep} may follow "/"`);
  return step;
}

function nthOf({ refuse }: Part, text: string): number {
  return /^\+?0*[1-5]$/.test(text) ? Number(text) : refuse('and a number from 1 to 5 must follow "#"');
}

/** As `Integer.parseInt` of Java, which knows 32 bits. */
function integer({ refuse }: Part, digits: string): number {
  const value = Number(digits);
  return value > 2 ** 31 - 1 || value < -(2 ** 31) ? refuse('which is too large a number') : value;
}

function between({ first, last }: Field): string {
  return `where only ${first} to ${last} are allowed`;
}

function valuesOf(schedule: Schedule, field: Field): Set<number> {
  return schedule.values.get(field) ?? new Set();
}

/** What is added to a field: one value, or those from it on. */
interface Added {
  readonly value: number;
  readonly to: number | undefined;
  /** 0 for one value. */
  readonly step: number;
}

/** `addToSet` of Quartz. Without a step, or with 0, one value. */
function addValues(at: Part, value: number, { to, step = 0 }: { readonly to?: number; readonly step?: number }): void {
  const { schedule, field } = at;
  const added = { value, to, step };
  checkBounds(at, added);
  const set = valuesOf(schedule, field);
  if (step === 0 && value !== every) set.add(value);
  // A thousand values for each expression would take most of the time of a scan.
  else if (field === year && value === every && step <= 1 && to === undefined) schedule.everyYear = true;
  else {
    if (value === every && step <= 0) set.add(every);
    addRange(set, at, added);
  }
}

function checkBounds({ field, refuse }: Part, { value, to }: Added): void {
  const isNoDay = value === unspecified && (field === dayOfMonth || field === dayOfWeek);
  if (field === year || value === every || isNoDay) return;
  const isOutside = value < field.first || value > field.last;
  if (isOutside || (to !== undefined && to > field.last)) refuse(between(field));
}

/** Adds every so many values, over the end of the field where the range ends before it starts. */
function addRange(set: Set<number>, at: Part, { value, to, step }: Added): void {
  const { field } = at;
  const from = value === every ? field.first : value;
  const until = field === year ? lastYearOf(at, from, { to, step }) : (to ?? field.last);
  const size = field.last - field.first + 1;
  const wraps = until < from;
  for (let next = from; next <= (wraps ? until + size : until); next += Math.max(1, step)) {
    const wrapped = wraps ? next % size : next;
    set.add(wraps && wrapped === 0 && field.first === 1 ? size : wrapped);
  }
}

/** The last year of a range, of those that are looked at; notes whether it goes on behind them. */
function lastYearOf({ schedule, field, refuse }: Part, from: number, { to, step }: Omit<Added, 'value'>): number {
  const until = to ?? field.last;
  if (until < from) refuse('which ends before it starts');
  schedule.yearsGoOn ||= to === undefined && from + Math.max(1, step) <= endOfTime;
  return Math.min(until, endOfTime);
}

/** Whether and how long a schedule fires. That of the time of day and of the months any will do. */
function firing(schedule: Schedule): CronReading {
  const without = fields.find(
    (field) =>
      field !== year && valuesOf(schedule, field).size === 0 && !(field === dayOfMonth && schedule.lastOfMonth),
  );
  if (without !== undefined) return { fault: `has no ${without.name}` };
  const months = [...valuesOf(schedule, month)].filter((one) => one <= month.last);
  const firesIn = (one: number): boolean => months.some((its) => hasDay(schedule, one, its));
  const isDayless = { fault: 'never fires: no month that it names has such a day' };
  if (schedule.everyYear) {
    for (let one = firstYear; one < firstYear + calendarCycle; one++) if (firesIn(one)) return {};
    return isDayless;
  }
  const years = [...valuesOf(schedule, year)].filter((one) => one >= firstYear && one <= endOfTime);
  if (years.length === 0) return { fault: `never fires: it names no year from ${firstYear} onward` };
  const last = years.toSorted((one, other) => one - other).findLast(firesIn);
  if (last === undefined) return isDayless;
  return schedule.yearsGoOn ? {} : { lastYear: last };
}

/** Whether a month of a year has a day on which the schedule fires. */
function hasDay(schedule: Schedule, itsYear: number, itsMonth: number): boolean {
  const length = new Date(Date.UTC(itsYear, itsMonth, 0)).getUTCDate();
  const days = valuesOf(schedule, dayOfMonth);
  if (days.has(unspecified)) {
    if (schedule.lastOfWeek || schedule.nth === 0) return true;
    const wanted = Math.min(...valuesOf(schedule, dayOfWeek));
    const earliest = 1 + ((wanted - weekday(itsYear, itsMonth, 1) + 7) % 7);
    return wanted <= dayOfWeek.last && earliest + 7 * (schedule.nth - 1) <= length;
  }
  if (schedule.lastOfMonth) return length - schedule.daysBeforeLast >= 1;
  const first = Math.min(...days);
  if (!schedule.nearestWeekday) return first <= length;
  // Of several days Quartz takes the first, and also when it is the day after the month.
  const isSaturday = weekday(itsYear, itsMonth, first) === saturday;
  return first >= 1 && first - (isSaturday && first > 1 ? 1 : 0) <= length;
}

const saturday = 7;

function weekday(itsYear: number, itsMonth: number, day: number): number {
  return new Date(Date.UTC(itsYear, itsMonth - 1, day)).getUTCDay() + 1;
}
