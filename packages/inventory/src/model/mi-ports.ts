/**
 * MI's own ports before the offset is added (`CFG/templates/conf/carbon.xml.j2` of wso2/product-integrator-mi:130):
 * HTTP, HTTPS, the internal API of the probes, and the management API. The chart has the same in `mi.resolve.toml`; a
 * test compares.
 */
export const miPorts = { http: 8280, https: 8243, internal: 9191, management: 9154 } as const;

/** What MI adds to its ports, and to those of inbound endpoints that follow it, where deployment.toml does not say. */
export const defaultOffset = 10;
