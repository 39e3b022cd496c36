const units: Readonly<Record<string, number>> = {
  '': 1,
  m: 0.001,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
};

/** A Kubernetes quantity as a number; undefined for anything else. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(value) : null;
  const unit = match === null ? undefined : units[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}
