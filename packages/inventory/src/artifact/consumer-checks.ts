import { ownValue } from '../text/own-value.ts';
import { attribute, attributeValue, type XmlNode } from '../xml/tree.ts';
import { faultOfPattern } from './expressions.ts';
import { checkStores, checkStoresOfMqtt } from './key-store-checks.ts';
import {
  brokers,
  checkBlanks,
  checkParameterNames,
  findIn,
  type FindParameter,
  isKept,
  missing,
  polling,
} from './parameter-checks.ts';
import { type Reading, report, synapseNamespace } from './reading.ts';
import {
  type Check,
  checkAll,
  holds,
  isInteger,
  lacks,
  namesClass,
  needs,
  ownChild,
  ownChildren,
  type Refusal,
  short,
} from './refused.ts';
import { isDynamic } from './values.ts';

/** Parameters that MI takes for a number as they stand, blanks included, and whether they must be there. */
interface NumberParameter {
  readonly name: string;
  readonly required: boolean;
  /** Without a text, it counts as missing. */
  readonly mayBeEmpty?: true;
  /** The numbers that it may be, where MI does not take every one. */
  readonly range?: readonly [least: number, most: number];
}

const ports = [0, 65_535] as const;
const port: NumberParameter = { name: 'inbound.http.port', required: true, range: ports };
const socket: NumberParameter = { name: 'inbound.ws.port', required: true, range: ports };
const either: NumberParameter = { name: 'port', required: true, range: ports };
/** `InboundWebsocketListener`: to nobody else, to all of the path, or to all others. */
const broadcast: NumberParameter = {
  name: 'ws.client.side.broadcast.level',
  required: false,
  range: [0, 2],
  mayBeEmpty: true,
};
const interval: NumberParameter = { name: 'interval', required: false };

/**
 * By protocol: `InboundHttpListener`, `InboundWebsocketListener`, `InboundHttpWebsocketListener`, `VFSProcessor`,
 * `JMSProcessor`, `KAFKAProcessor` and `MqttConnectionFactory` of wso2/product-integrator-mi.
 */
const numbers: Readonly<Record<string, readonly NumberParameter[]>> = {
  http: [port],
  https: [port],
  ws: [socket, broadcast],
  wss: [socket, broadcast],
  httpws: [either],
  httpswss: [either],
  file: [{ ...interval, required: true }],
  jms: [
    interval,
    { name: 'concurrent.consumers', required: false },
    { name: 'transport.jms.CacheLevel', required: false, mayBeEmpty: true },
    { name: 'transport.jms.RetriesBeforeSuspension', required: false },
  ],
  kafka: [interval],
  mqtt: [
    { name: 'mqtt.server.port', required: true, range: [1, 65_534] },
    { name: 'mqtt.subscription.qos', required: false },
  ],
};

/** Parameters that an inbound endpoint cannot be without, of those that are no numbers. */
const texts: Readonly<Record<string, readonly string[]>> = {
  mqtt: ['mqtt.server.host.name', 'mqtt.topic.name'],
  file: ['transport.vfs.FileURI'],
  wss: ['wss.ssl.key.store.file', 'wss.ssl.key.store.pass'],
  httpswss: ['keystore'],
};

/** An inbound endpoint with a protocol, as its checks see it. */
interface Inbound {
  readonly reading: Reading;
  readonly root: XmlNode;
  readonly name: string;
  readonly protocol: string;
  readonly subject: string;
  /** Where a parameter is missing. */
  readonly group: XmlNode;
  readonly parameters: readonly XmlNode[];
  readonly find: FindParameter;
}

/**
 * What MI refuses in the parameters of an inbound endpoint. One that is suspended is not started, so MI 4.3.0 takes it
 * as it is (`InboundEndpoint.init`).
 */
export function checkInbound(reading: Reading, root: XmlNode, name: string): void {
  const protocol = attributeValue(root, 'protocol');
  if (root.namespace !== synapseNamespace || attributeValue(root, 'suspend')?.toLowerCase() === 'true') return;
  const group = ownChild(root, 'parameters');
  const parameters = group === undefined ? [] : ownChildren(group, 'parameter');
  const subject = `The inbound endpoint "${name}"`;
  if (group !== undefined) checkParameterNames(reading, group, subject);
  const find = findIn(parameters);
  if (protocol === undefined) return checkClass(reading, root, find, subject);
  const inbound = { reading, root, name, protocol, subject, group: group ?? root, parameters, find };
  checkNeeded(inbound);
  checkNumbers(inbound);
  if (sequenced.has(protocol)) checkSequence(inbound);
  ownValue(ofProtocol, protocol)?.(inbound);
}

function checkNeeded({ reading, protocol, subject, group, find }: Inbound): void {
  const required = (ownValue(numbers, protocol) ?? []).filter((number) => number.required);
  for (const name of [...(ownValue(texts, protocol) ?? []), ...required.map((number) => number.name)])
    if (find(name) === undefined) checkAll(reading, group, subject, [missing(name)]);
}

function checkNumbers({ reading, protocol, subject, parameters, find }: Inbound): void {
  const own = ownValue(numbers, protocol) ?? [];
  for (const number of own) {
    const node = find(number.name);
    if (node !== undefined) checkAll(reading, node, subject, [isNumber(number)]);
  }
  if (sequenced.has(protocol)) checkBlanks(reading, parameters, subject, [...own, ...mayHaveBlanks]);
}

function checkSequence({ reading, root, subject }: Inbound): void {
  if ((attributeValue(root, 'sequence') ?? '').trim() !== '') return;
  report(reading, root.offset, {
    code: 'MI-ARTIFACT-INCOMPLETE',
    message: `${subject} has no attribute "sequence"; Micro Integrator takes its messages and handles none of them.`,
    hint: 'Add the attribute "sequence", with the sequence that handles the messages.',
  });
}

/** What else is looked at, by protocol. */
const ofProtocol: Readonly<Record<string, (inbound: Inbound) => void>> = {
  file: (inbound) => {
    checkPause(inbound);
    checkFolder(inbound);
    checkFiles(inbound.reading, inbound.find, inbound.subject, 'inbound');
    checkName(inbound);
  },
  jms: (inbound) => {
    checkName(inbound);
    checkConsumers(inbound);
  },
  mqtt: ({ reading, subject, group, find }) => checkStoresOfMqtt(reading, find, subject, group),
  rabbitmq: ({ reading, root, subject, group, find }) => {
    checkAll(reading, root, subject, [needs('sequence', 'filled')]);
    checkAll(reading, group, subject, [() => brokers(find('rabbitmq.server.host.name'), find('rabbitmq.server.port'))]);
  },
  http: checkFilter,
  https: (inbound) => {
    checkFilter(inbound);
    checkStores(inbound.reading, inbound.find, inbound.subject);
  },
};

/** `JMSProcessor` refuses none, and starts none for a number below that (seen on MI 4.3.0). */
function checkConsumers({ reading, subject, find }: Inbound): void {
  const node = find('concurrent.consumers');
  if (node === undefined || isKept(node) || !isInteger(node.text) || Number(node.text) > 0) return;
  const what = `has the concurrent.consumers ${node.text}`;
  const hint = 'Write 1, or remove the parameter.';
  if (Number(node.text) === 0) checkAll(reading, node, subject, [() => holds(what, hint)]);
  else
    report(reading, node.offset, {
      code: 'MI-ARTIFACT-VALUE',
      severity: 'warning',
      message: `${subject} ${what}; Micro Integrator deploys it, but it takes no message.`,
      hint,
    });
}

/** `InboundTask` sleeps for what is left of the interval; seen on MI 4.3.0: with 0, 30,000 polls a second. */
function checkPause({ reading, subject, find }: Inbound): void {
  const node = find('interval');
  if (node === undefined || isKept(node) || !/^[+-]?\d{1,18}$/.test(node.text) || Number(node.text) > 0) return;
  report(reading, node.offset, polling(subject, node.text));
}

/** Seen on MI 4.3.0: the task that polls is written to a file with its name. */
function checkName({ reading, root, name, find }: Inbound): void {
  if (!name.includes('/') || find('coordination')?.text.trim().toLowerCase() === 'false') return;
  report(reading, attribute(root, 'name')?.offset ?? root.offset, {
    code: 'MI-TASK-TRIGGER',
    severity: 'warning',
    message: `The name of the inbound endpoint "${name}" has a "/"; Micro Integrator deploys it, but it never polls.`,
    hint: 'Rename it: MI writes a file with its name.',
  });
}

/** The pattern of the paths that an HTTP inbound endpoint dispatches to APIs and proxies. */
function checkFilter({ reading, subject, find }: Inbound): void {
  const filter = find('dispatch.filter.pattern');
  if (filter !== undefined) checkAll(reading, filter, subject, [filters]);
}

/**
 * Protocols whose messages go to the sequence and nowhere else: without one, a file is deleted unread
 * (FileInjectHandler, seen on MI 4.3.0; likewise the handlers of the others in wso2/product-integrator-mi). That of
 * RabbitMQ refuses the inbound endpoint.
 */
const sequenced: ReadonlySet<string> = new Set(['file', 'jms', 'kafka', 'mqtt']);

/** Parameters in which blanks do no harm: one is a part of the name of a file then. */
const mayHaveBlanks = [
  'transport.vfs.MoveTimestampFormat',
  'transport.vfs.ContentType',
  'transport.jms.ContentType',
].map((name) => ({ name }));

/** Letters that `SimpleDateFormat` knows; others stand in quotes. */
const dateLetters = /^[GyYMLwWDdFEuaHkKhmsSzZX]$/;

/** The first letter of a date format that Java does not know. */
function unknownLetter(format: string): string | undefined {
  return [...format.replaceAll(/'[^']*'/g, '')].find((sign) => /[a-zA-Z]/.test(sign) && !dateLetters.test(sign));
}

/** A folder of which nothing is written: MI refuses an empty text, and polls nothing by blanks (seen on MI 4.3.0). */
function checkFolder({ reading, subject, find }: Inbound): void {
  const folder = find('transport.vfs.FileURI');
  if (folder === undefined || folder.text !== '' || folder.children.length > 0 || isKept(folder)) return;
  const hint = 'Write the folder that it polls.';
  const isEmpty = /^<[^<>]*(?:\/>|><)/.test(reading.text.slice(folder.offset, folder.offset + 300));
  if (isEmpty) checkAll(reading, folder, subject, [() => lacks('has an empty transport.vfs.FileURI', hint)]);
  else
    report(reading, folder.offset, {
      code: 'MI-ARTIFACT-INCOMPLETE',
      severity: 'warning',
      message: `${subject} has nothing but blanks in transport.vfs.FileURI; Micro Integrator deploys it, but it takes no file.`,
      hint,
    });
}

/** A proxy service by files is not loaded by its listener when one of these is no number (`PollTableEntry`). */
const numbersOfFiles = [
  'transport.vfs.MaxRetryCount',
  'transport.vfs.ReconnectTimeout',
  'transport.vfs.FailedRecordNextRetryDuration',
];

/**
 * Without a pattern a proxy service takes the file that its URI names, but none of a folder, and logs nothing
 * (`VFSTransportListener` of wso2/wso2-synapse; seen on MI 4.3.0). An inbound endpoint takes them all.
 */
function checkPattern(reading: Reading, find: FindParameter, subject: string): void {
  const folder = find('transport.vfs.FileURI');
  const written = folder?.text.trim() ?? '';
  if (
    folder === undefined ||
    written === '' ||
    isDynamic(written) ||
    find('transport.vfs.FileNamePattern') !== undefined
  )
    return;
  const name = written.replace(/\?.*$/s, '').split('/').at(-1) ?? '';
  if (name.includes('.')) return;
  report(reading, folder.offset, {
    code: 'MI-ARTIFACT-INCOMPLETE',
    severity: 'warning',
    message: `${subject} has no parameter "transport.vfs.FileNamePattern"; Micro Integrator deploys it, but it takes no file of a folder.`,
    hint: 'Add the parameter, with .* for all files.',
  });
}

const unmoved = 'it cannot move its files';

/**
 * Patterns of a consumer of files that are looked at when it takes a file: FilePollingConsumer of
 * wso2/product-integrator-mi, which reads the format of the date to move a file, and PollTableEntry of
 * wso2/wso2-synapse, which reads it at once (seen on MI 4.3.0).
 */
export function checkFiles(
  reading: Reading,
  find: FindParameter,
  subject: string,
  consumer: 'inbound' | 'proxy',
): void {
  const tell = (name: string, faultOf: (text: string) => string | undefined, outcome: string, hint: string): void => {
    const node = find(name);
    const written = node?.text.trim() ?? '';
    const fault = node === undefined || isKept(node) || isDynamic(written) ? undefined : faultOf(written);
    if (node !== undefined && fault !== undefined)
      report(reading, node.offset, {
        code: 'MI-ARTIFACT-VALUE',
        // The file stays with its lock: once that is released, it is handled again.
        severity: outcome === unmoved ? 'error' : 'warning',
        message: `${subject} has the ${name} "${short(written)}", ${fault}; Micro Integrator deploys it, but ${outcome}.`,
        hint,
      });
  };
  tell(
    'transport.vfs.FileNamePattern',
    (text) => {
      const fault = faultOfPattern(text);
      return fault === undefined ? undefined : `which is not a valid regular expression: ${fault}`;
    },
    'it takes no file',
    'Write a regular expression for the whole name, such as .*\\.xml for all that end in ".xml".',
  );
  if (consumer === 'proxy') {
    for (const name of numbersOfFiles)
      tell(
        name,
        (text) => (isInteger(text) ? undefined : 'which is not a whole number'),
        'it takes no file',
        'Write digits only.',
      );
    tell(
      'transport.PollInterval',
      (text) => (text === '' || /^\+?\d+(?:ms)?$/.test(text) ? undefined : 'which is not a whole number of seconds'),
      'it polls only every five minutes',
      'Write seconds in digits only, or milliseconds as in 500ms.',
    );
    checkPattern(reading, find, subject);
  }
  const moves = ['Process', 'Failure'].some((when) => find(`transport.vfs.ActionAfter${when}`)?.text === 'MOVE');
  if (consumer === 'inbound' && !moves) return;
  tell(
    'transport.vfs.MoveTimestampFormat',
    (text) => {
      const letter = unknownLetter(text);
      return letter === undefined ? undefined : `in which Java does not know "${letter}"`;
    },
    consumer === 'inbound' ? unmoved : 'it takes no file',
    "Write letters that are no part of the date in quotes, as in yyyyMMdd'T'HHmmss.",
  );
}

/**
 * `GenericProcessor` of wso2/product-integrator-mi, which polls with any class that neither listens nor waits for
 * events: the interval is a number, and until MI 4.4 it must be there (seen on MI 4.3.0).
 */
function checkClass(reading: Reading, root: XmlNode, find: FindParameter, subject: string): void {
  checkAll(reading, root, subject, [namesClass]);
  const behavior = find('inbound.behavior')?.text;
  if (attributeValue(root, 'class') === undefined || behavior === 'listening' || behavior === 'eventBased') return;
  const pace = find('interval');
  if (pace !== undefined) checkAll(reading, pace, subject, [isNumber(interval)]);
  else if (find('cronExpression') === undefined)
    report(reading, root.offset, {
      code: 'MI-ARTIFACT-INCOMPLETE',
      severity: 'warning',
      message: `${subject} polls and has no parameter "interval"; Micro Integrator before 4.5 refuses it and ${reading.afterwards}.`,
      hint: 'Add the parameter "interval" in milliseconds. If the class waits for events or listens, write inbound.behavior with eventBased or listening.',
    });
}

function filters(node: XmlNode): Refusal | undefined {
  const written = node.text.trim();
  const fault = isKept(node) || isDynamic(written) ? undefined : faultOfPattern(written);
  return fault === undefined
    ? undefined
    : holds(
        `has the dispatch.filter.pattern "${short(written)}", which is not a valid regular expression: ${fault}`,
        'Correct the regular expression.',
      );
}

function isNumber({ name, mayBeEmpty, range }: NumberParameter): Check {
  return (node) => {
    const { text } = node;
    if (isKept(node) || isDynamic(text.trim()) || (mayBeEmpty && text === '')) return undefined;
    const isWhole =
      node.children.length === 0 && (name === 'interval' ? /^[+-]?\d{1,18}$/.test(text) : isInteger(text));
    if (!isWhole)
      return holds(
        `has the ${name} "${short(text)}", which is not a whole number`,
        'Write digits only, without blanks or line ends.',
      );
    if (range === undefined || (Number(text) >= range[0] && Number(text) <= range[1])) return undefined;
    return holds(`has the ${name} ${short(text)}`, `Write a number from ${range[0]} to ${range[1]}.`);
  };
}
