-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "request_keys" (
    "account_id" INTEGER NOT NULL,
    "actor_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done" BOOLEAN NOT NULL DEFAULT false,
    "status" INTEGER,
    "headers" JSONB,
    "body" TEXT,

    CONSTRAINT "request_keys_pkey" PRIMARY KEY ("account_id","actor_id","key")
);

-- CreateIndex
CREATE INDEX "request_keys_claimed_at_idx" ON "request_keys"("claimed_at");

-- CreateIndex
CREATE INDEX "maintenances_account_id_update_date_id_idx" ON "maintenances"("account_id", "update_date", "id");

-- AddForeignKey
ALTER TABLE "request_keys" ADD CONSTRAINT "request_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is deleted is over: an open one would still be moved by time.
alter table maintenances add constraint maintenances_deleted_over
  check (deleted_at is null or status not in ('scheduled', 'in-progress'));
alter table request_keys add constraint request_keys_answered
  check ((status is null) = (body is null) and (status is null) = (headers is null));

-- Texts are found anywhere in a name, a description, a reference. Where the server has no pg_trgm, or this user may not
-- add it, they are found all the same, more slowly.
do $$ begin
  create extension if not exists pg_trgm;
  create index maintenances_texts on maintenances
    using gin (name gin_trgm_ops, description gin_trgm_ops, external_reference gin_trgm_ops)
    where deleted_at is null;
exception
  when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
    raise notice 'pg_trgm is not to be had: %', sqlerrm;
end $$;
