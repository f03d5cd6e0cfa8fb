import { StreamableFile } from '@nestjs/common';
import type { StreamableFileOptions } from '@nestjs/common/file-stream/interfaces/streamable-options.interface.js';
import { Readable } from 'node:stream';

/** A file whose version is known before its first byte is sent: on a route that is `Versioned`. */
export class TaggedFile extends StreamableFile {
  /** @param content opened when the first byte of it is wanted: not at all where a 304 says the same. */
  constructor(
    readonly etag: string,
    content: () => AsyncIterable<Uint8Array | string>,
    options: StreamableFileOptions,
  ) {
    super(Readable.from(late(content), { objectMode: false }), options);
  }
}

async function* late(content: () => AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array | string> {
  yield* content();
}
