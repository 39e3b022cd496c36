/** An attribute; namespace declarations are not among them. `offset` is where its name starts. */
export interface XmlAttribute {
  readonly name: string;
  readonly local: string;
  /** `''` for an attribute without prefix, as XML namespaces define it. */
  readonly namespace: string;
  readonly value: string;
  readonly offset: number;
}
