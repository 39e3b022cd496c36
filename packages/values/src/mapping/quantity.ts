/** As k8s.io/apimachinery reads them (pkg/api/resource/quantity.go, ParseQuantity), but for those without a digit. */
const form = /^(\+?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+$)?)([a-zA-Z]*)$/;
const units: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 0.001,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/** A Kubernetes quantity as a number; undefined for anything else. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const match = typeof value === 'string' ? form.exec(value) : null;
  const unit = match === null ? undefined : units[match[2] ?? ''];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}
