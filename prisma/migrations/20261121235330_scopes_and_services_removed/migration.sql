-- AlterTable
ALTER TABLE "scopes" ADD COLUMN     "removal_date" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "services" ADD COLUMN     "removal_date" TIMESTAMPTZ(3);

-- A name is free again when what had it was removed.
DROP INDEX "scopes_named_once";
CREATE UNIQUE INDEX "scopes_named_once" ON "scopes" ("account_id", lower("name")) WHERE "removal_date" IS NULL;
DROP INDEX "services_named_once";
CREATE UNIQUE INDEX "services_named_once" ON "services" ("account_id", "scope_id", lower("name")) NULLS NOT DISTINCT WHERE "removal_date" IS NULL;
