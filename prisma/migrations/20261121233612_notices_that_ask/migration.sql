-- AlterTable
ALTER TABLE "notices" ADD COLUMN     "asks" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "rendered" TEXT;

-- Those who are asked for an approval are looked for by the maintenance.
CREATE INDEX "notices_asking" ON "notices" ("account_id", "maintenance_id") WHERE "asks";
