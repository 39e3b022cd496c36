/** What a table has by a name from elsewhere; not what every object inherits, such as `constructor`. Pure. */
export function ownValue<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
