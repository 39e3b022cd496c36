import { compareText } from '../model/diagnostic.ts';

/**
 * The version of a server, from the name of its home, else from its own JARs, for example
 * `org.wso2.micro.integrator.core_4.2.0.164.jar`.
 *
 * @param plugins names in `wso2/components/plugins` of the home.
 */
export function serverVersion(home: string, plugins: () => Iterable<string>): string | undefined {
  const named = /^wso2mi-(\d+\.\d+\.\d+)/.exec(home)?.[1];
  if (named !== undefined) return named;
  const versions = [...plugins()].flatMap(
    (name) => /^org\.wso2\.micro\.integrator\.(?:core|initializer|server)_(\d+\.\d+\.\d+)/.exec(name)?.[1] ?? [],
  );
  return versions.toSorted(compareText).at(-1);
}
