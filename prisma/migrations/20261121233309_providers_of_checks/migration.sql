-- CreateTable
CREATE TABLE "providers" (
    "account_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "settings" JSONB NOT NULL DEFAULT '{}',
    "credentials" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "version" INTEGER NOT NULL DEFAULT 1,
    "last_ok_at" TIMESTAMPTZ(3),
    "last_error_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "last_sync_at" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "shunned_until" TIMESTAMPTZ(3),
    "creation_date" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "providers_pkey" PRIMARY KEY ("account_id","name")
);

-- AddForeignKey
ALTER TABLE "providers" ADD CONSTRAINT "providers_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.

ALTER TABLE "providers" ADD CONSTRAINT "providers_name" CHECK ("name" ~ '^[a-z0-9][a-z0-9-]*$' AND "name" <> 'builtin'),
    ADD CONSTRAINT "providers_failures" CHECK ("failures" >= 0);
