import { defineConfig } from 'prisma/config';

/** For Prisma's own commands, such as `npx prisma migrate deploy` with DATABASE_URL set. Lull itself migrates when it starts. */
export default defineConfig({
  schema: '../prisma/schema.prisma',
  migrations: { path: '../prisma/migrations' },
  ...(process.env.DATABASE_URL === undefined ? {} : { datasource: { url: process.env.DATABASE_URL } }),
});
