import { grouped } from '@mi-patterns/inventory';

/** `5 GiB`, `1.5 GiB` from MiB. */
export function gibibytes(mebibytes: number): string {
  return `${grouped(Number((mebibytes / 1024).toFixed(1)))} GiB`;
}

/** `2.5` from thousandths of a core. */
export function cores(thousandths: number): string {
  return grouped(Number((thousandths / 1000).toFixed(2)));
}

/** `0.5 cores`, `1 core`. */
export function coresInWords(thousandths: number): string {
  return `${cores(thousandths)} ${thousandths === 1000 ? 'core' : 'cores'}`;
}

/** `20 s`, `1 min 40 s`, `2 h`: a pause as people say it. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds} s`;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return [
    [hours, 'h'],
    [minutes, 'min'],
    [rest, 's'],
  ]
    .filter(([amount]) => amount !== 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}
