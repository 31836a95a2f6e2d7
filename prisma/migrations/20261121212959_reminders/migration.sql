-- AlterTable
ALTER TABLE "maintenances" ADD COLUMN     "reminded_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "scopes" ADD COLUMN     "reminders" INTEGER[] DEFAULT ARRAY[1440, 60, 15]::INTEGER[];

-- CreateTable
CREATE TABLE "notices" (
    "id" UUID NOT NULL,
    "account_id" INTEGER NOT NULL,
    "maintenance_id" INTEGER NOT NULL,
    "person_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "event_id" INTEGER NOT NULL,
    "claimed_at" TIMESTAMPTZ(3),
    "ts" TEXT,
    "failed_at" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "notices_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "notices_account_id_person_id_ts_idx" ON "notices"("account_id", "person_id", "ts");

-- CreateIndex
CREATE INDEX "notices_event_id_idx" ON "notices"("event_id");

-- CreateIndex
CREATE UNIQUE INDEX "notices_maintenance_id_person_id_reason_key" ON "notices"("maintenance_id", "person_id", "reason");

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_account_id_maintenance_id_fkey" FOREIGN KEY ("account_id", "maintenance_id") REFERENCES "maintenances"("account_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "audit_events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What was scheduled before: due at once, so that the scheduler derives its reminders.
UPDATE "maintenances" SET "next_due_at" = "reminded_until" WHERE "status" = 'scheduled' AND "next_due_at" > "reminded_until";

-- What Prisma cannot say. The bounds are those of src/domain/reminders.ts.

ALTER TABLE "scopes" ADD CONSTRAINT "scopes_reminders" CHECK ("reminders" IS NOT NULL AND cardinality("reminders") <= 10
    AND 0 < ALL ("reminders") AND 43200 >= ALL ("reminders") AND array_position("reminders", NULL) IS NULL);

ALTER TABLE "notices" ADD CONSTRAINT "notices_claimed_first" CHECK ("ts" IS NULL OR "ts" = '' OR "claimed_at" IS NOT NULL);
