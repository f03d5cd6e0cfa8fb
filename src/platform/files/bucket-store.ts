import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { FileStore, isFileName } from './file-store.js';
import type { FileName } from './file-store.js';

export interface Bucket {
  bucket: string;
  /** Before each name; empty, or ending with a slash. */
  prefix: string;
  /** Of a service that speaks S3 and is not Amazon's. */
  endpoint?: string | undefined;
}

/** A bucket of S3, or of a service that speaks it. Who may use it, the environment says as for every client of S3. */
export class BucketStore extends FileStore {
  private readonly client: S3Client;

  constructor(
    private readonly place: Bucket,
    readonly incoming: string,
  ) {
    super();
    this.client = new S3Client(
      place.endpoint === undefined
        ? {}
        : {
            endpoint: place.endpoint,
            forcePathStyle: true,
            // Others than Amazon's do not know its newer checksums.
            requestChecksumCalculation: 'WHEN_REQUIRED',
            responseChecksumValidation: 'WHEN_REQUIRED',
          },
    );
  }

  /** An object is there when all of it is. */
  override async keep(name: FileName, path: string): Promise<void> {
    const { size } = await stat(path);
    await this.client.send(
      new PutObjectCommand({ ...this.at(name), Body: createReadStream(path), ContentLength: size }),
    );
    await rm(path, { force: true });
  }

  override async read(name: FileName): Promise<Readable> {
    const { Body } = await this.client.send(new GetObjectCommand(this.at(name)));
    return Body as Readable;
  }

  override async remove(name: FileName): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.at(name)));
  }

  override async *list(): AsyncGenerator<{ name: FileName; keptAt: Date }> {
    const { bucket, prefix } = this.place;
    let next: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: next }),
      );
      for (const { Key = '', LastModified } of page.Contents ?? []) {
        const name = Key.slice(prefix.length);
        if (isFileName(name) && LastModified) yield { name, keptAt: LastModified };
      }
      next = page.NextContinuationToken;
    } while (next !== undefined);
  }

  private at(name: FileName): { Bucket: string; Key: string } {
    if (!isFileName(name)) throw new Error('A file has a name of its store');
    return { Bucket: this.place.bucket, Key: `${this.place.prefix}${name}` };
  }
}
