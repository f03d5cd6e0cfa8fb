import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';

/** The pool below TypeORM, for what must be a single round trip outside any transaction. */
export const poolOf = (dataSource: DataSource): Pool => (dataSource.driver as unknown as { master: Pool }).master;
