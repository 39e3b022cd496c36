import { beforePass } from '@mi-patterns/inventory';

/**
 * What is a secret in plain text. The chart warns by the same expressions (`_plain-secrets.tpl` is made from them), so
 * they hold only what JavaScript and Go's RE2 read alike, which has no lookaround.
 */
interface Expression {
  readonly flags: string;
  readonly source: string;
}

const password = 'pass(?:word|wd|phrase)|pwd';

const keys = '(?:api|access|account|private|secret|subscription)[ ._-]?key';

/** How the names of secrets end. `token_endpoint`, `passwordFile` and `password_encoder` are none. */
const secret = `(?:${password}|secret|token|credentials?|${keys})`;

/** One of several secrets: `PASSWORD_2`. */
const number = '(?:[._-]?[0-9]{1,2})?';

/** A value in the middle of a text, after `=`; `$name` is a variable, of which only one with a default has a value. */
const valueInText = `(?:\\\\?["'])?((?:[^\\s&;"'\\\\,)<>$]|\\$\\{[\\w.:]{1,60}:)[^\\s&;"'\\\\,)<>]*)`;

/** What is in no user, password or parameter of an address. */
const inAddress = `[^\\s/:@"'<>?#;,&]`;

/** How a value in JSON begins that may be a secret: not as one that is put in later. Takes what else it is not. */
const suspicious = (not: string): string =>
  `(?:[^$"${not}]|\\$(?:\\w+[^\\w{( ]|[^\\w{("${not}]|\\{[\\w.:]{1,60}:[^}"]))`;

/** What people write where a secret is not known yet, where there is none, and as switches. */
const placeholders = [
  'true|false|yes|no|on|off|null|none|n/a|todo|tbd|fixme|dummy|placeholder|redacted',
  '(?:change|replace|fill)[ _-]?(?:me|this|it|in)|replace[ _-]with[ _-].*',
  'your[ _-].*|your(?:password|secret|token|key)|change|replace|your|enter|put|insert',
  '(?:put|enter|insert|add|set)[ _-].*[ _-]here',
].join('|');

/** Kinds of places in which whatever puts secrets in looks for them: `vault:secret/data/db#password`. */
const stores =
  'vault|bao|file|classpath|gcp|aws|azure|azurekeyvault|keyvault|secretsmanager|ssm|env|conf|gov|resources';

/**
 * Tokens that tell what they are: of GitHub, GitLab, Slack, Google, Stripe, SendGrid, npm and New Relic, and JSON web
 * tokens.
 */
const tokens = [
  'gh[oprsu]_[a-z0-9]{36,}|github_pat_\\w{30,}|glpat-[\\w-]{20,}|xox[abeprs]-[\\w-]{20,}|aiza[\\w-]{35}',
  '[rs]k_live_\\w{20,}|sg\\.[\\w-]{16,}\\.[\\w-]{20,}|npm_[a-z0-9]{36}|[a-z0-9]{36}nral\\b',
  'eyj[\\w-]{8,}\\.eyj[\\w-]{8,}\\.[\\w-]{8,}',
].join('|');

export const plainSecretExpressions = {
  /** The whole name of a setting or variable. */
  name: either('i', `(?:${secret}|(?:^|[._ -]|${beforePass})pass)${number}(?:\\.(?:txt|conf))?$`),

  /**
   * A whole value that is no secret by itself: empty, a switch, a number of a few digits, also of a duration or size,
   * the public passwords of MI's and the JDK's keystores, what is encrypted, a placeholder, a path, an address, and a
   * reference that MI, the shell, Kubernetes, Helm or an injector of secrets resolves, unless a default follows in it.
   */
  harmless: either(
    's',
    `^["']?(?:${[
      `|${inAnyCase(placeholders)}`,
      '-?[0-9]{1,5}(?:\\.[0-9]+)?(?: ?(?:ms|[smhd]|min|[KMGkmg]i?[Bb]?))?',
      'wso2carbon|changeit',
      'ENC[(\\[].*|\\{[\\w-]+\\}.*',
      '\\$(?:SYSTEM|FILE):.*|\\$[A-Z_][A-Z0-9_]*|.*\\{\\{.*',
      `(?:[^$]|\\$+[^\\w{($])*\\$+\\w*\\s?[{(](?:[^:]|:[^-]|:-(?:wso2carbon|changeit)?[}$])*:?`,
      '<.*>|[{[]|\\{.*\\}|\\[.*\\]|\\*+|\\*{3,}[\\w-]*\\**|x{3,}|X{3,}|\\.{3}|%\\w|%\\(.*|[|>][+-]?|\\?|:\\w+',
      '[.~]{0,2}(?:[/][a-z.][a-z0-9._-]*)+[/][\\w.@-]+[/]?',
      `[a-z][a-z0-9+.-]*://\\S*|[\\w./-]+//.*,(?:true|false)|(?:${stores}):\\S*|arn:\\S+|\\S+@azurekeyvault\\S*`,
    ].join('|')})["']?$`,
  ),

  /**
   * In a value that is harmless otherwise: the default of a variable, as Spring has it in `${NAME:default}` and
   * `${a.name:default}`. A single word in small letters before the colon is a kind of place.
   */
  otherwise: either('', '\\$\\{(?:[A-Z][A-Z0-9_]*|[\\w-]+\\.[\\w.-]+):=?([^-=?+}$#][^}]*)\\}'),

  /** Anywhere in a text: a private key, the password in an address, an address that is a key itself, and a token. */
  address: either(
    'i',
    '-----BEGIN [A-Z ]*(PRIVATE KEY)-----',
    `://${inAddress}*:([^\\s/@"'<>?#;,&]+)@`,
    `jdbc:oracle:\\w+:${inAddress}+/([^\\s@"'<>]+)@`,
    '(?:[?&;](?:sig|x-amz-signature)=|hooks\\.slack\\.com/services/\\w+/\\w+/)([\\w%+/=-]{20,})',
    `(?:^|[^\\w-])(${tokens})`,
  ),

  /**
   * What a client proves itself with in a header: a whole value, or behind the name of the header. A word such as
   * `authentication` has neither digits nor capitals in it.
   */
  header: either(
    'm',
    `(?:^|[:=][ \\t]{0,3}["']?)(?:[Bb]asic|[Bb]earer)[ \\t]{1,3}((?:[\\w.+/~-]{0,60}?(?:[a-z][A-Z]|[0-9=])){2}[\\w.+/=~-]{3,})`,
  ),

  /** Anywhere but in comments: a parameter of an address, an option of a program, `password=…` as in JAAS. */
  parameter: either(
    'im',
    `[?&;](?:[\\w.-]*${secret}|(?:[\\w.-]*[._-])?pass)=${valueInText}`,
    `(?:^|[\\s"'])(?:-D|--)[\\w.-]*${secret}=${valueInText}`,
    `(?:^|[\\s,"'(])(?:[\\w.-]*(?:${password})|(?:[\\w.-]*[._-])?pass)=${valueInText}`,
  ),

  /** A line of a file of settings: properties, TOML, YAML, where `*name` is an alias, or JSON. */
  line: either(
    'im',
    `^[ \\t]*["']?(?:(?:\\w[\\w.-]*)?${secret}|(?:\\w[\\w.-]*(?:[._-]|${beforePass})|${beforePass})?pass)${number}["']?[ \\t]*(?:[:=][ \\t]*(?:"([^"\\n]+)"|'([^'\\n]+)')|(?:=[ \\t]*([^\\s#"'(]+)|:[ \\t]*([^\\s#"'(*][^\\s#"'(]*))[ \\t\\r]*(?:#.*)?$)`,
  ),

  /** A line that whoever reads the settings leaves out. */
  comment: either('m', '^[ \\t]*(?:#|//|<!--).*$'),

  /**
   * In JSON in lower case, of every setting in which the others find something, and of little else: the chart asks for
   * it first, since this takes a fifth of the time.
   */
  suspicion: either(
    '',
    `(?:word|wd|phrase|secret|token|credentials?|${keys}|pass)(?:${[
      `${number}(?:\\.(?:txt|conf))?"(?:,"value")?:(?:"${suspicious('')}|-?[0-9]{6})`,
      `${number}","${suspicious('-')}`,
      `${number}(?:\\\\"|')?(?: |\\\\t)*[:=](?: |\\\\t)*(?:\\\\"|')?${suspicious(`\\\\' `)}`,
    ].join('|')})`,
  ),

  /** The same for passwords in addresses. */
  addressSuspicion: either('', `://${inAddress}*:[^\\s/@"'<>?#;,&]+@`),
};

function either(flags: string, ...sources: readonly string[]): Expression {
  return { flags, source: sources.join('|') };
}

/** The same words in small letters and capitals. */
function inAnyCase(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

const { name, harmless, otherwise, address, header, parameter, line, comment } = Object.fromEntries(
  Object.entries(plainSecretExpressions).map(([key, { source, flags }]) => [key, new RegExp(source, `${flags}g`)]),
) as Record<keyof typeof plainSecretExpressions, RegExp>;

/** Whether the value of a setting or variable is a secret by its name. */
export function isPlainSecret(key: string, value: string): boolean {
  return key.search(name) >= 0 && !isHarmless(value.trim());
}

/**
 * Whether a text holds a secret: a private key, a password in an address, a header, a parameter or option; with
 * `lines`, also in a line as files of settings have them.
 */
export function holdsPlainSecret(text: string, { lines }: { readonly lines: boolean }): boolean {
  const read = text.replace(comment, '');
  const found = [
    ...text.matchAll(address),
    ...read.matchAll(header),
    ...read.matchAll(parameter),
    ...(lines ? read.matchAll(line) : []),
  ];
  return found.some(([, ...groups]) => !isHarmless(groups.join('')));
}

function isHarmless(value: string): boolean {
  return (
    value.search(harmless) >= 0 &&
    [...value.matchAll(otherwise)].every(([, instead = '']) => instead.search(harmless) >= 0)
  );
}
