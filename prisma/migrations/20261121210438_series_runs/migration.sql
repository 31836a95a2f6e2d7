-- DropIndex
DROP INDEX "maintenances_series_id_occurrence_key";

-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "run_state" TEXT;

-- AlterTable
ALTER TABLE "series" ADD COLUMN     "channels" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "external_link" TEXT,
ADD COLUMN     "external_reference" TEXT,
ADD COLUMN     "next_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "planned_until" TIMESTAMPTZ(3);

-- Rows that were there before.
UPDATE "maintenances" SET "run_state" = 'following' WHERE "series_id" IS NOT NULL;
UPDATE "series" SET "planned_until" = greatest("creation_date",
    (SELECT max("occurrence") FROM "maintenances" WHERE "series_id" = "series"."id"));
-- Due at once, so that the scheduler plans on from here.
UPDATE "series" SET "next_due_at" = "planned_until" WHERE "enabled";

-- AlterTable
ALTER TABLE "series" ALTER COLUMN "planned_until" SET NOT NULL;

-- CreateIndex
CREATE INDEX "maintenances_series_id_occurrence_idx" ON "maintenances"("series_id", "occurrence");

-- CreateIndex
CREATE INDEX "series_next_due_at_idx" ON "series"("next_due_at");

-- What Prisma cannot say. The words are those of src/domain/series.ts.

-- An occurrence is made once. Taken back because the series changed, it may be made again.
CREATE UNIQUE INDEX "maintenances_run_once" ON "maintenances" ("series_id", "occurrence") WHERE "run_state" <> 'withdrawn';

ALTER TABLE "maintenances" DROP CONSTRAINT "maintenances_run",
    ADD CONSTRAINT "maintenances_run" CHECK (("series_id" IS NULL) = ("occurrence" IS NULL) AND ("series_id" IS NULL) = ("run_state" IS NULL)),
    ADD CONSTRAINT "maintenances_run_state" CHECK ("run_state" IN ('following', 'detached', 'skipped', 'withdrawn')),
    ADD CONSTRAINT "maintenances_not_run" CHECK ("run_state" NOT IN ('skipped', 'withdrawn') OR "status" = 'canceled');

ALTER TABLE "series" ADD CONSTRAINT "series_paused" CHECK ("enabled" OR "next_due_at" IS NULL);
