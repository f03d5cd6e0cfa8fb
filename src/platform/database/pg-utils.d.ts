declare module 'pg/lib/utils.js' {
  const utils: {
    /** As pg writes a value of a query: null, text, or a Buffer in binary. */
    prepareValue: (this: void, value: unknown) => string | Buffer | null;
  };
  export default utils;
}
