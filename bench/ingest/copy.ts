import { DuckDBInstance } from '@duckdb/node-api';

/** A plain COPY by DuckDB with all threads and 1,024 MB, as a user would write it. */
export async function copyTo(
  scratchDir: string,
  text: string,
  path: string,
  options: string,
): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '1024MB',
    temp_directory: scratchDir,
  });
  const connection = await instance.connect();
  await connection.run(`COPY (${text}) TO '${path}' (${options})`);
  connection.closeSync();
  instance.closeSync();
}
