/** `1 pod`, `3 pods`, `5,001 pods`. */
export function counted(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `10,000`: thousands apart. */
export function grouped(number: number): string {
  const [whole = '', fraction] = String(number).split('.');
  const withCommas = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}
