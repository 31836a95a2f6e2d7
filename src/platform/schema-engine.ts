import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { openPool } from './database.ts';
import { type Migration, prismaDir } from './migrations.ts';

/** No table or enum is managed elsewhere. */
export const noFilter = { externalTables: [], externalEnums: [] };

let loaded: ReturnType<typeof load> | undefined;

/** The package's entry imports its .wasm as a module, which Node does only behind a flag: instantiated here instead. */
async function load() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm');
  const file = join(dirname(entry), 'schema_engine_bg.wasm');
  // The engine sets a timer for its lock and never takes it back: it must not keep the process from ending.
  const wait = (callback: () => void, milliseconds: number) => setTimeout(callback, milliseconds).unref();
  const names = Object.keys(bindings).filter((name) => name.startsWith('__wbg_setTimeout_'));
  const imports = { ...bindings, ...Object.fromEntries(names.map((name) => [name, wait])) };
  const { instance } = await WebAssembly.instantiate(await readFile(file), { './schema_engine_bg.js': imports });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return bindings;
}

/**
 * Works with Prisma's own schema engine, as WebAssembly, on one database. It is the engine behind `prisma migrate`,
 * without its download.
 */
export async function withSchemaEngine<T>(databaseUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  // Once in a process: the bindings keep views on the memory of one instance.
  loaded ??= load();
  const { SchemaEngine } = await loaded;
  const pool = openPool({ connectionString: databaseUrl });
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
 * Prisma's adapter, with two things put right that the engine needs.
 *
 * PostgreSQL's one-byte type "char", which the engine meets in the catalog when it reads what a database looks like: such
 * a column goes past the adapter as text, which is how it arrives, and reaches the engine as the character it expects.
 *
 * A migration goes to PostgreSQL whole, which runs it in one transaction, as `prisma migrate deploy` does. The adapter
 * would cut it at every semicolon, also within a function or a comment, and leave half of it when a statement fails.
 */
class EngineAdapters extends PrismaPg {
  readonly #run: (script: string) => Promise<unknown>;
  readonly #oneByteColumns: WeakMap<unknown[], readonly number[]>;

  constructor(pool: pg.Pool) {
    const oneByteColumns = new WeakMap<unknown[], readonly number[]>();
    const ask = pool.query.bind(pool);
    Object.assign(pool, {
      query: async (config: pg.QueryArrayConfig) => {
        const { char, text } = { char: 18, text: 25 }; // PostgreSQL's numbers for the two types
        const result = await ask(config);
        const columns = result.fields.flatMap((field, column) => (field.dataTypeID === char ? [column] : []));
        for (const column of columns) Object.assign(result.fields[column] ?? {}, { dataTypeID: text });
        oneByteColumns.set(result.rows, columns);
        return result;
      },
    });
    super(pool);
    this.#run = async (script) => ask(script);
    this.#oneByteColumns = oneByteColumns;
  }

  override async connect() {
    const adapter = await super.connect();
    const ask = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await ask(query);
      for (const column of this.#oneByteColumns.get(result.rows) ?? []) {
        result.columnTypes[column] = ColumnTypeEnum.Character;
      }
      return result;
    };
    adapter.executeScript = async (script) => {
      try {
        await this.#run(script);
      } catch (error) {
        throw error instanceof pg.DatabaseError ? asAdapterError(error) : error;
      }
    };
    return adapter;
  }
}

function asAdapterError({ code = '', severity = 'ERROR', message, detail, column, hint }: pg.DatabaseError) {
  return new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

/** The migrations of a folder in the form the engine takes. */
export async function migrationList(folder: string, migrations: readonly Migration[]): Promise<MigrationList> {
  return {
    baseDir: folder,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(folder, 'migration_lock.toml'), 'utf8').catch(() => null),
    },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  };
}

/**
 * The SQL that turns a database into what `prisma/schema.prisma` says, or undefined when it is that already. What Prisma
 * cannot say (checks on values, indexes on expressions or on a part of the rows) is left alone.
 */
export async function differenceFromSchema(databaseUrl: string): Promise<string | undefined> {
  const path = join(prismaDir, 'schema.prisma');
  const files = [{ path, content: await readFile(path, 'utf8') }];
  return withSchemaEngine(databaseUrl, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'schemaDatasource', files, configDir: prismaDir }, // the database of the adapter
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: noFilter,
    });
    return exitCode === 0 ? undefined : (stdout ?? undefined);
  });
}
