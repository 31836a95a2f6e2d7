import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { readMigrations } from '../src/platform/migrations.ts';

const NO_FILTER = { externalTables: [], externalEnums: [] };

let loaded: ReturnType<typeof load> | undefined;

/** Instantiates the module by hand: the package's entry imports its .wasm file, which Node allows only behind a flag. */
async function load() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const file = join(dirname(entry), 'schema_engine_bg.wasm');
  // The engine never clears the timer of its lock, which would keep the process alive.
  const wait = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds).unref();
  const names = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const imports = { ...bindings, ...Object.fromEntries(names.map((name) => [name, wait])) };
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': imports });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}

/** Runs Prisma's schema engine, the one behind `prisma migrate`, on one database, as WebAssembly and so without a download. */
async function withSchemaEngine<T>(databaseUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  loaded ??= load(); // once for each process: the bindings refer to the memory of one instance
  const { SchemaEngine } = await loaded;
  const pool = new pg.Pool({ connectionString: databaseUrl });
  try {
    const adapters = bindMigrationAwareSqlAdapterFactory(new EngineAdapters(pool));
    const engine = await SchemaEngine.new({ datamodels: undefined }, () => undefined, adapters);
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}

/**
 * Prisma's adapter with two fixes that the engine needs.
 *
 * Columns of PostgreSQL's one-byte type "char", which the catalog has, pass the adapter as text and reach the engine as
 * the character type it expects.
 *
 * A migration is sent to PostgreSQL whole, as `prisma migrate deploy` does. The adapter would split it at every
 * semicolon, even inside a function or a comment.
 */
class EngineAdapters extends PrismaPg {
  readonly #run: (script: string) => Promise<unknown>;
  readonly #oneByteColumns: WeakMap<unknown[], readonly number[]>;

  constructor(pool: pg.Pool) {
    const oneByteColumns = new WeakMap<unknown[], readonly number[]>();
    const query = pool.query.bind(pool);
    Object.assign(pool, {
      query: async (config: pg.QueryArrayConfig) => {
        const { char, text } = { char: 18, text: 25 }; // PostgreSQL's numbers for the two types
        const result = await query(config);
        const columns = result.fields.flatMap((field, column) => (field.dataTypeID === char ? [column] : []));
        for (const column of columns) Object.assign(result.fields[column] ?? {}, { dataTypeID: text });
        oneByteColumns.set(result.rows, columns);
        return result;
      },
    });
    super(pool);
    this.#run = async (script) => query(script);
    this.#oneByteColumns = oneByteColumns;
  }

  override async connect() {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const column of this.#oneByteColumns.get(result.rows) ?? []) {
        result.columnTypes[column] = ColumnTypeEnum.Character;
      }
      return result;
    };
    adapter.executeScript = async (script) => {
      try {
        await this.#run(script);
      } catch (error) {
        throw error instanceof pg.DatabaseError ? toAdapterError(error) : error;
      }
    };
    return adapter;
  }
}

function toAdapterError({ code = '', severity = 'ERROR', message, detail, column, hint }: pg.DatabaseError) {
  return new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

/** Applies the migrations of a folder with Prisma's engine, as `prisma migrate deploy` does, and returns their names. */
export async function applyWithPrisma(databaseUrl: string, folder: string): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const lockfile = await readFile(join(folder, 'migration_lock.toml'), 'utf8');
  const { appliedMigrationNames } = await withSchemaEngine(databaseUrl, (engine) =>
    engine.applyMigrations({
      migrationsList: {
        baseDir: folder,
        lockfile: { path: 'migration_lock.toml', content: lockfile },
        shadowDbInitScript: '',
        migrationDirectories: migrations.map(({ name, sql }) => ({
          path: name,
          migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
        })),
      },
      filters: NO_FILTER,
    }),
  );
  return appliedMigrationNames;
}

/**
 * The SQL that turns a database into what a schema file says, or undefined when it already matches. What schema.prisma
 * cannot express (checks on values, indexes on expressions or on part of the rows) is not compared.
 */
export async function diffSchema(databaseUrl: string, schemaFile: string): Promise<string | undefined> {
  const files = [{ path: schemaFile, content: await readFile(schemaFile, 'utf8') }];
  return withSchemaEngine(databaseUrl, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: dirname(schemaFile) }, // the database of the adapter
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    });
    return exitCode === 0 ? undefined : (stdout ?? undefined);
  });
}
