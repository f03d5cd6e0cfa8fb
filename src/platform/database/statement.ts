/** A statement that the server prepares once per connection. The name is unique in the product. */
export interface Statement {
  name: string;
  text: string;
}

/**
 * Names a statement, so that it is parsed and planned once per connection: planning under row-level security costs as
 * much as running most of ours.
 */
export const statement = (name: string, text: string): Statement => ({ name, text });
