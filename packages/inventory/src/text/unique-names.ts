/** Gives a name that no other got: the wanted one, or the first that is free with the number 2, 3 and so on. */
export type UniqueNames = (wanted: string, numbered: (number: number) => string) => string;

/**
 * Names told apart by what `keyOf` says of them. It remembers the last number of each wanted name, so that many of one
 * name take no longer than many names.
 */
export function uniqueNames(keyOf: (name: string) => string = (name) => name): UniqueNames {
  const taken = new Set<string>();
  const numbers = new Map<string, number>();
  return (wanted, numbered) => {
    let number = numbers.get(wanted) ?? 1;
    let name = number === 1 ? wanted : numbered(number);
    while (taken.has(keyOf(name))) {
      number += 1;
      name = numbered(number);
    }
    numbers.set(wanted, number);
    taken.add(keyOf(name));
    return name;
  };
}
