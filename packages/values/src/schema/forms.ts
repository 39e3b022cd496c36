/** A regular expression of the schemas in words of the domain. */
export interface Form {
  /** Completes "is not …". */
  readonly words: string;
  readonly hint: string;
}

interface KnownForm extends Form {
  /**
   * Texts that a pattern of this form takes and refuses: patterns are known by what they do, not by how they are spelt.
   */
  readonly takes: readonly string[];
  readonly refuses: readonly string[];
}

const knownForms: readonly KnownForm[] = [
  {
    words: 'a digest such as sha256: and 64 hexadecimal digits',
    hint: 'Copy the digest from the registry: `sha256:…`.',
    takes: [`sha256:${'0a'.repeat(32)}`],
    refuses: ['sha256:0a', 'latest', '1.2.0'],
  },
  {
    words: 'a quantity such as 500m, 512Mi or 2',
    hint: 'Write a number with a unit of Kubernetes: m for CPU, Mi or Gi for memory.',
    takes: ['500m', '512Mi', '2', '1Gi'],
    refuses: ['abc', '512 MB', 'Mi'],
  },
  {
    words: 'a size of memory such as 512m or 2g',
    hint: 'Write a whole number with a unit.',
    takes: ['512m', '2g'],
    refuses: ['abc', 'm', '512 MB', '1h30m'],
  },
  {
    words: 'a size of memory such as 512Mi or 2Gi',
    hint: 'Write a whole number with Mi or Gi.',
    takes: ['512Mi', '2Gi'],
    refuses: ['abc', 'Mi', '512 MB', '500m'],
  },
  {
    words: 'a percentage such as 25%',
    hint: 'Write a whole number and `%`.',
    takes: ['25%', '100%'],
    refuses: ['abc', '%', '25 percent'],
  },
  {
    words: 'a duration such as 30s, 10m or 1h30m',
    hint: 'Write numbers with h, m or s.',
    takes: ['10m', '30s', '1h30m'],
    refuses: ['abc', 'ten minutes', '10 m', '512Mi'],
  },
  {
    words: 'a duration such as 30s or 10m',
    hint: 'Write a number with h, m or s.',
    takes: ['10m', '30s', '1h'],
    refuses: ['abc', 'ten minutes', '10 m', '512Mi'],
  },
  {
    words: 'a version of Micro Integrator such as 4.6.0',
    hint: 'Write three numbers: `"4.6.0"`.',
    takes: ['4.6.0', '4.3.0'],
    refuses: ['4', 'latest', 'four', '1-2'],
  },
  {
    words: 'an artifact id such as task/OrderTask',
    hint: 'Use an id that `mi-patterns scan` prints: the kind, a slash and the name.',
    takes: ['task/OrderTask', 'message-processor/P'],
    refuses: ['OrderTask', '/x', 'task/'],
  },
  {
    words: 'an address that starts with https://',
    hint: 'Write the whole address.',
    takes: ['https://a.example/charts', 'http://a.example'],
    refuses: ['a.example', 'oci://a/b'],
  },
  {
    words: 'an address that starts with oci://',
    hint: 'Write the whole address.',
    takes: ['oci://a.example/charts/x'],
    refuses: ['a.example', 'https://a/b'],
  },
  {
    words: 'a path that starts with /',
    hint: 'Write an absolute path.',
    takes: ['/orders', '/'],
    refuses: ['orders', 'a/b'],
  },
  {
    words: 'lower-case letters, digits and hyphens, starting with a letter',
    hint: 'Use a name such as `order-task`.',
    takes: ['a', 'order-task', 'a1'],
    refuses: ['Order', 'a_b', '-a', 'a-', 'a.b', '1a'],
  },
  {
    words: 'lower-case letters, digits and hyphens, starting and ending with a letter or digit',
    hint: 'Use a name such as `order-task`.',
    takes: ['a', 'order-task', '1a'],
    refuses: ['Order', 'a_b', '-a', 'a-', 'a.b'],
  },
  {
    words: 'a host name: lower-case letters, digits, hyphens and dots',
    hint: 'Use a name such as `orders.example.com`.',
    takes: ['a', 'a.example.com', 'order-task'],
    refuses: ['Order', 'a_b', '-a', 'a..b'],
  },
  {
    words: 'a name of an environment variable: letters, digits and underscores, starting with a letter',
    hint: 'Use a name such as `DB_PASSWORD`.',
    takes: ['DB_PASSWORD', 'a1'],
    refuses: ['1A', 'A-B', 'A B', 'A.B'],
  },
  {
    words: 'a word of letters and digits',
    hint: 'Omit blanks and other characters.',
    takes: ['MiIsolatedOrderTask', 'A1'],
    refuses: ['A B', 'a,b', 'a/b', ''],
  },
  {
    words: 'a repository of an image: lower-case letters, digits, dots, hyphens and underscores, with slashes between',
    hint: 'Write only the name, for example `acme/orders`; tag and digest have their own keys.',
    takes: ['acme/orders', 'registry.example.com:5000/acme/orders', 'localhost/a_b'],
    refuses: ['acme/orders:1.2', 'Acme/orders', 'acme/orders/', 'acme/orders@sha256:0a', '/acme', ''],
  },
  {
    words: 'a registry: a host, with a port if needed',
    hint: 'Write the host, for example `registry.example.com:5000`, and a path where all images are below one; no `https://`.',
    takes: ['docker.io', 'registry.example.com:5000', 'ghcr.io/acme', 'my_org'],
    refuses: ['https://docker.io', 'a b', 'my_org.example.com', 'a..b'],
  },
  {
    words: 'a resource of Kubernetes: cpu, memory, ephemeral-storage, hugepages-2Mi, or a name with a domain before it',
    hint: 'Use a name such as `cpu`, or `nvidia.com/gpu` for a device.',
    takes: ['cpu', 'ephemeral-storage', 'hugepages-2Mi', 'nvidia.com/gpu'],
    refuses: ['gpu', '*.example.com/gpu', 'CPU', 'a/', ''],
  },
  {
    words: 'an IP address such as 10.0.0.9',
    hint: 'Write four numbers of at most 255 with dots between them, or an address of IPv6.',
    takes: ['10.0.0.9', '2001:db8::1'],
    refuses: ['300.1.1.1', '10.0.0', '10.0.0.0/8', 'a'],
  },
  {
    words: 'a range of addresses such as 10.0.0.0/16',
    hint: 'Write an address, a slash, and how many of its bits count: at most 32, for IPv6 128.',
    takes: ['10.0.0.0/16', '2001:db8::/32'],
    refuses: ['10.0.0.0/99', '10.0.0.0', '300.0.0.0/8', '2001:db8::/129'],
  },
  {
    words: 'a time zone such as Europe/Berlin',
    hint: 'Use a name of the IANA database, or UTC; a JVM silently treats any other as UTC.',
    takes: ['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia', 'Etc/GMT+2'],
    refuses: ['Mars/Olympus', 'Berlin/Europe', 'Europe Berlin'],
  },
  {
    words: 'an operator of a toleration',
    hint: 'Use Equal or Exists; Kubernetes 1.35 also knows Lt and Gt.',
    takes: ['Equal', 'Exists', 'Gt'],
    refuses: ['Equals', 'In', 'exists'],
  },
  {
    words:
      'a value of a label: up to 63 letters, digits, hyphens, dots and underscores, with a letter or digit at both ends',
    hint: 'Omit blanks and other characters; an annotation can hold any text.',
    takes: ['a', '1.2.0', 'Team_A-b'],
    refuses: ['a b', 'a/b', '-a', 'a-', '_a'],
  },
  {
    words: 'a host name, optionally with *. before it as a wildcard',
    hint: 'Use lower-case letters, digits, hyphens and dots, for example `orders.example.com`.',
    takes: ['a.example.com', '*.example.com'],
    refuses: ['Order', 'a_b', '-a', 'a.*'],
  },
  {
    words: 'a name of a Kubernetes object: lower-case letters, digits, hyphens and dots',
    hint: 'Use a name such as `orders-db`, with a letter or digit at both ends.',
    takes: ['a', 'orders-db', 'a.b', '1a'],
    refuses: ['Order', 'a_b', '-a', 'a-', 'a/b'],
  },
  {
    words: 'an effect of a toleration',
    hint: 'Use NoSchedule, PreferNoSchedule or NoExecute.',
    takes: ['NoSchedule', 'NoExecute'],
    refuses: ['noexecute', 'Exists'],
  },
  {
    words: 'a reference of an image',
    hint: 'Write it without blanks, for example `acme/orders:1.2.0`.',
    takes: ['acme/orders:1.2.0', `a.example:5000/b@sha256:0a`],
    refuses: ['a b', 'a"b', '$A'],
  },
  {
    words: 'a tag of an image: letters, digits, dots, hyphens and underscores',
    hint: 'Put only the tag here; the name goes into `repository`.',
    takes: ['1.2.0', 'latest', 'v1_a-b'],
    refuses: ['a b', 'x:1', 'a/b'],
  },
];

/** The form that a pattern asks for. */
export function formOf(pattern: string): Form {
  const expression = compile(pattern);
  const known =
    expression === undefined
      ? undefined
      : knownForms.find(
          ({ takes, refuses }) =>
            takes.every((text) => expression.test(text)) && !refuses.some((text) => expression.test(text)),
        );
  return known ?? { words: `of the form ${pattern}`, hint: 'Write it in this form.' };
}

function compile(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}
