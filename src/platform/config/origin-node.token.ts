/** Injects the name of this node (string), which is written on every record it creates. */
export const ORIGIN_NODE = Symbol('origin-node');
