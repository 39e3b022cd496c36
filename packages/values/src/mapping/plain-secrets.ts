/**
 * What is a secret in plain text. The chart warns by the same expressions (`_plain-secrets.tpl` is made from them), so
 * they hold only what JavaScript and Go's RE2 read alike, which has no lookaround.
 */
interface Expression {
  readonly flags: string;
  readonly source: string;
}

const password = 'pass(?:word|wd|phrase)|pwd';

/** How the names of secrets end. `token_endpoint`, `passwordFile` and `password_encoder` are none. */
const secret = `(?:${password}|secret|token|credentials?|(?:api|access|account|private|secret)[ ._-]?key)`;

/** A value in the middle of a text, after `=`; `$name` is a variable of the shell. */
const valueInText = `(?:\\\\?["'])?([^\\s&;"'\\\\,)<>$][^\\s&;"'\\\\,)<>]*)`;

/** What is in no user, password or parameter of an address. */
const inAddress = `[^\\s/:@"'<>?#;,&]`;

/** How a value in JSON begins that may be a secret: not as one that is put in later. Takes what else it is not. */
const suspicious = (not: string): string => `(?:[^$<{[*"${not}]|\\$(?:\\w+[^\\w{( ]|[^\\w{("${not}]))`;

export const plainSecretExpressions = {
  /** The whole name of a setting or variable. */
  name: either('i', `${secret}(?:\\.(?:txt|conf))?$`),

  /**
   * A whole value that is no secret by itself: empty, a switch, a number of a few digits, the public passwords of MI's
   * and the JDK's keystores, a reference that MI, the shell, Kubernetes, Helm or an injector of secrets resolves, a
   * placeholder, a path, and an address.
   */
  harmless: either(
    's',
    `^["']?(?:${[
      '|true|false|null|none|TRUE|FALSE|True|False',
      '-?[0-9]{1,5}(?:\\.[0-9]+)?',
      'wso2carbon|changeit|change[ _-]?me|CHANGE[ _-]?ME',
      '\\$(?:SYSTEM|FILE):.*|\\$[A-Z_][A-Z0-9_]*|.*\\$\\w*\\s?[{(].*|.*\\{\\{.*',
      '[<{[*].*|x{3,}|X{3,}|\\.{3}|%\\w|%\\(.*|[|>][+-]?|\\?|:\\w+',
      '\\.{0,2}(?:[/][\\w.@-]+){2,}[/]?',
      '[A-Za-z][A-Za-z0-9+.-]*:[^\\s/#]*[/#]\\S*|arn:\\S+|\\S+@azurekeyvault\\S*',
    ].join('|')})["']?$`,
  ),

  /** Anywhere in a text: a private key, and the password in an address. */
  address: either(
    'i',
    '-----BEGIN [A-Z ]*(PRIVATE KEY)-----',
    `://${inAddress}*:([^\\s/@"'<>?#;,&]+)@`,
    `jdbc:oracle:\\w+:${inAddress}+/([^\\s@"'<>]+)@`,
  ),

  /** Anywhere but in comments: a parameter of an address, an option of a program, `password=…` as in JAAS. */
  parameter: either(
    'im',
    `[?&;][\\w.-]*${secret}=${valueInText}`,
    `(?:^|[\\s"'])(?:-D|--)[\\w.-]*${secret}=${valueInText}`,
    `(?:^|[\\s,"'(])[\\w.-]*(?:${password})=${valueInText}`,
  ),

  /** A line of a file of settings: properties, TOML, YAML or JSON. */
  line: either(
    'im',
    `^[ \\t]*["']?(?:\\w[\\w.-]*)?${secret}["']?[ \\t]*[:=][ \\t]*(?:"([^"\\n]+)"|'([^'\\n]+)'|([^\\s#"'(]+)[ \\t\\r]*(?:#.*)?$)`,
  ),

  /** A line that whoever reads the settings leaves out. */
  comment: either('m', '^[ \\t]*(?:#|//|<!--).*$'),

  /**
   * In JSON in lower case, of every setting in which the others find something, and of little else: the chart asks for
   * it first, since this takes a fifth of the time.
   */
  suspicion: either(
    '',
    `(?:word|wd|phrase|secret|token|credentials?|(?:api|access|account|private|secret)[ ._-]?key)(?:${[
      `(?:\\.(?:txt|conf))?"(?:,"value")?:(?:"${suspicious('')}|-?[0-9]{6})`,
      `(?:\\\\"|')?(?: |\\\\t)*[:=](?: |\\\\t)*(?:\\\\"|')?${suspicious(`\\\\' `)}`,
    ].join('|')})`,
  ),

  /** The same for passwords in addresses. */
  addressSuspicion: either('', `://${inAddress}*:[^\\s/@"'<>?#;,&]+@`),
};

function either(flags: string, ...sources: readonly string[]): Expression {
  return { flags, source: sources.join('|') };
}

const { name, harmless, address, parameter, line, comment } = Object.fromEntries(
  Object.entries(plainSecretExpressions).map(([key, { source, flags }]) => [key, new RegExp(source, `${flags}g`)]),
) as Record<keyof typeof plainSecretExpressions, RegExp>;

/** Whether the value of a setting or variable is a secret by its name. */
export function isPlainSecret(key: string, value: string): boolean {
  return key.search(name) >= 0 && !isHarmless(value.trim());
}

/**
 * Whether a text holds a secret: a private key, a password in an address, a parameter or option; with `lines`, also in
 * a line as files of settings have them.
 */
export function holdsPlainSecret(text: string, { lines }: { readonly lines: boolean }): boolean {
  const read = text.replace(comment, '');
  const found = [...text.matchAll(address), ...read.matchAll(parameter), ...(lines ? read.matchAll(line) : [])];
  return found.some(([, ...groups]) => !isHarmless(groups.join('')));
}

function isHarmless(value: string): boolean {
  return value.search(harmless) >= 0;
}
