// COPY … FROM STDIN over pg, which speaks the protocol but leaves the data to others. A row is an array; see `field`.
const CHUNK_BYTES = 256 * 1024;

/**
 * @param {import('pg').Client} client
 * @param {string} into table and columns
 * @param {Iterable<unknown[]>} rows
 * @returns {Promise<number>} rows copied
 */
export function copy(client, into, rows) {
  return new Promise((resolve, reject) => {
    let failure = null;
    let copied = 0;
    client.query({
      submit: (connection) => connection.query(`copy ${into} from stdin`),
      handleCopyInResponse: (connection) => {
        void (async () => {
          let chunk = '';
          for (const row of rows) {
            chunk += `${row.map(field).join('\t')}\n`;
            copied += 1;
            if (chunk.length < CHUNK_BYTES) continue;
            connection.sendCopyFromChunk(Buffer.from(chunk));
            chunk = '';
            // As fast as the server takes it, and no faster.
            if (connection.stream.writableNeedDrain)
              await new Promise((drained) => connection.stream.once('drain', drained));
          }
          connection.sendCopyFromChunk(Buffer.from(chunk));
          connection.endCopyFrom();
        })().catch((error) => {
          failure = error;
          connection.sendCopyFail(error.message);
        });
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(copied),
      handleError: (error) => reject(failure ?? error),
    });
  });
}

/** Null, a number, a boolean, text, a Date, an array of numbers or of words, or anything else as JSON. */
function field(value) {
  if (value === null || value === undefined) return '\\N';
  switch (typeof value) {
    case 'number':
    case 'boolean':
      return String(value);
    case 'string':
      return escapeText(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `{${value.join(',')}}`;
  return escapeText(JSON.stringify(value));
}

const escapeText = (text) =>
  /[\\\t\n\r]/.test(text)
    ? text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
    : text;

/** @returns {Promise<Buffer[]>} what `COPY of TO STDOUT` says, as `copyIn` takes it. */
export function copyOut(client, of) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    client.query({
      submit: (connection) => connection.query(`copy ${of} to stdout`),
      // pg reads into the same memory again.
      handleCopyData: ({ chunk }) => chunks.push(Buffer.from(chunk)),
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(chunks),
      handleError: reject,
    });
  });
}

/** @param {Buffer[]} chunks of `copyOut` */
export function copyIn(client, into, chunks) {
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection) => connection.query(`copy ${into} from stdin`),
      handleCopyInResponse: (connection) => {
        connection.sendCopyFromChunk(Buffer.concat(chunks));
        connection.endCopyFrom();
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery: resolve,
      handleError: reject,
    });
  });
}
